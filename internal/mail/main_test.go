package mail_test

import (
	"context"
	"io"
	"log/slog"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/background/clock"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/mail"
)

func TestMain(m *testing.M) {
	if os.Getenv(childPoint) != "" {
		child()
	}
	dbtest.Main(m)
}

// world is an outbox in a database of its own, as its worker sees the outboxes of all sites.
type world struct {
	*testing.T
	url    string
	db     *db.DB
	clock  *clock.Clock
	outbox *mail.Outbox
}

const site = 7

var operator = change.Actor{Via: change.CLI}

// each runs test on both engines, each time in a world of its own.
func each(t *testing.T, test func(w *world)) {
	t.Helper()
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		w := &world{T: t, url: url, clock: clock.New()}
		w.db = w.open()
		w.outbox = mail.NewOutbox(&change.Log{DB: w.db, Now: w.clock.Now})
		test(w)
	})
}

// open opens the world's database once more, as another node does.
func (w *world) open() *db.DB {
	w.Helper()
	d, err := db.Open(w.Context(), w.url, db.Options{Throwaway: true})
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() {
		if err := d.Close(); err != nil {
			w.Error(err)
		}
	})
	return d
}

// worker returns a worker whose time is the world's.
func (w *world) worker(t mail.Transport) *mail.Worker {
	worker := mail.NewWorker(w.outbox, t, slog.New(slog.NewTextHandler(io.Discard, nil)))
	worker.Ticker = w.clock.Ticker
	worker.Chance = func() float64 { return 0.5 }
	return worker
}

// drain runs a worker over what is due, and returns how many messages it tried.
func (w *world) drain(t mail.Transport) int {
	w.Helper()
	n, err := w.worker(t).Drain(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return n
}

// enqueue stores a message and returns its ID.
func (w *world) enqueue(m mail.Message) string {
	w.Helper()
	id, err := enqueue(w.Context(), w.outbox, m)
	if err != nil {
		w.Fatal(err)
	}
	return id
}

func enqueue(ctx context.Context, o *mail.Outbox, m mail.Message) (id string, err error) {
	err = o.Changes.Write(ctx, site, operator, func(tx *change.Tx) error {
		id, err = o.EnqueueIn(ctx, tx, m)
		return err
	})
	return id, err
}

// show returns a message of the outbox.
func (w *world) show(id string) mail.Entry {
	w.Helper()
	e, err := w.outbox.Show(w.Context(), site, id)
	if err != nil {
		w.Fatal(err)
	}
	return e
}

// states fails the test where the recipients of a message are not in these states.
func (w *world) states(id string, want ...mail.State) {
	w.Helper()
	var got []mail.State
	e := w.show(id)
	for _, r := range e.Recipients {
		got = append(got, r.State)
	}
	if !slices.Equal(got, want) {
		w.Errorf("the recipients are %v, not %v: %+v", got, want, e.Recipients)
	}
	if settled := !slices.Contains(got, mail.Queued) && !slices.Contains(got, mail.Sending); settled != e.DueAt.IsZero() {
		w.Errorf("the message is due at %v with recipients %v", e.DueAt, got)
	}
}

// letter is a message to people with these addresses.
func letter(to ...string) mail.Message {
	m := mail.Message{
		From: mail.Address{Name: "Roster", Address: "roster@example.org"}, Subject: "Welcome", Text: "Good day.\n", HTML: "<p>Good day.</p>\n",
	}
	for _, a := range to {
		m.To = append(m.To, mail.Address{Address: a})
	}
	return m
}

// hand is a transport made of a function.
type hand func(ctx context.Context, e mail.Envelope, ready func([]int) error) []mail.Answer

func (h hand) Send(ctx context.Context, e mail.Envelope, ready func([]int) error) []mail.Answer {
	return h(ctx, e, ready)
}

// answering is a transport that gives every recipient the same answer.
func answering(a mail.Answer) hand {
	return func(_ context.Context, e mail.Envelope, ready func([]int) error) []mail.Answer {
		var places []int
		answers := make([]mail.Answer, len(e.To))
		for i := range e.To {
			places, answers[i] = append(places, i), a
		}
		if err := ready(places); err != nil {
			return slices.Repeat([]mail.Answer{{Outcome: mail.Later, Words: err.Error()}}, len(e.To))
		}
		return answers
	}
}

// eventually waits until something holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	end := time.Now().Add(time.Minute)
	for !holds() {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
		<-time.After(time.Millisecond)
	}
}
