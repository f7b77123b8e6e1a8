package audit_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/audit"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

// always is a channel that ticks whenever it is asked.
func always() <-chan time.Time {
	ticks := make(chan time.Time)
	close(ticks)
	return ticks
}

func TestWhatIsErasedWhileItIsBeingSealedIsSealedAsErased(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHistory(t, d) // of which two entries wait
		if leads, err := h.log.Lead(t.Context(), h.site, "test", time.Hour); err != nil || !leads {
			t.Fatal(err)
		}
		early, err := h.log.Prepare(t.Context(), h.site, "test", 100)
		if err != nil || early.Len() != 2 {
			t.Fatalf("%d entries are prepared: %v", early.Len(), err)
		}
		h.edit(t, h.admin, "ada", closeAccount)
		if err := early.Commit(t.Context()); !errors.Is(err, change.ErrStale) {
			t.Errorf("what was prepared before the closing: %v", err)
		}
		if r := verify(t, h.log, h.site); !r.Intact || r.Checked != 4 || r.Unsealed != 5 {
			t.Errorf("something of it stands: %+v", r)
		}
		sealSite(t, h.log, h.site, 100)
		wantIntact(t, h, 9, 4, 0)
	})
}

func TestAccountsAreClosedWhileTwoSeal(t *testing.T) {
	fresh(t, func(t *testing.T, d *db.DB) {
		log, s := newSite(t, d, "main")
		h := &history{log: log, site: s.ID, people: &directory.Directory{Changes: log}, admin: change.Actor{AccountID: "admin", IP: "198.51.100.1", Via: change.API}}
		ctx, stop := context.WithCancel(t.Context())
		var sealers, closers sync.WaitGroup
		for range 2 {
			sealer := newSealer(log)
			sealer.Most, sealer.Lease = 5, time.Nanosecond
			sealer.Ticker = func(time.Duration) (<-chan time.Time, func()) { return always(), func() {} }
			sealers.Go(func() { sealer.Run(ctx) })
		}
		const closing, people = 4, 8
		for c := range closing {
			closers.Go(func() {
				for i := range people {
					id := fmt.Sprintf("person-%d-%d", c, i)
					self := change.Actor{AccountID: id, IP: "203.0.113.9", Via: change.API}
					if _, err := h.people.Add(t.Context(), s.ID, self, directory.Account{ID: id, PublicName: id}); err != nil {
						t.Error(err)
						return
					}
					for _, edit := range []func(*directory.Account){func(a *directory.Account) { a.Position = "Chemist" }, closeAccount} {
						if _, err := h.people.Change(t.Context(), s.ID, self, id, func(a *directory.Account) error { edit(a); return nil }); err != nil {
							t.Error(err)
							return
						}
					}
				}
			})
		}
		closers.Wait()
		stop()
		sealers.Wait()
		if err := newSealer(log).Pass(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r := verify(t, log, s.ID); !r.Intact || r.Unsealed != 0 || r.Erased != 2*closing*people || r.Erasing != 0 {
			t.Errorf("the check says %+v", r)
		}
	})
}

// An entry comes just after a pass has looked, at the worst: it waits for the next tick, and for that one's pass.
func TestASealerLooksTwiceASecond(t *testing.T) {
	fresh(t, func(t *testing.T, d *db.DB) {
		log, s := newSite(t, d, "main")
		sealer := newSealer(log)
		asked := make(chan time.Duration, 1)
		sealer.Ticker = func(every time.Duration) (<-chan time.Time, func()) { asked <- every; return nil, func() {} }
		ctx, stop := context.WithCancel(t.Context())
		stop()
		sealer.Run(ctx)
		if every := <-asked; every <= 0 || every > time.Second/2 {
			t.Errorf("it looks every %s", every)
		}
		dense(t, log, s.ID, 1)
	})
}

func TestAPassSealsAllThatWasThereWhenItBegan(t *testing.T) {
	fresh(t, func(t *testing.T, d *db.DB) {
		log, s := newSite(t, d, "main")
		ctx, stop := context.WithCancel(t.Context())
		var writers sync.WaitGroup
		for w := range 4 { // so that there is always more than what the pass is asked about
			writers.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					write(t, log, s.ID, ada, fmt.Sprintf("other:%d-%d", w, i))
				}
			})
		}
		sealer := newSealer(log)
		for i := range 10 {
			target := fmt.Sprintf("thing:%d", i)
			write(t, log, s.ID, ada, target)
			if err := sealer.Pass(t.Context()); err != nil {
				t.Error(err)
			}
			if e := list(t, log, s.ID, change.Filter{Target: target}, 0); len(e) != 1 || e[0].Seq == 0 {
				t.Errorf("after a pass it is %+v", e)
			}
		}
		stop()
		writers.Wait()
	})
}

func TestASealerWithMuchToDoWaitsForNoTick(t *testing.T) {
	fresh(t, func(t *testing.T, d *db.DB) {
		log, s := newSite(t, d, "main")
		const entries = 200
		targets := make([]string, entries-1)
		for i := range targets {
			targets[i] = fmt.Sprintf("thing:%d", i)
		}
		write(t, log, s.ID, ada, targets...)
		sealer := newSealer(log)
		sealer.Most = 2 // a pass seals twenty times as much
		sealer.Ticker = func(time.Duration) (<-chan time.Time, func()) { return nil, func() {} }
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { sealer.Run(ctx) })
		last := int64(0)
		err := (&audit.Trail{Changes: log}).Follow(t.Context(), s.ID, change.Filter{}, entries, always(), func(e change.Entry) error { last = e.Seq; return nil })
		if err != nil || last != entries {
			t.Errorf("sealed up to %d: %v", last, err)
		}
		stop()
		running.Wait()
		dense(t, log, s.ID, entries)
	})
}

func TestACheckFindsNothingWrongWhileAccountsAreClosedAndRetentionDeletes(t *testing.T) {
	fresh(t, func(t *testing.T, d *db.DB) {
		log, s := newSite(t, d, "main")
		h := &history{log: log, site: s.ID, admin: ada}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for i := range 40 {
				id := fmt.Sprintf("person-%d", i)
				write(t, log, s.ID, change.Actor{AccountID: id, IP: "203.0.113.9", Via: change.API}, "account:"+id, "account:"+id, "thing:x")
				sealSite(t, log, s.ID, 2)
				h.close(t, id)
				if i%2 == 0 {
					continue
				}
				sealSite(t, log, s.ID, 2)
				if _, err := (&audit.Trail{Changes: log}).Prune(t.Context(), s.ID, log.Now()); err != nil {
					t.Error(err)
				}
			}
		}()
		for checks := 0; ; checks++ {
			if r := verify(t, log, s.ID); !r.Intact {
				t.Errorf("check %d says %+v", checks, r)
				break
			}
			select {
			case <-ended:
				return
			default:
			}
		}
		<-ended
	})
}
