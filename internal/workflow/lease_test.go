package workflow_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/background/clock"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

func TestNothingOfAWorkerThatLostItsLeaseIsStored(t *testing.T) {
	each(t, func(w *world) {
		w.put("mail-user", mailUser)
		id := w.start("mail-user", ada)
		r := w.runner()
		slow, err := workflow.ClaimDue(t.Context(), r)
		if err != nil || slow == nil {
			w.Fatal(err)
		}
		if other, err := workflow.ClaimDue(t.Context(), r); other != nil {
			w.Fatal("two workers have the run", err)
		}
		if err := slow.Renew(t.Context()); err != nil {
			w.Error(err)
		}
		w.clock.Pass(2 * r.Lease)
		if n := w.drain(); n != 1 {
			w.Fatalf("%d runs were taken", n)
		}
		before := w.show(id)
		for what, err := range map[string]error{
			"a step": slow.Note(t.Context()), "the end": slow.End(t.Context()), "its lease": slow.Renew(t.Context()),
			"mail": slow.Mail(t.Context(), mail.Message{From: r.From, To: []mail.Address{{Address: "x@example.com"}}, Text: "x"}),
		} {
			if !workflow.IsLost(err) {
				w.Errorf("%s of a lost worker is stored: %v", what, err)
			}
		}
		if after := w.show(id); len(after.Steps) != len(before.Steps) || string(after.Output) != string(before.Output) || len(w.mails()) != 1 {
			w.Errorf("the run is %+v", after)
		}
	})
}

func TestAWorkerThatStandsStillMailsNothingThatAnotherMailed(t *testing.T) {
	each(t, func(w *world) {
		var runs atomic.Int64
		still, goOn := make(chan bool), make(chan bool)
		w.put("stands", func(ctx context.Context, facts workflow.Facts, host dsl.Host) (any, error) {
			first := runs.Add(1) == 1
			if _, err := call(ctx, host, "get", "confluence.getUser", map[string]any{"accountId": "557058:ada"}); err != nil {
				return nil, err
			}
			if first {
				still <- true
				<-goOn
			}
			return call(ctx, host, "send", "mail.send", map[string]any{"to": "boss@example.com"})
		})
		id := w.start("stands", nil)
		done := make(chan int)
		go func() {
			n, _ := w.runner(func(r *workflow.Runner) { r.Ticker = clock.New().Ticker }).Drain(context.WithoutCancel(t.Context()))
			done <- n
		}()
		<-still
		w.clock.Pass(time.Hour)
		w.drain()
		w.is(id, workflow.Succeeded)
		goOn <- true
		<-done
		if len(w.mails()) != 1 || runs.Load() != 2 {
			w.Errorf("%d mails by %d workers", len(w.mails()), runs.Load())
		}
		w.is(id, workflow.Succeeded)
	})
}

func TestALeaseIsRenewedWhileARunGoesOn(t *testing.T) {
	each(t, func(w *world) {
		still, goOn := make(chan bool), make(chan bool)
		w.put("long", func(context.Context, workflow.Facts, dsl.Host) (any, error) {
			still <- true
			<-goOn
			return "over", nil
		})
		id := w.start("long", nil)
		done := make(chan int)
		go func() { done <- w.drain() }()
		<-still
		for range 5 {
			due := w.show(id).DueAt
			w.clock.Pass(30 * time.Second)
			eventually(t, "the lease is renewed", func() bool { return w.show(id).DueAt.After(due) })
		}
		goOn <- true
		if n := <-done; n != 1 {
			w.Errorf("%d claims", n)
		}
		w.is(id, workflow.Succeeded)
	})
}

func TestNoMoreRunsGoOnAtATimeThanThereAreSlots(t *testing.T) {
	each(t, func(w *world) {
		var now, most atomic.Int64
		w.put("counts", func(ctx context.Context, _ workflow.Facts, host dsl.Host) (any, error) {
			n := now.Add(1)
			defer now.Add(-1)
			for seen := most.Load(); n > seen && !most.CompareAndSwap(seen, n); seen = most.Load() {
			}
			return call(ctx, host, "get", "confluence.getUser", map[string]any{"accountId": "557058:ada"})
		})
		for range 40 {
			w.start("counts", nil)
		}
		if n := w.drain(func(r *workflow.Runner) { r.Slots = 3 }); n != 40 || most.Load() > 3 {
			w.Errorf("%d ran, %d at a time", n, most.Load())
		}
	})
}

