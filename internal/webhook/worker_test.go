package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/background/clock"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/event"
	"github.com/rosterhq/roster/internal/webhook"
)

func TestADeliveryIsSignedAndSaysWhatHappened(t *testing.T) {
	each(t, func(w *world) {
		r := receive(w, nil)
		id, secret := w.hook(r.URL + "/hooks?x=1")
		w.add("ada")
		w.tell()
		if n := w.drain(); n != 1 {
			w.Fatalf("%d tries", n)
		}
		d := r.all()[0]
		w.ok(verify(secret, d))
		d.body += " "
		if verify(secret, d) == nil {
			w.Error("another body is as good")
		}
		if d.event.Type != event.UserCreated || d.event.AccountID != "ada" || d.event.ID != d.id || d.event.Site != w.site.CloudID ||
			d.header.Get("Content-Type") != "application/json" || d.header.Get("User-Agent") != "Roster-Webhooks/1" || strings.Contains(d.id, ".") ||
			d.timestamp != fmt.Sprint(w.clock.Now().Unix()) {
			w.Errorf("%+v", d)
		}
		if got := w.only(id); got.State != webhook.Delivered || got.Status != 200 || got.Attempts != 1 || got.SettledAt.IsZero() || !got.DueAt.IsZero() || got.Words != "" {
			w.Errorf("%+v", got)
		}
	})
}

func TestOnlyTheEventsThatWereAskedForAreSent(t *testing.T) {
	each(t, func(w *world) {
		r := receive(w, nil)
		some, _ := w.hook(r.URL, event.UserUpdated, event.GroupMemberAdded)
		all, _ := w.hook(r.URL)
		w.add("ada")
		w.move("London", "ada")
		w.tell()
		w.drain()
		w.counts(some, 0, 1, 0)
		w.counts(all, 0, 2, 0)
	})
}

// The receiver fails at random, so that accounts overtake each other; of one account nothing is overtaken.
func TestTheEventsOfAnAccountArriveInOrderWhateverFails(t *testing.T) {
	each(t, func(w *world) {
		var mu sync.Mutex
		var taken []delivery
		chance := rand.New(rand.NewPCG(1, 2))
		r := receive(w, func(_ int, d delivery) int {
			mu.Lock()
			defer mu.Unlock()
			if chance.Float64() < 0.5 {
				return 500
			}
			taken = append(taken, d)
			return 200
		})
		id, _ := w.hook(r.URL)
		ids := []string{"ada", "alan", "grace"}
		w.add(ids...)
		for i := range 8 {
			w.move(fmt.Sprint(i), ids...)
			if i%3 == 0 {
				w.tell()
				w.drain()
			}
		}
		w.tell()
		w.untilDone(id)
		w.counts(id, 0, 27, 0)
		last, overtaken := map[string]int64{}, false
		for i, d := range taken {
			if last[d.event.AccountID] >= d.event.Seq {
				w.Errorf("of %s, %d came after %d", d.event.AccountID, d.event.Seq, last[d.event.AccountID])
			}
			last[d.event.AccountID] = d.event.Seq
			overtaken = overtaken || i > 0 && d.event.Seq < taken[i-1].event.Seq
		}
		if len(taken) != 27 || !overtaken {
			w.Errorf("%d were taken; overtaken: %v", len(taken), overtaken)
		}
	})
}

func TestWhatIsGivenUpIsDeadLetsTheNextGoAndCanBeReplayed(t *testing.T) {
	each(t, func(w *world) {
		var up bool
		r := receive(w, func(_ int, d delivery) int {
			if up || d.event.Type == event.UserUpdated {
				return 204
			}
			return 503
		})
		id, _ := w.hook(r.URL)
		w.add("ada")
		w.move("London", "ada")
		w.tell()
		began, pauses := w.clock.Now(), []time.Duration{}
		for len(w.deliveries(id, webhook.Dead)) == 0 {
			if w.drain() > 2 {
				w.Fatal("too many tries at once")
			}
			if d := w.deliveries(id, "")[1]; d.State == webhook.Queued {
				if d.Status != 503 || d.Words != "it answered 503" || len(r.all()) != d.Attempts {
					w.Fatalf("%+v", d)
				}
				pauses = append(pauses, d.DueAt.Sub(w.clock.Now()).Round(time.Second))
				w.clock.Pass(d.DueAt.Sub(w.clock.Now()))
			}
		}
		if lasted := w.clock.Now().Sub(began); lasted < 20*time.Hour || lasted > 28*time.Hour || len(r.all()) != 11 {
			w.Errorf("given up after %v, with pauses %v and %d requests", lasted, pauses, len(r.all()))
		}
		w.counts(id, 0, 1, 1)
		dead := w.deliveries(id, webhook.Dead)[0]
		w.ok(w.store.Replay(w.Context(), w.site.ID, operator, id, dead.EventID))
		if err := w.store.Replay(w.Context(), w.site.ID, operator, id, dead.EventID); err == nil {
			w.Error("replayed twice")
		}
		up = true
		w.drain()
		w.counts(id, 0, 2, 0)
		if all := r.all(); all[len(all)-1].id != all[0].id || all[0].id != dead.EventID {
			w.Error("the replay has another ID")
		}
	})
}

