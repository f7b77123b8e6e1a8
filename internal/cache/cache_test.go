package cache_test

import (
	"context"
	"strconv"
	"testing"

	"github.com/rosterhq/roster/internal/cache"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func newCache(t *testing.T, d *db.DB, bytes uint64) *cache.Cache {
	t.Helper()
	c, err := cache.New(d, bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// reader counts the loads of a value that is its ID.
type reader struct{ loads int }

func (r *reader) read(ctx context.Context, site int64, id string) (string, error) {
	v, _, err := cache.Read(ctx, site, "thing", id, func(s string) int { return len(s) }, func() (string, bool, error) {
		r.loads++
		return id + "!", id != "nothing", nil
	})
	return v, err
}

func TestAValueIsReadOnceForEachStateOfItsSite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCache(t, d, 1<<20)
		at := func(epoch int64) context.Context { return c.With(t.Context(), cache.Place{Site: 7, Epoch: epoch}) }
		var r reader
		for _, step := range []struct {
			ctx   context.Context
			site  int64
			id    string
			loads int
			why   string
		}{
			{at(1), 7, "a", 1, "the first time"},
			{at(1), 7, "a", 1, "again"},
			{at(1), 7, "b", 2, "another"},
			{at(2), 7, "a", 3, "in a new state"},
			{at(1), 7, "a", 4, "by a request that began before it"},
			{at(2), 7, "a", 4, "which must not put back the older state"},
			{at(2), 8, "a", 5, "of another site"},
			{at(2), 8, "a", 6, "of another site, again"},
			{t.Context(), 7, "a", 7, "outside a request"},
			{at(2), 7, "nothing", 8, "that is not there"},
			{at(2), 7, "nothing", 9, "that is not there, again"},
		} {
			got, err := r.read(step.ctx, step.site, step.id)
			if err != nil || got != step.id+"!" || r.loads != step.loads {
				t.Fatalf("%s: %q after %d loads, want %d (%v)", step.why, got, r.loads, step.loads, err)
			}
		}
	})
}

func TestManyValuesAreLoadedTogetherAndThoseThatAreHeldAreNot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCache(t, d, 1<<20)
		ctx := c.With(t.Context(), cache.Place{Site: 7, Epoch: 1})
		var asked []string
		read := func(ids ...string) map[string]string {
			t.Helper()
			all, err := cache.ReadAll(ctx, 7, "thing", ids, func(s string) int { return len(s) }, func(ids []string) (map[string]string, error) {
				asked = ids
				found := map[string]string{}
				for _, id := range ids {
					if id != "nothing" {
						found[id] = id + "!"
					}
				}
				return found, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		if all := read("a", "b", "nothing"); len(all) != 2 || len(asked) != 3 {
			t.Errorf("%v of %v", all, asked)
		}
		if all := read("a", "c", "b"); len(all) != 3 || len(asked) != 1 || asked[0] != "c" {
			t.Errorf("%v of %v", all, asked)
		}
		asked = nil
		if all := read("a", "b", "c"); len(all) != 3 || asked != nil {
			t.Errorf("%v of %v", all, asked)
		}
	})
}

func TestACacheHoldsNoMoreThanItsBytes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const most = 1 << 20
		c := newCache(t, d, most)
		ctx := c.With(t.Context(), cache.Place{Site: 7, Epoch: 1})
		var r reader
		for i := range 100_000 {
			if _, err := r.read(ctx, 7, strconv.Itoa(i)); err != nil {
				t.Fatal(err)
			}
		}
		c.Settle()
		if held := c.Bytes(); held > most || held < most/2 {
			t.Errorf("it holds %d bytes of %d", held, most)
		}
	})
}

func TestAPlaceIsLookedUpAgainAfterACommitAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c, looks := newCache(t, d, 1<<20), 0
		find := func() cache.Place {
			t.Helper()
			p, err := c.Find(t.Context(), "example.com", func(context.Context) (cache.Place, error) {
				looks++
				return cache.Place{Site: 7, Epoch: int64(looks)}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		find()
		// Other tests write to the same database, so the number of looks has only bounds.
		if err := d.Aside(t.Context(), `INSERT INTO token_uses (site_id, token_id, last_used_at) VALUES ($1, $2, 1)`, 1<<40, dbtest.Name(t)); err != nil {
			t.Fatal(err)
		}
		before := looks
		if p := find(); p.Epoch != int64(before)+1 {
			t.Errorf("after a commit the place is %+v, after %d looks", p, before)
		}
	})
}