func TestARunThatIsInterruptedAgainAndAgainIsGivenUp(t *testing.T) {
	each(t, func(w *world) {
		w.put("panics", func(context.Context, workflow.Facts, dsl.Host) (any, error) { panic("at the disco") })
		id := w.start("panics", nil)
		for range 5 {
			w.drain(func(r *workflow.Runner) { r.Tries = 4 })
			w.clock.Pass(time.Hour)
		}
		if r := w.is(id, workflow.Failed); r.Error == nil || r.Error.Title != "The run was given up" {
			w.Errorf("the failure is %+v", r.Error)
		}
	})
}

func TestARunIsGivenBackWhenItsServerStops(t *testing.T) {
	each(t, func(w *world) {
		asked := make(chan bool, 2)
		w.people.hook = func(_ http.ResponseWriter, r *http.Request) bool {
			if len(asked) == 0 {
				asked <- true
				<-r.Context().Done()
			}
			return false
		}
		w.put("mail-user", mailUser)
		id := w.start("mail-user", ada)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan bool)
		r := w.runner()
		go func() { r.Run(ctx); close(done) }()
		eventually(t, "it runs", func() bool { return len(asked) == 1 })
		stop()
		eventually(t, "it is cut off", func() bool {
			w.clock.Pass(time.Second)
			select {
			case <-done:
				return true
			default:
				return false
			}
		})
		w.is(id, workflow.Queued)
		w.drain()
		w.is(id, workflow.Succeeded)
		if len(w.mails()) != 1 {
			w.Errorf("%d mails", len(w.mails()))
		}
	})
}

// Whatever was done before, a run costs the same statements: an index leads to what is due.
func TestTenThousandRunsDrainAtAFlatCost(t *testing.T) {
	t.Parallel()
	url, counter := dbtest.Counted(t)
	w := newWorld(t, url)
	const runs, part = 10_000, 1_000
	var ran atomic.Int64
	reached, goOn := make(chan bool), make(chan bool)
	w.put("empty", func(context.Context, workflow.Facts, dsl.Host) (any, error) {
		if ran.Add(1)%part == 0 {
			reached <- true
			<-goOn
		}
		return nil, nil
	})
	queue(w, w.start("empty", nil), runs-1)
	done := make(chan int)
	go func() { done <- w.drain(func(r *workflow.Runner) { r.Slots = 24 }) }()
	<-reached
	var costs []int64
	for range runs/part - 1 {
		costs = append(costs, counter.During(func() { goOn <- true; <-reached }))
	}
	goOn <- true
	if n := <-done; n != runs {
		t.Errorf("%d runs were due, not %d", n, runs)
	}
	// How many runs are claimed together, and what PostgreSQL has run again, is never quite the same.
	if first, last := costs[0], costs[len(costs)-1]; last > first+first/4 {
		t.Errorf("the second thousand took %d statements, the last %d: %v", first, last, costs)
	}
}

// queue queues copies of a run.
func queue(w *world, id string, copies int) {
	w.Helper()
	err := w.store.Changes.Write(w.Context(), site, operator, func(tx *change.Tx) error {
		tx.Record(change.Record{Operation: "run.start", Target: "site"})
		_, err := tx.ExecContext(w.Context(), `WITH RECURSIVE copies (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < $3)
			INSERT INTO workflow_runs (site_id, run_id, workflow, hash, connection, state, input, output, error, cause, run_key,
				body_hash, actor, attempts, due_at, node, lease, created_at, started_at, ended_at, erased)
			SELECT site_id, run_id || ' ' || n, workflow, hash, connection, state, input, output, error, cause, run_key,
				body_hash, actor, attempts, due_at, node, lease, created_at, started_at, ended_at, erased
			FROM workflow_runs CROSS JOIN copies WHERE site_id = $1 AND run_id = $2`, site, id, copies)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
}
