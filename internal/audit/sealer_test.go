package audit_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// fresh gives tests of whole sealers, which seal all sites, a database of their own.
func fresh(t *testing.T, test func(t *testing.T, d *db.DB)) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url, db.Options{Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		test(t, d)
	})
}

// dense wants entries 1 to n, each once, sealed, with the records of a transaction in their order.
func dense(t *testing.T, log *change.Log, site int64, n int) {
	t.Helper()
	entries := list(t, log, site, change.Filter{}, 0)
	if len(entries) != n {
		t.Errorf("%d entries, want %d", len(entries), n)
	}
	seen, items := map[string]bool{}, map[string]int64{}
	for i, e := range entries {
		if e.Seq != int64(i)+1 {
			t.Fatalf("entry %d has seq %d", i+1, e.Seq)
		}
		if key := fmt.Sprint(e.ChangeID, e.Item); seen[key] {
			t.Errorf("%s is there twice", key)
		} else {
			seen[key] = true
		}
		if e.Item != items[e.ChangeID] {
			t.Errorf("entry %d is item %d of its change, want %d", i+1, e.Item, items[e.ChangeID])
		}
		items[e.ChangeID]++
	}
	if r := verify(t, log, site); !r.Intact || r.Checked != int64(n) || r.Unsealed != 0 {
		t.Errorf("the check says %+v", r)
	}
}

func TestEveryEntryGetsOnePlaceWhileSixteenWriteAndTwoSeal(t *testing.T) {
	fresh(t, func(t *testing.T, d *db.DB) {
		log, s := newSite(t, d, "main")
		ctx, stop := context.WithCancel(t.Context())
		var writers, sealers sync.WaitGroup
		for range 2 {
			sealer := newSealer(log)
			sealer.Most, sealer.Lease = 7, time.Nanosecond // so that they are in each other's way all the time
			sealer.Ticker = func(time.Duration) (<-chan time.Time, func()) {
				always := make(chan time.Time)
				close(always)
				return always, func() {}
			}
			sealers.Go(func() { sealer.Run(ctx) })
		}
		for w := range 16 {
			writers.Go(func() {
				for i := range 15 {
					target := fmt.Sprintf("thing:%d-%d", w, i)
					write(t, log, s.ID, ada, []string{target, target, target}[:1+i%3]...)
				}
			})
		}
		writers.Wait()
		stop()
		sealers.Wait()
		if err := newSealer(log).Pass(t.Context()); err != nil {
			t.Fatal(err)
		}
		dense(t, log, s.ID, 1+16*(5*1+5*2+5*3))
	})
}

func TestASealerThatStoodStillForLongerThanItsLeaseWritesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, s := newSite(t, d, dbtest.Name(t))
		now := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
		log.Now = func() time.Time { return now }
		lead := func(name string, want bool) {
			t.Helper()
			if leads, err := log.Lead(t.Context(), s.ID, name, 3*time.Second); err != nil || leads != want {
				t.Fatalf("%s leads: %t, %v", name, leads, err)
			}
		}
		writeMany(t, log, s.ID, 5)
		lead("first", true)
		late, err := log.Prepare(t.Context(), s.ID, "first", 100)
		if err != nil || late.Len() != 6 {
			t.Fatalf("%d entries are prepared: %v", late.Len(), err)
		}
		now = now.Add(2 * time.Second)
		lead("second", false)
		now = now.Add(time.Second)
		lead("second", true)
		lead("first", false)
		// With the lease lost, nothing is written even where the other one has not gone on yet.
		if err := late.Commit(t.Context()); !errors.Is(err, change.ErrFenced) {
			t.Errorf("the late one: %v", err)
		}
		if n := len(list(t, log, s.ID, change.Filter{}, 0)); n != 6 || verify(t, log, s.ID).Unsealed != 6 {
			t.Errorf("%d entries, some of them sealed", n)
		}
		next, err := log.Prepare(t.Context(), s.ID, "second", 100)
		if err != nil {
			t.Fatal(err)
		}
		if err := next.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		writeMany(t, log, s.ID, 2)
		for _, stale := range []*change.Batch{late, next} {
			if err := stale.Commit(t.Context()); !errors.Is(err, change.ErrFenced) {
				t.Errorf("the late one: %v", err)
			}
		}
		if r := verify(t, log, s.ID); !r.Intact || r.Checked != 6 || r.Seals != 1 || r.Unsealed != 2 {
			t.Errorf("the check says %+v", r)
		}
	})
}