func TestAllDeadDeliveriesSinceATimeAreReplayedInOrder(t *testing.T) {
	each(t, func(w *world) {
		up := false
		r := receive(w, func(int, delivery) int {
			if up {
				return 200
			}
			return 500
		})
		id, _ := w.hook(r.URL)
		w.add("early")
		w.tell()
		w.untilDone(id)
		w.clock.Pass(time.Hour)
		since := w.clock.Now()
		for i := range 210 { // more than one batch
			w.add(fmt.Sprintf("account-%d", i))
		}
		w.move("London", "account-0")
		w.move("Paris", "account-0")
		w.tell()
		w.clock.Pass(80 * time.Hour) // so that each has one try
		w.untilDone(id)
		w.counts(id, 0, 0, 213)
		n, err := w.store.ReplaySince(w.Context(), w.site.ID, operator, id, since)
		w.ok(err)
		up, r.got = true, nil
		w.untilDone(id)
		w.counts(id, 0, 212, 1)
		last := int64(0)
		for _, d := range r.all() {
			if d.event.AccountID == "account-0" {
				if d.event.Seq <= last {
					w.Errorf("%d after %d", d.event.Seq, last)
				}
				last = d.event.Seq
			}
		}
		if n != 212 || len(r.all()) != 212 {
			w.Errorf("%d were replayed, %d came", n, len(r.all()))
		}
	})
}

func TestAReceiverThatIsGoneDisablesItsWebhook(t *testing.T) {
	each(t, func(w *world) {
		r := receive(w, func(int, delivery) int { return 410 })
		id, _ := w.hook(r.URL)
		w.add("ada")
		w.move("London", "ada")
		w.tell()
		w.drain()
		got, err := w.store.Show(w.Context(), w.site.ID, id)
		w.ok(err)
		if got.Enabled || got.DisabledWhy != "it answered 410: it wants nothing more" || len(r.all()) != 1 {
			w.Errorf("%+v after %d requests", got, len(r.all()))
		}
		w.counts(id, 1, 0, 1)
		w.add("unheard")
		w.tell()
		w.clock.Pass(time.Hour)
		if n := w.drain(); n != 0 {
			w.Errorf("%d tries though it is disabled", n)
		}
		// Once it is enabled, what waited goes out; what happened meanwhile does not.
		r.answer = nil
		got, err = w.store.Change(w.Context(), w.site.ID, operator, id, func(h *webhook.Webhook) { h.Enabled = true })
		if w.ok(err); got.DisabledWhy != "" {
			w.Errorf("%+v", got)
		}
		w.add("heard")
		w.tell()
		w.drain()
		w.counts(id, 0, 2, 1)
		if d := w.deliveries(id, "")[0]; d.AccountID != "heard" {
			w.Errorf("%+v", d)
		}
	})
}

func TestASlowReceiverKeepsNoOthersWaiting(t *testing.T) {
	each(t, func(w *world) {
		release := make(chan struct{})
		slow := receive(w, func(int, delivery) int { <-release; return 200 })
		quick := receive(w, nil)
		first, _ := w.hook(slow.URL)
		second, _ := w.hook(quick.URL)
		for i := range 20 {
			w.add(fmt.Sprintf("account-%d", i))
		}
		w.tell()
		worker := w.worker()
		ctx, stop := context.WithCancel(w.Context())
		var running sync.WaitGroup
		running.Go(func() { worker.Run(ctx) })
		eventually(w, "the quick one has all", func() bool { return len(w.deliveries(second, webhook.Delivered)) == 20 })
		if n := len(slow.all()); n != worker.PerHost {
			w.Errorf("the slow one has %d requests at once", n)
		}
		close(release)
		eventually(w, "the slow one has all", func() bool { return len(w.deliveries(first, webhook.Delivered)) == 20 })
		stop()
		running.Wait()
	})
}

