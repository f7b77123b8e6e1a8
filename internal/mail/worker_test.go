package mail_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rosterhq/roster/internal/background/clock"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/mail"
)

// run starts a worker and returns what ends it and waits for it.
func run(t *testing.T, w *mail.Worker) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); w.Run(ctx) }()
	end = func() { cancel(); <-done }
	t.Cleanup(end)
	return end
}

func TestANudgeSendsAtOnceAndAClockTickSendsTheRest(t *testing.T) {
	each(t, func(w *world) {
		r := receive(w.T)
		run(w.T, w.worker(r.transport()))
		first := w.enqueue(letter("ada@example.com"))
		w.outbox.Nudge()
		eventually(w.T, "the first message arrives", func() bool { return w.show(first).DueAt.IsZero() })
		second := w.enqueue(letter("grace@example.com"))
		w.clock.Pass(5 * time.Second)
		eventually(w.T, "the second message arrives", func() bool { return w.show(second).DueAt.IsZero() })
		if taken := r.all(); len(taken) != 2 || taken[0].id != "<"+first+"@example.org>" || taken[1].id != "<"+second+"@example.org>" {
			w.Errorf("the server took %+v", taken)
		}
	})
}

func TestOnlyRecipientsThatMayTakeItLaterAreTriedAgain(t *testing.T) {
	each(t, func(w *world) {
		var mu sync.Mutex
		var asked []string
		r := receive(w.T, func(r *receiver) {
			r.rcpt = func(to string) error {
				mu.Lock()
				defer mu.Unlock()
				asked = append(asked, to)
				switch {
				case to[0] == 'b':
					return reply(550, "No such user")
				case to[0] == 'c' && len(asked) <= 3:
					return reply(450, "Greylisted")
				}
				return nil
			}
		})
		id := w.enqueue(letter("a@example.com", "b@example.com", "c@example.com"))
		w.drain(r.transport())
		w.states(id, mail.Sent, mail.Refused, mail.Queued)
		e := w.show(id)
		if e.Recipients[1].Words != "550 No such user" || e.Recipients[2].Words != "450 Greylisted" || e.Attempts != 1 {
			w.Errorf("the message is %+v", e)
		}
		if pause := e.DueAt.Sub(w.clock.Now()); pause != 30*time.Second {
			w.Errorf("it is tried again after %v", pause)
		}
		if n := w.drain(r.transport()); n != 0 {
			w.Errorf("%d tries before it is due", n)
		}
		w.clock.Pass(30 * time.Second)
		w.drain(r.transport())
		w.states(id, mail.Sent, mail.Refused, mail.Sent)
		mu.Lock()
		defer mu.Unlock()
		if got := fmt.Sprint(asked); got != "[a@example.com b@example.com c@example.com c@example.com]" {
			w.Errorf("asked for %s", got)
		}
		if taken := r.all(); len(taken) != 2 || taken[0].id != taken[1].id || taken[0].data != taken[1].data {
			w.Errorf("the copies differ: %+v", taken)
		}
	})
}

func TestPausesGrowAndAreSpread(t *testing.T) {
	t.Parallel()
	r := mail.DefaultRetry
	for tries, want := range map[int]time.Duration{1: 30 * time.Second, 2: time.Minute, 5: 8 * time.Minute, 8: time.Hour, 1000: time.Hour} {
		if got := r.Pause(tries, 0.5); got != want {
			t.Errorf("after %d tries: %v", tries, got)
		}
		if low, high := r.Pause(tries, 0), r.Pause(tries, 0.999); low != want*3/4 || high <= want || high >= want*5/4 {
			t.Errorf("after %d tries: %v to %v", tries, low, high)
		}
	}
}

func TestTriesEndAndTheLastWordsStay(t *testing.T) {
	each(t, func(w *world) {
		id := w.enqueue(letter("ada@example.com"))
		tries := 0
		for ; !w.show(id).DueAt.IsZero(); tries++ {
			w.clock.Pass(2 * time.Hour)
			worker := w.worker(answering(mail.Answer{Outcome: mail.Later, Words: fmt.Sprintf("450 Not now (%d)", tries+1)}))
			worker.Retry.Tries = 5
			if n, err := worker.Drain(w.Context()); n != 1 || err != nil {
				w.Fatal(n, err)
			}
		}
		w.states(id, mail.Refused)
		if words := w.show(id).Recipients[0].Words; tries != 5 || words != "given up after 5 tries: 450 Not now (5)" {
			w.Errorf("after %d tries: %s", tries, words)
		}
	})
}