func TestAChangeThatCommitsLateIsNotMissed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, s := newSite(t, d, dbtest.Name(t))
		writeMany(t, log, s.ID, 3)
		sealSite(t, log, s.ID, 100)
		tamper(t, d, `INSERT INTO changes (site_id, change_id, item, at, actor, token_id, request_id, ip, via, operation, target, version, detail)
			VALUES ($1, '00000000-0000-7000-8000-000000000000', 0, 1, '', '', '', '', 'cli', 'thing.update', 'thing:late', 0, '{}')`, s.ID)
		sealSite(t, log, s.ID, 100)
		dense(t, log, s.ID, 5)
		if last := list(t, log, s.ID, change.Filter{Target: "thing:late"}, 0); len(last) != 1 || last[0].Seq != 5 {
			t.Errorf("the late change is %+v", last)
		}
	})
}

func TestOnePassSealsAllSitesByThemselves(t *testing.T) {
	fresh(t, func(t *testing.T, d *db.DB) {
		log, one := newSite(t, d, "one")
		_, two := newSite(t, d, "two")
		_, held := newSite(t, d, "held")
		if leads, err := log.Lead(t.Context(), held.ID, "another", time.Hour); err != nil || !leads {
			t.Fatal(err)
		}
		writeMany(t, log, one.ID, 12)
		writeMany(t, log, two.ID, 3)
		sealer := newSealer(log)
		sealer.Most = 5
		if err := sealer.Pass(t.Context()); err != nil {
			t.Fatal(err)
		}
		dense(t, log, one.ID, 13)
		dense(t, log, two.ID, 4)
		if r := verify(t, log, held.ID); r.Seals != 0 || r.Unsealed != 1 {
			t.Errorf("a site that another one holds: %+v", r)
		}
	})
}

func TestASealerSealsAtItsTicksAndWhenNudgedAndOnceMoreAtTheEnd(t *testing.T) {
	fresh(t, func(t *testing.T, d *db.DB) {
		log, s := newSite(t, d, "main")
		ticks := make(chan time.Time)
		sealer := newSealer(log)
		sealer.Ticker = func(time.Duration) (<-chan time.Time, func()) { return ticks, func() {} }
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); sealer.Run(ctx) }()
		ticks <- time.Time{} // it is taken when the first pass is over
		ticks <- time.Time{}
		dense(t, log, s.ID, 1)
		writeMany(t, log, s.ID, 1)
		sealer.Nudge()
		sealer.Nudge()
		ticks <- time.Time{}
		ticks <- time.Time{}
		dense(t, log, s.ID, 2)
		writeMany(t, log, s.ID, 1)
		stop()
		<-ended
		dense(t, log, s.ID, 3)
		if leads, err := log.Lead(t.Context(), s.ID, "another", time.Hour); err != nil || !leads {
			t.Errorf("it kept its lease: %v", err)
		}
	})
}

// Not parallel: goroutines of other tests would count.
func TestAStoppedSealerLeavesNothingRunning(t *testing.T) {
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "leak.db"), db.Options{Throwaway: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	log, s := newSite(t, d, "main")
	sealSite(t, log, s.ID, 100)
	before := goleak.IgnoreCurrent()
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { newSealer(log).Run(ctx) })
	writeMany(t, log, s.ID, 3)
	stop()
	running.Wait()
	goleak.VerifyNone(t, before, goleak.IgnoreTopFunction("database/sql.(*DB).connectionOpener"))
}
