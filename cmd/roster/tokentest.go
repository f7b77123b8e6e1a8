package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

func newTokenTest(e *env) *cobra.Command {
	var file, url string
	var gateway bool
	cmd := &cobra.Command{
		Use:   "test",
		Short: "Say which operations a token can call, and why not the others",
		Long: `Say which operations a token can call, and why not the others. The token is read from --token-file, else from
$ROSTER_TOKEN, else from standard input; never from the command line, which others can read in the list of processes.
With --url a server is asked, which needs no database; the address, of a site or of its gateway, then says by which way
in the token is shown.`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		read := func() (string, error) { return e.secretFrom(file) }
		if url != "" {
			secret, err := read()
			if err != nil {
				return err
			}
			return e.testAt(cmd, url, secret)
		}
		return e.onDiagnosis(cmd, "", read, gateway, func(d app.Diagnosis, s site.Site) error {
			if d.Problem != "" {
				return badToken(d)
			}
			return e.showDiagnosis(cmd, tokenTest{
				CallerKind: d.Kind, AccountID: d.Token.AccountID, TokenID: d.Token.ID, Scopes: append([]string{}, d.Token.Scopes...),
				ExpiresAt: moment(d.Token.ExpiresAt), Gateway: gateway, Operations: d.Verdicts,
			})
		})
	}
	cmd.Flags().StringVar(&file, "token-file", "", "file that holds the token; - is standard input")
	cmd.Flags().StringVar(&url, "url", "", "ask the server at this URL of a site or of its gateway, instead of a database")
	bindGateway(cmd, &gateway)
	return cmd
}

// tokenTest is what a token can do, as it is printed.
type tokenTest struct {
	CallerKind string        `json:"kind"`
	AccountID  string        `json:"accountId"`
	TokenID    string        `json:"tokenId"`
	Scopes     []string      `json:"scopes"`
	ExpiresAt  string        `json:"expiresAt,omitempty"`
	Gateway    bool          `json:"gateway"`
	Operations []app.Verdict `json:"operations"`
}

func (e *env) showDiagnosis(cmd *cobra.Command, t tokenTest) error {
	may := 0
	for _, v := range t.Operations {
		if v.Allowed {
			may++
		}
	}
	at := "the site's own address"
	if t.Gateway {
		at = "the gateway"
	}
	if err := e.describe(cmd, t, []fact{
		{"token", "good"},
		{"kind", t.CallerKind},
		{"token ID", t.TokenID},
		{"account ID", t.AccountID},
		{"scopes", strings.Join(t.Scopes, " ")},
		{"expires", t.ExpiresAt},
		{"shown at", at},
		{"operations it can call", fmt.Sprintf("%d of %d", may, len(t.Operations))},
	}); err != nil || asJSON(cmd) {
		return err
	}
	if _, err := fmt.Fprintln(e.Stdout); err != nil {
		return err
	}
	return newListing(e, cmd, verdictRow, verdictHeader...).all(t.Operations)
}

// testAt asks the server at an address what a token can do there.
func (e *env) testAt(cmd *cobra.Command, address, secret string) error {
	var told struct {
		Caller struct {
			Kind      string   `json:"kind"`
			AccountID string   `json:"accountId"`
			TokenID   string   `json:"tokenId"`
			Scopes    []string `json:"scopes"`
		} `json:"caller"`
		Gateway    bool          `json:"gateway"`
		Operations []app.Verdict `json:"operations"`
	}
	r, err := ownRequestTo(cmd.Context(), address, "/_roster/operations", nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+secret)
	if err := fetchInto(r, &told); err != nil {
		return err
	}
	return e.showDiagnosis(cmd, tokenTest{
		CallerKind: told.Caller.Kind, AccountID: told.Caller.AccountID, TokenID: told.Caller.TokenID, Scopes: told.Caller.Scopes,
		Gateway: told.Gateway, Operations: told.Operations,
	})
}

// onDiagnosis examines, on the database, the token of this ID, or else the one that read gives. The text of a token
// names its site, so that --site is needed for an ID only.
func (e *env) onDiagnosis(cmd *cobra.Command, id string, read func() (string, error), gateway bool, do func(app.Diagnosis, site.Site) error) (err error) {
	secret := ""
	if id == "" {
		if secret, err = read(); err != nil {
			return err
		}
	}
	b, err := e.open(cmd)
	if err != nil {
		return err
	}
	defer b.closing(&err)
	ctx := cmd.Context()
	s, err := b.Sites.Named(ctx, cmp.Or(b.config.Site, directory.CloudIDOf(secret)))
	if err != nil {
		return err
	}
	find := func() (directory.Shown, bool, error) { return b.Directory.TokenByID(ctx, s.ID, id) }
	if id == "" {
		find = func() (directory.Shown, bool, error) { return b.Directory.TokenBySecret(ctx, s.ID, secret) }
	}
	t, found, err := find()
	switch {
	case err != nil:
		return err
	case !found && id != "":
		return fmt.Errorf("the site %s has no token with the ID %.100q; roster token list shows them", s.Name, id)
	case !found:
		return fmt.Errorf("the site %s knows no such token", s.Name)
	}
	d, err := app.Doctor{Directory: b.Directory, Now: e.Now}.Examine(ctx, s, t, gateway)
	if err != nil {
		return err
	}
	return do(d, s)
}

// badToken is the error about a token that is no good.
func badToken(d app.Diagnosis) error {
	return fmt.Errorf("the token is no good: %s %s", d.Problem, d.Remedy)
}

// longestTokenFile bounds what is read to find a token.
const longestTokenFile = 64 << 10

// secretFrom reads a token from a file, "-" being standard input, or, where none is named, from $ROSTER_TOKEN, or else
// from standard input. Its errors never repeat what was read.
func (e *env) secretFrom(file string) (string, error) {
	if file == "" {
		var c config.API
		if err := config.Load(nil, e.Environ(), c.Settings()); err != nil {
			return "", err
		}
		if held := strings.TrimSpace(c.Token); held != "" {
			return held, nil
		}
		file = "-"
	}
	var in io.Reader = e.Stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return "", err
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, longestTokenFile))
	if err != nil {
		return "", fmt.Errorf("read the token: %w", err)
	}
	fields := bytes.Fields(text)
	if len(fields) != 1 {
		return "", errors.New("there is no single token to read: give it by --token-file, ROSTER_TOKEN or standard input")
	}
	return string(fields[0]), nil
}