func TestTwoNodesShareTheWork(t *testing.T) {
	each(t, func(w *world) {
		r := receive(w, nil)
		id, _ := w.hook(r.URL)
		for i := range 60 {
			w.add(fmt.Sprintf("account-%d", i))
		}
		w.move("London", "account-7", "account-8", "account-9")
		w.tell()
		var nodes sync.WaitGroup
		tries := make([]int, 2)
		for i := range tries {
			store := webhook.NewStore(&change.Log{DB: w.open(db.Options{Throwaway: true}), Now: w.clock.Now}, near)
			worker := webhook.NewWorker(store, slog.New(slog.DiscardHandler))
			worker.Ticker = w.clock.Ticker
			nodes.Go(func() {
				n, err := worker.Drain(w.Context())
				if err != nil {
					w.Error(err)
				}
				tries[i] = n
				worker.Client.CloseIdleConnections()
			})
		}
		nodes.Wait()
		w.drain() // what became due when both had looked
		seen := map[string]int{}
		for _, d := range r.all() {
			seen[d.id]++
		}
		if len(seen) != 63 || len(r.all()) != 63 {
			w.Errorf("%d requests for %d events; the nodes made %v", len(r.all()), len(seen), tries)
		}
		w.counts(id, 0, 63, 0)
	})
}

func TestAWorkerThatLostItsLeaseStoresNothing(t *testing.T) {
	each(t, func(w *world) {
		id, _ := w.hook("http://127.0.0.1:1")
		w.add("ada")
		w.tell()
		late, err := w.store.Claim(w.Context(), time.Minute)
		w.ok(err)
		if n := w.drain(); n != 0 {
			w.Errorf("%d tries of what another worker has", n)
		}
		w.clock.Pass(time.Minute)
		next, err := w.store.Claim(w.Context(), time.Minute)
		w.ok(err)
		if err := late(); !errors.Is(err, webhook.ErrLost) {
			w.Errorf("the late one: %v", err)
		}
		w.counts(id, 1, 0, 0)
		w.ok(next())
		w.counts(id, 0, 1, 0)
	})
}

func TestAWorkerThatIsStoppedGivesBackWhatItTries(t *testing.T) {
	each(t, func(w *world) {
		id, _ := w.hook("http://127.0.0.1:1")
		w.add("ada")
		w.tell()
		worker := w.worker()
		trying := make(chan struct{})
		worker.Client = &http.Client{Transport: serveFunc(func(r *http.Request) (*http.Response, error) {
			close(trying)
			<-r.Context().Done()
			return nil, r.Context().Err()
		})}
		ctx, stop := context.WithCancel(w.Context())
		var running sync.WaitGroup
		running.Go(func() { worker.Run(ctx) })
		<-trying
		stop()
		eventually(w, "it is given back", func() bool { w.clock.Pass(0); return !w.only(id).Running })
		running.Wait()
		if d := w.only(id); d.State != webhook.Queued || d.DueAt.After(w.clock.Now()) {
			w.Errorf("%+v", d)
		}
	})
}

func TestLookingForWorkCostsTheSameHoweverMuchWaitsOrWasSent(t *testing.T) {
	t.Parallel()
	url, counter := dbtest.Counted(t)
	w := &world{T: t, url: url, clock: clock.New()}
	w.begin(db.Options{})
	r := receive(w, func(_ int, d delivery) int {
		if d.event.AccountID == "stuck" {
			return 500
		}
		return 200
	})
	w.hook(r.URL)
	w.add("stuck")
	for i := range 50 {
		w.add(fmt.Sprintf("account-%d", i))
		w.move(fmt.Sprint(i), "stuck")
	}
	w.tell()
	w.drain()
	if n := counter.During(func() { w.drain() }); n != 1 {
		t.Errorf("%d statements", n)
	}
}

func TestWhatHappensIsSentWithoutWaitingForAPoll(t *testing.T) {
	each(t, func(w *world) {
		r := receive(w, nil)
		w.hook(r.URL)
		worker := w.worker() // whose tickers do not tick
		ctx, stop := context.WithCancel(w.Context())
		var running sync.WaitGroup
		running.Go(func() { worker.Run(ctx) })
		for i := range 3 {
			w.add(fmt.Sprintf("account-%d", i))
			w.tell()
			eventually(w, "it is sent", func() bool { return len(r.all()) == i+1 })
		}
		stop()
		running.Wait()
	})
}
