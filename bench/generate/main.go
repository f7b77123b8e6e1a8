// Command generate makes a database for the benches: one site with as many people as are wanted, in groups of every
// size, and a few who have tokens. The same numbers make the same site, secrets included.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/transfer"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// made is what a run prints: all that a bench needs to know.
type made struct {
	DB         string   `json:"db"`
	Site       string   `json:"site"`
	CloudID    string   `json:"cloudId"`
	People     int      `json:"people"`
	AdminEmail string   `json:"adminEmail"`
	AdminToken string   `json:"adminToken"`
	Callers    []caller `json:"callers"`
	BigGroupID string   `json:"bigGroupId"` // everybody is in it
	Groups     []crowd  `json:"groups"`     // smaller ones
	// AccountIDPattern makes the account ID of each person, from 0 on, by fmt.Sprintf.
	AccountIDPattern string   `json:"accountIdPattern"`
	Words            []string `json:"words"` // of names: many people are found by each
	Seconds          float64  `json:"seconds"`
}

type caller struct {
	Email string `json:"email"`
	Token string `json:"token"`
}

const cloudID = "00000000-0000-4000-8000-00000000be7c"

func run(ctx context.Context, args []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("generate", flag.ContinueOnError)
	people := flags.Int("people", 100_000, "how many people the site has")
	url := flags.String("db", "", "database to make: a file that does not exist, or a postgres:// URL of an empty database")
	callers := flags.Int("callers", 8, "how many of them have tokens")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *url == "" || *people < 1 || *callers < 1 || *callers > *people {
		return fmt.Errorf("--db is needed, and --people and --callers of at least 1")
	}
	began := time.Now()
	d, err := db.Open(ctx, *url, db.Options{Offline: true})
	if err != nil {
		return err
	}
	m := made{DB: *url, Site: "bench", CloudID: cloudID, People: *people, AccountIDPattern: accountID, BigGroupID: groupID(0), Groups: crowds(*people), Words: append(givenNames, familyNames...)}
	err = m.fill(ctx, change.New(d), *callers, progress)
	if err := errors.Join(err, d.Close()); err != nil {
		return err
	}
	m.Seconds = time.Since(began).Seconds()
	return json.NewEncoder(out).Encode(m)
}

// fill makes the site, its people and the tokens.
func (m *made) fill(ctx context.Context, log *change.Log, callers int, progress io.Writer) error {
	by := change.Actor{Via: change.Seed}
	s, err := (&site.Store{Changes: log}).Add(ctx, by, site.Site{Name: m.Site, CloudID: m.CloudID, Settings: site.DefaultSettings()})
	if err != nil {
		return err
	}
	dir := &directory.Directory{Changes: log}
	file, writer := io.Pipe()
	defer file.Close()
	go func() { writer.CloseWithError(write(writer, m.People, m.Groups)) }()
	report, err := transfer.Run(ctx, transfer.Options{
		Directory: dir, Site: s.ID, Actor: by, Apply: true, Offline: true, Unlicensed: true, Format: transfer.NDJSON,
		Open:     func() (io.ReadCloser, error) { return file, nil },
		Progress: func(r transfer.Report) { fmt.Fprintf(progress, "%d of %d people\n", r.Accounts.Create, m.People) },
		Result: func(r transfer.Result) error {
			if r.Action == transfer.Refuse {
				return fmt.Errorf("line %d: %s", r.Line, r.Reason)
			}
			return nil
		},
	})
	if err != nil {
		return err
	}
	if report.Accounts.Create != int64(m.People)+1 {
		return fmt.Errorf("%d accounts were made", report.Accounts.Create)
	}
	if m.AdminEmail = adminEmail; err == nil {
		m.AdminToken, err = token(ctx, dir, s, by, adminEmail, 0)
	}
	for i := range callers {
		c := caller{Email: email(i)}
		if err == nil {
			c.Token, err = token(ctx, dir, s, by, c.Email, i+1)
		}
		m.Callers = append(m.Callers, c)
	}
	return err
}

// token gives an account its token, the same every time.
func token(ctx context.Context, dir *directory.Directory, s site.Site, by change.Actor, account string, i int) (string, error) {
	var bits [32]byte
	copy(bits[:], fmt.Sprintf("bench caller %d", i))
	secret := directory.SecretFrom(s.CloudID, bits)
	_, err := dir.AddToken(ctx, s.ID, by, account, directory.Token{Label: "bench", Kind: directory.Classic, ExpiresAt: time.Now().Add(directory.MaxTokenLife - time.Hour)}, secret)
	return secret, err
}
