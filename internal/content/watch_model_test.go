package content_test

import (
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// shelf is a site with few things in it, and beside it what plain maps make of the same calls.
type shelf struct {
	library
	things  []content.Watchable
	page    content.Page
	watches map[content.Watchable]map[string]bool
	hidden  bool // the page, from all but ada
	gone    bool // the page
	closed  map[string]bool
}

func newShelf(t *testing.T, d *db.DB) *shelf {
	l := newLibrary(t, d)
	l.space(t, content.Space{Owner: "ada", Name: "Notes"})
	s := &shelf{library: l, page: l.page(t, "~ada", content.Page{Title: "Start"}), closed: map[string]bool{}}
	s.things = []content.Watchable{pageNamed(s.page.ID), {Kind: content.WatchSpace, Name: "~ada"}, {Kind: content.WatchLabel, Name: "engines"}}
	s.watches = map[content.Watchable]map[string]bool{s.things[0]: {"ada": true}, s.things[1]: {}, s.things[2]: {}}
	if err := l.AddLabels(t.Context(), l.site, operator, s.page.ID, []string{"engines"}); err != nil {
		t.Fatal(err)
	}
	return s
}

// refused is what the model says of a call by a viewer about an account: Internal where it succeeds.
func (s *shelf) refused(viewer string, w content.Watchable, account string, writes bool) failure.Kind {
	switch {
	case w.Kind != content.WatchSpace && (s.gone || s.hidden && viewer != "ada"):
		return failure.Forbidden
	case account == "nobody", writes && s.closed[account]:
		return failure.NotFound
	}
	return failure.Internal
}

func TestWatchesAreWhatPlainMapsSay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		rapid.Check(t, func(rt *rapid.T) {
			s := newShelf(t, d)
			ctx := t.Context()
			draw := func() (string, content.Watchable, string) {
				return rapid.SampledFrom([]string{"ada", "grace"}).Draw(rt, "viewer"), rapid.SampledFrom(s.things).Draw(rt, "thing"),
					rapid.SampledFrom([]string{"ada", "grace", "alan", "nobody"}).Draw(rt, "account")
			}
			check := func(what string, err error, want failure.Kind) bool {
				if kind, _ := failure.Of(err); (err == nil) != (want == failure.Internal) || err != nil && kind != want {
					rt.Fatalf("%s: %v, want a failure of kind %d", what, err, want)
				}
				return err == nil
			}
			actions := []func(){
				func() { // watch
					viewer, w, account := draw()
					if check("watch", s.Watch(ctx, s.site, operator, person(viewer), w, account), s.refused(viewer, w, account, true)) {
						s.watches[w][account] = true
					}
				},
				func() { // unwatch
					viewer, w, account := draw()
					if check("unwatch", s.Unwatch(ctx, s.site, operator, person(viewer), w, account), s.refused(viewer, w, account, true)) {
						delete(s.watches[w], account)
					}
				},
				func() { // ask
					viewer, w, account := draw()
					got, err := s.Watching(ctx, s.site, person(viewer), w, account)
					if check("ask", err, s.refused(viewer, w, account, false)) && got != s.watches[w][account] {
						rt.Fatalf("%s watches %v: %v", account, w, got)
					}
				},
				func() { s.hide(rt) },
				func() { s.close(rt) },
				func() { s.trash(rt) },
			}
			for _, i := range rapid.SliceOfN(rapid.SampledFrom([]int{0, 0, 0, 1, 1, 2, 2, 3, 4, 5}), 1, 15).Draw(rt, "actions") {
				actions[i]()
			}
			s.compare(rt)
		})
	})
}

// hide keeps everybody but ada from the page, or lets them see it again.
func (s *shelf) hide(rt *rapid.T) {
	if s.gone {
		return
	}
	s.hidden = !s.hidden
	var only []content.Restriction
	if s.hidden {
		only = []content.Restriction{{Operation: "read", Subject: user("ada")}}
	}
	if err := s.Restrict(rt.Context(), s.site, operator, s.page.ID, only); err != nil {
		rt.Fatal(err)
	}
}

func (s *shelf) close(rt *rapid.T) {
	_, err := s.directory.Change(rt.Context(), s.site, operator, "alan", func(a *directory.Account) error {
		a.Status = directory.Closed
		return nil
	})
	if err != nil {
		rt.Fatal(err)
	}
	s.closed["alan"] = true
	for _, w := range s.watches {
		delete(w, "alan")
	}
}

func (s *shelf) trash(rt *rapid.T) {
	err := s.TrashPage(rt.Context(), s.site, operator, s.page.ID)
	if s.gone != (err != nil) {
		rt.Fatalf("trash: %v", err)
	}
	s.gone = true
	clear(s.watches[s.things[0]])
}

// compare holds the rows of the database against the model.
func (s *shelf) compare(rt *rapid.T) {
	rows, err := db.All(rt.Context(), s.Changes.DB, db.Scalar[string], `SELECT kind || ' ' || account_id FROM watches WHERE site_id = $1`, s.site)
	if err != nil {
		rt.Fatal(err)
	}
	count := 0
	for w, accounts := range s.watches {
		count += len(accounts)
		for account := range accounts {
			found := false
			for _, row := range rows {
				found = found || row == string(w.Kind)+" "+account
			}
			if !found {
				rt.Fatalf("%s does not watch %v: %v", account, w, rows)
			}
		}
	}
	if count != len(rows) {
		rt.Fatal(strconv.Itoa(count), rows)
	}
}
