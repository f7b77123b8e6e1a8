package event_test

import (
	"context"
	"errors"
	"fmt"
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

func TestATakerHearsOfWhatHappensAfterItCame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, k := newBed(t, d), &taken{}
		b.add("sealed")
		b.seal()
		b.add("unsealed")
		b.open(b.kind)
		b.open(b.kind) // changes nothing
		b.add("ada")
		b.pass(k)
		k.says(t, "user.created ada active")
		b.write(func(tx *change.Tx) error { return event.CloseIn(t.Context(), tx, b.kind) })
		b.add("unheard")
		b.pass(k)
		b.open(b.kind)
		b.add("grace")
		b.pass(k)
		k.says(t, "user.created ada active", "user.created grace active")
	})
}

func TestReadersOfOneKindTellEachEventOnceAndInOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, k := newBed(t, d), &taken{}
		b.open(b.kind)
		ctx, stop := context.WithCancel(t.Context())
		var nodes sync.WaitGroup
		for range 3 {
			r := b.reader(b.kind, k)
			r.Most = 3
			r.Ticker = func(time.Duration) (<-chan time.Time, func()) {
				always := make(chan time.Time)
				close(always)
				return always, func() {}
			}
			nodes.Go(func() { r.Run(ctx) })
		}
		var want []string
		for i := range 40 {
			id := fmt.Sprintf("account-%d", i)
			b.add(id)
			b.seal()
			want = append(want, id)
		}
		stop()
		nodes.Wait()
		b.pass(k)
		seqs, err := db.All(t.Context(), d, db.Scalar[int64], `SELECT last_used_at FROM token_uses WHERE site_id = $1 ORDER BY token_id`, b.site.ID)
		if err != nil || len(seqs) != len(want) || !slices.IsSorted(seqs) {
			t.Errorf("%d events stand, in the order %v: %v", len(seqs), seqs, err)
		}
	})
}

func TestATakerThatFailsStopsNoOtherAndMissesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, other := newBed(t, d), newBed2(t, d)
		broken, good := &taken{}, &taken{}
		b.open(b.kind)
		b.open(b.kind + "-good")
		other.open(b.kind)
		b.add("ada")
		other.add("grace")
		b.seal()
		other.seal()
		for _, fail := range []func() error{func() error { return errors.New("broken") }, func() error { panic("broken") }} {
			broken.fails = func(events []event.Event) error {
				if events[0].AccountID == "ada" {
					return fail()
				}
				return nil
			}
			if err := b.reader(b.kind, broken).Pass(t.Context()); err == nil || !strings.Contains(err.Error(), "broken") {
				t.Errorf("the pass says %v", err)
			}
		}
		broken.says(t, "user.created grace active") // once, and of the other site
		// What one taker writes down is not what another does, so this one may write it too.
		good.fails = nil
		b.ok(b.reader(b.kind+"-good", good).Pass(t.Context()))
		good.says(t, "user.created ada active")
		b.write(func(tx *change.Tx) error {
			_, err := tx.ExecContext(t.Context(), `DELETE FROM token_uses WHERE site_id = $1`, b.site.ID)
			return err
		})
		broken.fails = nil
		b.pass(broken)
		broken.says(t, "user.created grace active", "user.created ada active")
	})
}

// newBed2 is a second site beside that of newBed.
func newBed2(t *testing.T, d *db.DB) *bed {
	t.Helper()
	var other *bed
	t.Run("other", func(sub *testing.T) { other = newBed(sub, d) })
	other.T = t
	return other
}

func TestReadingMakesNothingMoreToRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, k := newBed(t, d), &taken{}
		b.open(b.kind)
		b.add("ada")
		b.pass(k)
		b.pass(k) // past the record of the first
		b.seal()
		before, err := b.log.Head(t.Context(), b.site.ID)
		b.ok(err)
		for range 3 {
			b.pass(k)
		}
		b.seal()
		if after, err := b.log.Head(t.Context(), b.site.ID); err != nil || after.Seq != before.Seq {
			t.Errorf("from %d to %d entries: %v", before.Seq, after.Seq, err)
		}
		k.says(t, "user.created ada active")
	})
}

func TestManyEntriesAreReadInBatchesAndSitesTakeTurns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, k := newBed(t, d), &taken{}
		b.open(b.kind)
		for i := range 30 {
			b.add(fmt.Sprintf("account-%d", i))
		}
		b.seal()
		r := b.reader(b.kind, k)
		r.Most = 1
		b.ok(r.Pass(t.Context()))
		if n := len(k.all); n != 18 { // behind the making of the site and the opening
			t.Errorf("%d events in the first turn", n)
		}
		b.ok(r.Pass(t.Context()))
		b.ok(r.Pass(t.Context()))
		if len(k.all) != 30 {
			t.Errorf("%d events", len(k.all))
		}
	})
}

func TestNothingCostsOneStatementWhateverHappenedBefore(t *testing.T) {
	t.Parallel()
	url, counter := dbtest.Counted(t)
	d, err := db.Open(t.Context(), url, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	b, k := newBed(t, d), &taken{}
	r := b.reader(b.kind, k)
	for _, happened := range []int{0, 1, 100} {
		for i := range happened {
			b.add(fmt.Sprintf("account-%d-%d", happened, i))
		}
		b.seal()
		if n := counter.During(func() { b.ok(r.Pass(t.Context())) }); n != 1 {
			t.Errorf("without a taker, after %d changes: %d statements", happened, n)
		}
	}
	b.open(b.kind)
	for i := range 100 {
		b.add(fmt.Sprintf("account-heard-%d", i))
	}
	b.pass(k)
	b.pass(k)
	if n := counter.During(func() { b.ok(r.Pass(t.Context())) }); n != 1 || len(k.all) != 100 {
		t.Errorf("after %d events: %d statements", len(k.all), n)
	}
}

func TestASiteThatIsRemovedIsNotToldOf(t *testing.T) {
	fresh(t, func(t *testing.T, d *db.DB) {
		newBed(t, d) // the default site, which stays
		b, k := newBed2(t, d), &taken{}
		b.open(b.kind)
		b.add("ada")
		b.seal()
		_, err := (&site.Store{Changes: b.log}).Remove(t.Context(), operator, b.site.Name)
		b.ok(err)
		b.pass(k)
		k.says(t)
	})
}

func TestWhatWasErasedMeanwhileIsToldWithoutIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, k := newBed(t, d), &taken{}
		b.open(b.kind)
		b.add("ada")
		b.change("ada", func(a *directory.Account) { a.Status = directory.Inactive })
		b.change("ada", func(a *directory.Account) { a.Status = directory.Closed })
		b.pass(k)
		k.says(t, "user.created ada", "user.updated ada", "user.deactivated ada closed")
	})
}
