package api

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

func TestThoseWhoWatchAreListedByAccountID(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			boss, id := s.as(admin).Watches, strconv.Itoa(onPage)
			want := ids(admin, person, colleague, deactivated, guest, app, hidden)
			for _, who := range slices.Backward(want) {
				for _, w := range []confluence.Watch{boss.Content(id), boss.Space("~colleague")} {
					if err := w.Of(who).Add(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
			}
			slices.Sort(want)
			me := s.as(person).Watches
			for limit := range 4 {
				o := confluence.PageOptions{Limit: limit}
				var ofPage, ofSpace, ofItsSpace []string
				for w, err := range me.OfContent(t.Context(), id, o) {
					if ofPage = append(ofPage, w.Watcher.AccountID); err != nil || w.ContentID != onPage || w.Type != "page" {
						t.Fatal(w, err)
					}
				}
				for w, err := range me.OfSpace(t.Context(), "~colleague", o) {
					if ofSpace = append(ofSpace, w.Watcher.AccountID); err != nil || w.SpaceKey != "~colleague" {
						t.Fatal(w, err)
					}
				}
				for w, err := range me.OfSpaceOf(t.Context(), id, o) {
					if ofItsSpace = append(ofItsSpace, w.Watcher.AccountID); err != nil {
						t.Fatal(err)
					}
				}
				for _, got := range [][]string{ofPage, ofSpace, ofItsSpace} {
					if !slices.Equal(got, want) {
						t.Errorf("%s, %d at a time: %v", f, limit, got)
					}
				}
			}
		}
	})
}

func TestAListOfWatchesAnswersTheseBytes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var out strings.Builder
		for _, f := range bothFidelities {
			s := newSite(t, d, atAcme, inFidelity(f))
			for _, role := range []string{hidden, guest} {
				for _, w := range watchesOf(s.as(role)) {
					if err := w.Add(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
			}
			fmt.Fprintf(&out, "# %s\n\n", f)
			for _, path := range []string{
				"/wiki/rest/api/content/70001/notification/child-created?limit=2",
				"/wiki/rest/api/content/70001/notification/created?start=1",
				"/wiki/rest/api/space/~colleague/watch?limit=0",
			} {
				got := s.get(person, path)
				fmt.Fprintf(&out, "GET %s: %d\n  %s\n\n", path, got.status, got.body)
			}
		}
		golden(t, "watchers.golden", out.String())
	})
}

func TestAListOfWatchesIsNotFoundWhereThereIsNothingToSee(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		page := s.hiddenPage("secrets")
		for _, path := range []string{
			"content/" + page + "/notification/child-created", "content/" + page + "/notification/created", "space/SECRET/watch",
			"content/1/notification/child-created", "content/x/notification/created", "space/MISSING/watch",
		} {
			if got := s.get(person, "/wiki/rest/api/"+path); got.status != 404 {
				t.Errorf("%s: %d %s", path, got.status, got.body)
			}
		}
	})
}
