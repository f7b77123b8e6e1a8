package content_test

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// step is one call on somebody's watch of a page, with the moments at which it began and ended and what it told.
type step struct {
	what       string // watch, unwatch or watching
	account    string
	began, end int64
	told       bool // by watching
}

// Many at once watch and unwatch the same page: what each was told fits one order of all calls that keeps to the
// order in which they did not overlap, and every change left one record.
func TestConcurrentWatchesAreAsIfOneAfterTheOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Owner: "ada", Name: "Notes"})
		rapid.Check(t, func(rt *rapid.T) {
			page := l.page(t, "~ada", content.Page{Title: "Start", Type: "blogpost"})
			plans := rapid.SliceOfN(rapid.SliceOfN(rapid.Custom(drawStep), 1, 4), 2, 4).Draw(rt, "plans")
			history := l.act(rt, page.ID, plans)
			for _, account := range []string{"ada", "grace"} {
				var own []step
				for _, s := range history {
					if s.account == account {
						own = append(own, s)
					}
				}
				last, err := l.Watching(t.Context(), l.site, person("ada"), pageNamed(page.ID), account)
				if err != nil {
					rt.Fatal(err)
				}
				if !fitsOneOrder(own, account == "ada", last) { // who made the page watches it
					rt.Fatalf("no order explains what %s was told, with %v at the end: %+v", account, last, own)
				}
				if n := l.net(rt, page.ID, account); n != 0 && n != 1 || n == 1 != last {
					rt.Fatalf("the records of %s come to %d, and the watch is %v", account, n, last)
				}
			}
		})
	})
}

func drawStep(t *rapid.T) step {
	return step{
		what:    rapid.SampledFrom([]string{"watch", "unwatch", "watching"}).Draw(t, "what"),
		account: rapid.SampledFrom([]string{"ada", "grace"}).Draw(t, "account"),
	}
}

func pageNamed(id int64) content.Watchable {
	return content.Watchable{Kind: content.WatchContent, Name: strconv.FormatInt(id, 10)}
}

// act carries out the plans at the same time, each in its order, and returns what happened.
func (l library) act(rt *rapid.T, page int64, plans [][]step) (history []step) {
	var clock atomic.Int64
	var mu sync.Mutex
	var all sync.WaitGroup
	var failed error
	for _, plan := range plans {
		all.Go(func() {
			for _, s := range plan {
				var err error
				s.began = clock.Add(1)
				switch s.what {
				case "watch":
					err = l.Watch(rt.Context(), l.site, operator, person("ada"), pageNamed(page), s.account)
				case "unwatch":
					err = l.Unwatch(rt.Context(), l.site, operator, person("ada"), pageNamed(page), s.account)
				default:
					s.told, err = l.Watching(rt.Context(), l.site, person("ada"), pageNamed(page), s.account)
				}
				s.end = clock.Add(1)
				mu.Lock()
				if history = append(history, s); err != nil {
					failed = err
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if failed != nil {
		rt.Fatal(failed)
	}
	return history
}

// fitsOneOrder reports whether some order of the steps explains all that was told and the value at the end.
func fitsOneOrder(steps []step, first, last bool) bool {
	type state struct {
		done  int
		value bool
	}
	seen := map[state]bool{}
	var try func(state) bool
	try = func(at state) bool {
		if at.done == 1<<len(steps)-1 {
			return at.value == last
		}
		if seen[at] {
			return false
		}
		seen[at] = true
		for i, s := range steps {
			if at.done&(1<<i) != 0 || overtakes(steps, at.done, i) || s.what == "watching" && s.told != at.value {
				continue
			}
			next := state{at.done | 1<<i, at.value}
			if s.what != "watching" {
				next.value = s.what == "watch"
			}
			if try(next) {
				return true
			}
		}
		return false
	}
	return try(state{0, first})
}

// overtakes reports whether a step that is not done had ended before step i began.
func overtakes(steps []step, done, i int) bool {
	for j, s := range steps {
		if j != i && done&(1<<j) == 0 && s.end < steps[i].began {
			return true
		}
	}
	return false
}

// net is how many watches the records say were added and not removed.
func (l library) net(rt *rapid.T, page int64, account string) int64 {
	n, _, err := db.One(rt.Context(), l.Changes.DB, db.Scalar[int64], `SELECT COALESCE(SUM(CASE WHEN operation = 'watch.add' THEN 1 ELSE -1 END), 0)
		FROM changes WHERE site_id = $1 AND target = $2 AND operation LIKE 'watch.%' AND detail LIKE $3`,
		l.site, "content:"+strconv.FormatInt(page, 10), `%"`+account+`"%`)
	if err != nil {
		rt.Fatal(err)
	}
	return n
}