func TestAMessageWhoseSendersAllDieIsGivenUpInTheEnd(t *testing.T) {
	each(t, func(w *world) {
		id := w.enqueue(letter("ada@example.com"))
		for range 3 {
			if c, err := mail.ClaimDue(w.Context(), w.outbox, time.Minute); c == nil {
				w.Fatal(err)
			}
			w.clock.Pass(time.Minute)
		}
		worker := w.worker(hand(func(context.Context, mail.Envelope, func([]int) error) []mail.Answer {
			w.Error("it is tried once more")
			return []mail.Answer{{}}
		}))
		worker.Retry.Tries = 3
		if _, err := worker.Drain(w.Context()); err != nil {
			w.Error(err)
		}
		w.states(id, mail.Refused)
	})
}

func TestAnUnknownOutcomeIsSentAgainOrParked(t *testing.T) {
	each(t, func(w *world) {
		var heard atomic.Bool
		r := receive(w.T, func(r *receiver) {
			r.received = func(c net.Conn, _ []byte) error {
				if !heard.Load() {
					c.Close()
				}
				return nil
			}
		})
		again := w.enqueue(letter("ada@example.com"))
		w.drain(r.transport())
		w.states(again, mail.Queued)
		once := letter("ada@example.com")
		once.Delivery = mail.AtMostOnce
		parked := w.enqueue(once)
		w.drain(r.transport())
		w.states(parked, mail.Uncertain)
		heard.Store(true)
		w.clock.Pass(240 * time.Hour)
		w.drain(r.transport())
		w.states(again, mail.Sent)
		w.states(parked, mail.Uncertain)
		if taken := r.all(); len(taken) != 3 || taken[0].id != taken[2].id {
			w.Errorf("the server took %+v", taken)
		}
	})
}

func TestAStrippedSTARTTLSIsRefusedAndTriedAgain(t *testing.T) {
	each(t, func(w *world) {
		secure, trusted := certified(w.T, "127.0.0.1")
		required := func(s *mail.SMTP) { s.TLSRequired, s.Roots = true, trusted }
		id := w.enqueue(letter("ada@example.com"))
		stripped := receive(w.T)
		w.drain(stripped.transport(required))
		w.states(id, mail.Queued)
		if len(stripped.commands("MAIL")) > 0 {
			w.Error("the sender was named in clear text")
		}
		w.clock.Pass(time.Minute)
		w.drain(receive(w.T, func(r *receiver) { r.server.TLSConfig = secure }).transport(required))
		w.states(id, mail.Sent)
	})
}

func TestAWorkerWhoseClaimRanOutStoresNothing(t *testing.T) {
	for _, delivery := range []mail.Delivery{mail.AtLeastOnce, mail.AtMostOnce} {
		t.Run(string(delivery), func(t *testing.T) {
			each(t, func(w *world) {
				m := letter("ada@example.com")
				m.Delivery = delivery
				id := w.enqueue(m)
				slow, err := mail.ClaimDue(w.Context(), w.outbox, time.Minute)
				if slow == nil {
					w.Fatal(err)
				}
				if second, err := mail.ClaimDue(w.Context(), w.outbox, time.Minute); second != nil || err != nil {
					w.Fatalf("it is claimed twice: %v", err)
				}
				w.clock.Pass(40 * time.Second)
				if err := slow.Renew(w.Context(), time.Minute); err != nil {
					w.Error(err)
				}
				w.clock.Pass(40 * time.Second)
				if second, err := mail.ClaimDue(w.Context(), w.outbox, time.Minute); second != nil || err != nil {
					w.Fatalf("a renewed claim is taken: %v", err)
				}
				w.clock.Pass(20 * time.Second)
				fast, err := mail.ClaimDue(w.Context(), w.outbox, time.Minute)
				if fast == nil {
					w.Fatal(err)
				}
				for what, err := range map[string]error{
					"begin": slow.Begin(w.Context()), "renew": slow.Renew(w.Context(), time.Minute), "settle": slow.Settle(w.Context()),
				} {
					if !mail.IsLost(err) {
						w.Errorf("%s after the claim ran out: %v", what, err)
					}
				}
				if err := fast.Begin(w.Context()); err != nil {
					w.Error(err)
				}
				if err := fast.Settle(w.Context()); err != nil {
					w.Error(err)
				}
				w.states(id, mail.Sent)
			})
		})
	}
}

func TestASlowServerKeepsItsMessage(t *testing.T) {
	each(t, func(w *world) {
		hold, reached := make(chan struct{}), make(chan struct{}, 1)
		release := sync.OnceFunc(func() { close(hold) })
		var tries atomic.Int32
		id := w.enqueue(letter("ada@example.com"))
		// No server of the network: its deadlines are of the real time.
		first := w.worker(hand(func(ctx context.Context, e mail.Envelope, ready func([]int) error) []mail.Answer {
			tries.Add(1)
			reached <- struct{}{}
			<-hold
			return answering(mail.Answer{Outcome: mail.Accepted})(ctx, e, ready)
		}))
		run(w.T, first)
		w.Cleanup(release) // before the worker's end, which waits for it
		<-reached
		for range 10 {
			before := w.show(id).DueAt
			w.clock.Pass(first.Lease / 2)
			eventually(w.T, "the claim is renewed", func() bool {
				w.clock.Pass(0) // a renewal that failed is tried at the next tick
				return w.show(id).DueAt.After(before)
			})
			if n := w.drain(answering(mail.Answer{Outcome: mail.Accepted})); n != 0 {
				w.Error("another worker takes it")
			}
		}
		release()
		eventually(w.T, "it is sent", func() bool { return w.show(id).DueAt.IsZero() })
		w.states(id, mail.Sent)
		if e := w.show(id); e.Attempts != 1 || tries.Load() != 1 {
			w.Errorf("%d claims, %d tries", e.Attempts, tries.Load())
		}
	})
}

