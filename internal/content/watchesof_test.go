package content_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/failure"
)

// watchesOf reads the whole list of what an account watches, so many a page.
func (l library) watchesOf(t *testing.T, v content.Viewer, account string, kind content.WatchKind, limit int) (all []string) {
	t.Helper()
	for after := ""; ; {
		page, next, err := l.WatchesOf(t.Context(), l.site, v, account, kind, after, limit)
		if err != nil || len(page) > limit {
			t.Fatalf("%d watches (%v)", len(page), err)
		}
		for _, w := range page {
			if !w.Since.Equal(noon) {
				t.Errorf("%+v began at another time", w)
			}
			all = append(all, fmt.Sprintf("%s %q in %q", w.Kind, w.Name, w.SpaceKey))
		}
		if after = next; next == "" {
			return all
		}
	}
}

// It is long because every kind of target stands in it, seen and hidden.
func TestWhatAnAccountWatchesIsListedWithTheNamesThatTheViewerMaySee(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Key: "OPEN", Name: "Open"})
		l.space(t, content.Space{Key: "SECRET", Name: "Secret"})
		l.permit(t, "SECRET", reading(user("ada")))
		plain, held := l.page(t, "OPEN", content.Page{Title: "Plain"}), l.page(t, "OPEN", content.Page{Title: "Restricted"})
		inside := l.page(t, "SECRET", content.Page{Title: "Inside"})
		err := l.Restrict(t.Context(), l.site, operator, held.ID, []content.Restriction{{Operation: "read", Subject: user("ada")}})
		if err == nil {
			err = l.AddLabels(t.Context(), l.site, operator, plain.ID, []string{"engine"})
		}
		if err == nil {
			err = l.AddLabels(t.Context(), l.site, operator, inside.ID, []string{"team:secret"})
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range []content.Watchable{
			{Kind: content.WatchSpace, Name: "OPEN"},
			{Kind: content.WatchSpace, Name: "SECRET"},
			{Kind: content.WatchLabel, Name: "engine"},
			{Kind: content.WatchLabel, Name: "team:secret"},
			{Kind: content.WatchContent, Name: strconv.FormatInt(plain.ID, 10)},
			{Kind: content.WatchContent, Name: strconv.FormatInt(held.ID, 10)},
			{Kind: content.WatchContent, Name: strconv.FormatInt(inside.ID, 10)},
		} {
			if err := l.Watch(t.Context(), l.site, operator, person("ada"), w, "ada"); err != nil {
				t.Fatal(w, err)
			}
		}
		hers := []string{
			`content "Plain" in "OPEN"`, `content "Restricted" in "OPEN"`, `content "Inside" in "SECRET"`,
			`label "engine" in ""`, `label "team:secret" in ""`, `space "Open" in "OPEN"`, `space "Secret" in "SECRET"`,
		}
		graces := []string{
			`content "Plain" in "OPEN"`, `content "" in ""`, `content "" in ""`,
			`label "engine" in ""`, `label "" in ""`, `space "Open" in "OPEN"`, `space "" in ""`,
		}
		for _, limit := range []int{1, 2, 3, 100} {
			if got := l.watchesOf(t, person("ada"), "ada", "", limit); !slices.Equal(got, hers) {
				t.Errorf("ada watches %q", got)
			}
			if got := l.watchesOf(t, person("grace"), "ada", "", limit); !slices.Equal(got, graces) {
				t.Errorf("for grace, ada watches %q", got)
			}
			if got := l.watchesOf(t, person("ada"), "ada", content.WatchSpace, limit); !slices.Equal(got, hers[5:]) {
				t.Errorf("of spaces, ada watches %q", got)
			}
		}
		if got := l.watchesOf(t, person("ada"), "alan", "", 10); len(got) != 0 {
			t.Errorf("alan watches %q", got)
		}
		_, _, err = l.WatchesOf(t.Context(), l.site, person("ada"), "nobody", "", "", 10)
		wantKind(t, "an unknown account", err, failure.NotFound)
		for _, after := range []string{"x", "content:", "page:1", "content:1x"} {
			_, _, err = l.WatchesOf(t.Context(), l.site, person("ada"), "ada", "", after, 10)
			wantKind(t, after, err, failure.Invalid)
		}
	})
}
