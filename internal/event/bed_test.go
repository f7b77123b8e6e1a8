package event_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/event"
	"github.com/rosterhq/roster/internal/site"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var operator = change.Actor{Via: change.CLI}

// bed is a fresh site.
type bed struct {
	*testing.T
	log  *change.Log
	dir  *directory.Directory
	site site.Site
	kind string // of the test's own taker, as other tests share the database
}

func newBed(t *testing.T, d *db.DB) *bed {
	t.Helper()
	log := change.New(d)
	s, err := (&site.Store{Changes: log}).Add(t.Context(), operator, site.Site{Name: dbtest.Name(t)})
	b := &bed{t, log, &directory.Directory{Changes: log}, s, dbtest.Name(t)}
	b.ok(err)
	return b
}

func (b *bed) ok(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// add makes accounts with these IDs.
func (b *bed) add(ids ...string) {
	b.Helper()
	for _, id := range ids {
		_, err := b.dir.Add(b.Context(), b.site.ID, operator, directory.Account{ID: id, Email: id + "@example.com", PublicName: id})
		b.ok(err)
	}
}

// change edits an account.
func (b *bed) change(id string, edit func(*directory.Account)) {
	b.Helper()
	_, err := b.dir.Change(b.Context(), b.site.ID, operator, id, func(a *directory.Account) error { edit(a); return nil })
	b.ok(err)
}

// write runs a transaction of the site that records something that is no event.
func (b *bed) write(do func(*change.Tx) error) {
	b.Helper()
	b.ok(b.log.Write(b.Context(), b.site.ID, operator, func(tx *change.Tx) error {
		tx.Record(change.Record{Operation: "nothing.happened", Target: "site"})
		return do(tx)
	}))
}

func (b *bed) open(kind string) {
	b.Helper()
	b.write(func(tx *change.Tx) error { return event.OpenIn(b.Context(), tx, kind) })
}

// seal seals what was recorded of the site.
func (b *bed) seal() {
	b.Helper()
	for {
		leads, err := b.log.Lead(b.Context(), b.site.ID, "test", time.Hour)
		b.ok(err)
		batch, err := b.log.Prepare(b.Context(), b.site.ID, "test", 1000)
		b.ok(err)
		if !leads || batch.Len() == 0 {
			return
		}
		b.ok(batch.Commit(b.Context()))
	}
}

// reader reads for a kind of taker.
func (b *bed) reader(kind string, taker event.Taker) *event.Reader {
	return event.NewReader(b.log, kind, taker, slog.New(slog.DiscardHandler))
}

// pass seals, and reads once for the bed's own kind.
func (b *bed) pass(taker event.Taker) {
	b.Helper()
	b.seal()
	b.ok(b.reader(b.kind, taker).Pass(b.Context()))
}

// taken is the events that came to stand.
type taken struct {
	mu    sync.Mutex
	all   []event.Event
	fails func([]event.Event) error
}

// TakeIn writes the ID of each event down, which it could not do twice.
func (k *taken) TakeIn(ctx context.Context, tx *change.Tx, events []event.Event) error {
	for _, e := range events {
		if _, err := tx.ExecContext(ctx, `INSERT INTO token_uses (site_id, token_id, last_used_at) VALUES ($1, $2, $3)`, tx.Site, e.ID, e.Seq); err != nil {
			return err
		}
	}
	if k.fails != nil {
		if err := k.fails(events); err != nil {
			return err
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, e := range events {
		// A transaction that did not come to stand is tried again.
		if !slices.ContainsFunc(k.all, func(known event.Event) bool { return known.ID == e.ID }) {
			k.all = append(k.all, e)
		}
	}
	return nil
}

// said is what the events say, in short.
func (k *taken) said() []string {
	var all []string
	for _, e := range k.all {
		text := fmt.Sprintf("%s %s", e.Type, e.AccountID)
		for _, more := range []string{e.Status, e.Invitation} {
			if more != "" {
				text += " " + more
			}
		}
		if e.Group != nil {
			text += fmt.Sprintf(" group %s", e.Group.Name)
		}
		if e.Watched != nil {
			text += fmt.Sprintf(" %s", e.Watched.Kind)
		}
		all = append(all, text)
	}
	return all
}

// says fails the test where events do not say this.
func (k *taken) says(t testing.TB, want ...string) {
	t.Helper()
	if got := k.said(); !slices.Equal(got, want) {
		t.Errorf("told:\n%s\nnot:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// fresh gives tests of all sites a database of their own.
func fresh(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url, db.Options{Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		test(t, d)
	})
}