func TestTheEndDoesNotWaitForAStalledServer(t *testing.T) {
	each(t, func(w *world) {
		hold, reached := make(chan struct{}), make(chan struct{})
		defer close(hold)
		r := receive(w.T, func(r *receiver) {
			r.data = func(net.Conn, io.Reader) error { close(reached); <-hold; return errHungUp }
		})
		id := w.enqueue(letter("ada@example.com"))
		worker := w.worker(r.transport())
		worker.Ticker = func(d time.Duration) (<-chan time.Time, func()) {
			if d != worker.Grace {
				return w.clock.Ticker(d)
			}
			over := make(chan time.Time, 1)
			over <- time.Time{}
			return over, func() {}
		}
		end := run(w.T, worker)
		<-reached
		end()
		w.states(id, mail.Queued)
		if e := w.show(id); e.Running || e.DueAt.After(w.clock.Now()) {
			w.Errorf("the next start does not try it at once: %+v", e)
		}
	})
}

func TestManyWorkersSendEachMessageOnce(t *testing.T) {
	each(t, func(w *world) {
		const workers, messages = 8, 200
		ids := map[string]int{}
		err := w.outbox.Changes.Write(w.Context(), site, operator, func(tx *change.Tx) error {
			clear(ids)
			for range messages {
				id, err := w.outbox.EnqueueIn(w.Context(), tx, letter("ada@example.com"))
				if err != nil {
					return err
				}
				ids[id] = 0
			}
			return nil
		})
		if err != nil {
			w.Fatal(err)
		}
		var mu sync.Mutex
		count := hand(func(ctx context.Context, e mail.Envelope, ready func([]int) error) []mail.Answer {
			answers := answering(mail.Answer{Outcome: mail.Accepted})(ctx, e, ready)
			mu.Lock()
			defer mu.Unlock()
			if answers[0].Outcome == mail.Accepted {
				ids[e.ID]++
			}
			return answers
		})
		nodes := []*db.DB{w.db, w.open()}
		var all sync.WaitGroup
		for i := range workers {
			log := *w.outbox.Changes
			log.DB = nodes[i%2]
			worker := mail.NewWorker(mail.NewOutbox(&log), count, slog.New(slog.NewTextHandler(io.Discard, nil)))
			worker.Senders = 1
			all.Go(func() {
				if _, err := worker.Drain(w.Context()); err != nil {
					w.Error(err)
				}
			})
		}
		all.Wait()
		for id, times := range ids {
			if times != 1 {
				w.Errorf("message %s was sent %d times", id, times)
			}
			w.states(id, mail.Sent)
		}
	})
}

func TestADatabaseThatIsAwayIsWaitedFor(t *testing.T) {
	t.Parallel()
	w := &world{T: t, url: t.TempDir() + "/away.db", clock: clock.New()}
	d, err := db.Open(t.Context(), w.url, db.Options{Throwaway: true})
	if err != nil {
		t.Fatal(err)
	}
	w.outbox = mail.NewOutbox(&change.Log{DB: d, Now: w.clock.Now})
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	end := run(t, w.worker(mail.Capture{}))
	w.outbox.Nudge()
	w.clock.Pass(time.Minute)
	end()
}

// Not parallel: goroutines of other tests would count.
func TestAWorkerThatEndedLeavesNothingRunning(t *testing.T) {
	before := goleak.IgnoreCurrent()
	w := &world{T: t, url: t.TempDir() + "/leak.db", clock: clock.New()}
	d, err := db.Open(t.Context(), w.url, db.Options{Throwaway: true})
	if err != nil {
		t.Fatal(err)
	}
	w.db = d
	w.outbox = mail.NewOutbox(&change.Log{DB: d, Now: w.clock.Now})
	r := receive(t, func(r *receiver) {
		r.rcpt = func(to string) error {
			if to[0] == 'b' {
				return reply(450, "Greylisted")
			}
			return nil
		}
	})
	id := w.enqueue(letter("a@example.com", "b@example.com"))
	end := run(t, w.worker(r.transport()))
	eventually(t, "it is tried", func() bool { return w.show(id).Recipients[0].State == mail.Sent })
	end()
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	r.server.Close()
	goleak.VerifyNone(t, before)
}
