package webhook_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/background/clock"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/event"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/webhook"
)

func TestMain(m *testing.M) {
	if os.Getenv(childPoint) != "" {
		child()
	}
	answerNames()
	dbtest.Main(m)
}

var operator = change.Actor{Via: change.CLI}

// near are the networks where the tests' receivers live.
var near = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

// world is a database of its own, as workers see all sites, with one site.
type world struct {
	*testing.T
	url   string
	clock *clock.Clock
	store *webhook.Store
	dir   *directory.Directory
	site  site.Site
}

// each runs test on both engines, each time in a world of its own.
func each(t *testing.T, test func(w *world)) {
	t.Helper()
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		w := &world{T: t, url: url, clock: clock.New()}
		w.begin(db.Options{Throwaway: true})
		test(w)
	})
}

func (w *world) begin(o db.Options) {
	w.Helper()
	w.clock.Step = time.Microsecond // events are told apart by their time
	log := &change.Log{DB: w.open(o), Now: w.clock.Now}
	s, err := (&site.Store{Changes: log}).Add(w.Context(), operator, site.Site{Name: "acme"})
	w.ok(err)
	w.store, w.dir, w.site = webhook.NewStore(log, near), &directory.Directory{Changes: log}, s
}

// open opens the world's database once more, as another node does.
func (w *world) open(o db.Options) *db.DB {
	w.Helper()
	d, err := db.Open(w.Context(), w.url, o)
	w.ok(err)
	w.Cleanup(func() { d.Close() })
	return d
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// hook makes a webhook for some events, or all, and returns its ID and secret.
func (w *world) hook(url string, events ...event.Type) (id, secret string) {
	w.Helper()
	made, secret, err := w.store.Add(w.Context(), w.site.ID, operator, webhook.Webhook{URL: url, Events: events, Enabled: true})
	w.ok(err)
	return made.ID, secret
}

// add makes accounts with these IDs.
func (w *world) add(ids ...string) {
	w.Helper()
	for _, id := range ids {
		_, err := w.dir.Add(w.Context(), w.site.ID, operator, directory.Account{ID: id, PublicName: id})
		w.ok(err)
	}
}

// move changes where accounts live.
func (w *world) move(location string, ids ...string) {
	w.Helper()
	for _, id := range ids {
		_, err := w.dir.Change(w.Context(), w.site.ID, operator, id, func(a *directory.Account) error { a.Location = location; return nil })
		w.ok(err)
	}
}

// tell seals what was recorded and tells it to the webhooks.
func (w *world) tell() {
	w.Helper()
	log := w.store.Changes
	for {
		leads, err := log.Lead(w.Context(), w.site.ID, "test", time.Hour)
		w.ok(err)
		batch, err := log.Prepare(w.Context(), w.site.ID, "test", 1000)
		w.ok(err)
		if !leads || batch.Len() == 0 {
			break
		}
		w.ok(batch.Commit(w.Context()))
	}
	w.ok(event.NewReader(log, webhook.Kind, w.store, slog.New(slog.DiscardHandler)).Pass(w.Context()))
}

// worker returns a worker whose time is the world's.
func (w *world) worker() *webhook.Worker {
	worker := webhook.NewWorker(w.store, slog.New(slog.DiscardHandler))
	worker.Ticker, worker.Chance = w.clock.Ticker, func() float64 { return 0.5 }
	w.Cleanup(worker.Client.CloseIdleConnections)
	return worker
}

// drain sends what is due, and returns how many tries that were.
func (w *world) drain() int {
	w.Helper()
	n, err := w.worker().Drain(w.Context())
	w.ok(err)
	return n
}

// untilDone lets time pass until nothing waits any more.
func (w *world) untilDone(id string) {
	w.Helper()
	for range 1000 {
		if len(w.deliveries(id, webhook.Queued)) == 0 {
			return
		}
		w.drain()
		w.clock.Pass(time.Hour)
	}
	w.Fatal("something waits for ever")
}

// deliveries returns those of a webhook, the newest first.
func (w *world) deliveries(id string, state webhook.State) []webhook.Delivery {
	w.Helper()
	all, err := w.store.Deliveries(w.Context(), w.site.ID, id, webhook.Filter{State: state, Limit: 10_000})
	w.ok(err)
	return all
}

// only returns the only delivery of a webhook.
func (w *world) only(id string) webhook.Delivery {
	w.Helper()
	all := w.deliveries(id, "")
	if len(all) != 1 {
		w.Fatalf("%d deliveries", len(all))
	}
	return all[0]
}

// counts wants so many deliveries queued, delivered and dead.
func (w *world) counts(id string, queued, delivered, dead int) {
	w.Helper()
	if q, d, x := len(w.deliveries(id, webhook.Queued)), len(w.deliveries(id, webhook.Delivered)), len(w.deliveries(id, webhook.Dead)); q != queued || d != delivered || x != dead {
		w.Errorf("%d are queued, %d delivered, %d dead; not %d, %d, %d", q, d, x, queued, delivered, dead)
	}
}

// serveFunc is a round tripper made of a function.
type serveFunc func(*http.Request) (*http.Response, error)

func (f serveFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// eventually waits until something holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for !holds() {
		select {
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("waited in vain: %s", what)
		}
	}
}
