package content_test

import (
	"slices"
	"testing"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/failure"
)

// rows counts what stands in a table of the site.
func (l library) rows(t *testing.T, table string) int64 {
	t.Helper()
	n, _, err := db.One(t.Context(), l.Changes.DB, db.Scalar[int64], `SELECT count(*) FROM `+table+` WHERE site_id = $1`, l.site)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (l library) watch(t *testing.T, w content.Watchable, accounts ...string) {
	t.Helper()
	for _, a := range accounts {
		if err := l.Watch(t.Context(), l.site, operator, content.Viewer{Administrator: true}, w, a); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhoMakesContentWatchesIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Key: "ENG", Name: "Engines"})
		for _, tt := range []struct {
			by   string
			want []string
		}{{"grace", []string{"grace"}}, {"", nil}} {
			p := l.page(t, "ENG", content.Page{Title: "Start", Type: "blogpost", CreatedBy: tt.by})
			got, more, err := l.Watchers(t.Context(), l.site, content.WatchContent, p.ID, 0, 10)
			if !slices.Equal(got, tt.want) || more || err != nil {
				t.Errorf("made by %q, watched by %v (%v)", tt.by, got, err)
			}
		}
	})
}

func TestWhatIsDeletedIsNotWatched(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for name, remove := range map[string]func(l library, top content.Page) error{
			"trash":  func(l library, top content.Page) error { return l.TrashPage(t.Context(), l.site, operator, top.ID) },
			"delete": func(l library, top content.Page) error { return l.DeletePage(t.Context(), l.site, operator, top.ID) },
			"space":  func(l library, _ content.Page) error { return l.Delete(t.Context(), l.site, operator, "~ada") },
			"purge": func(l library, top content.Page) error {
				if err := l.TrashPage(t.Context(), l.site, operator, top.ID); err != nil {
					return err
				}
				return l.PurgePage(t.Context(), l.site, operator, top.ID)
			},
		} {
			l := newLibrary(t, d)
			l.space(t, content.Space{Owner: "ada", Name: "Notes"})
			l.space(t, content.Space{Owner: "grace", Name: "Hers"})
			kept := l.page(t, "~grace", content.Page{Title: "Kept"})
			top := l.page(t, "~ada", content.Page{Title: "Top"})
			below := l.page(t, "~ada", content.Page{Title: "Below", Parent: l.page(t, "~ada", content.Page{Title: "Middle", Parent: top.ID}).ID})
			if _, err := l.Change(t.Context(), l.site, operator, "~ada", func(s *content.Space) error { s.Homepage = below.ID; return nil }); err != nil {
				t.Fatal(err)
			}
			l.watch(t, pageNamed(below.ID), "grace", "alan")
			l.watch(t, content.Watchable{Kind: content.WatchSpace, Name: "~ada"}, "alan")
			if err := l.AddLabels(t.Context(), l.site, operator, below.ID, []string{"engines"}); err != nil {
				t.Fatal(err)
			}
			if err := remove(l, top); err != nil {
				t.Fatal(name, err)
			}
			want := int64(2) // that of the page that is kept, by its creator, and that of the space
			if name == "space" {
				want = 1
			}
			if n := l.rows(t, "watches"); n != want {
				t.Errorf("%s leaves %d watches", name, n)
			}
			if n := l.rows(t, "labelled"); (n == 1) != (name == "trash") {
				t.Errorf("%s leaves %d labels", name, n)
			}
			if n := l.rows(t, "content"); (n == 4) != (name == "trash") || n < 1 {
				t.Errorf("%s leaves %d pieces of content", name, n)
			}
			if s, err := l.Space(t.Context(), l.site, "~ada"); err == nil && (s.Homepage == 0) == (name == "trash") {
				t.Errorf("%s leaves the homepage %d", name, s.Homepage)
			}
			if _, err := l.Page(t.Context(), l.site, kept.ID); err != nil {
				t.Error(name, err)
			}
		}
	})
}

func TestAWatchAndItsRecordAreOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Owner: "ada", Name: "Notes"})
		by := change.Actor{AccountID: "grace", TokenID: "token-1", Via: change.API}
		space := content.Watchable{Kind: content.WatchSpace, Name: "~ada"}
		before := l.rows(t, "changes")
		for range 2 {
			if err := l.Watch(t.Context(), l.site, by, person("grace"), space, "grace"); err != nil {
				t.Fatal(err)
			}
		}
		for _, refused := range []struct {
			v       content.Viewer
			w       content.Watchable
			account string
			want    failure.Kind
		}{
			{person("grace"), space, "nobody", failure.NotFound},
			{person("grace"), space, "", failure.NotFound},
			{person("grace"), space, "a\x00b", failure.NotFound},
			{person("grace"), content.Watchable{Kind: content.WatchSpace, Name: "~alan"}, "grace", failure.Forbidden},
			{content.Viewer{}, space, "grace", failure.Forbidden},
			{content.Viewer{AccountID: "grace"}, space, "grace", failure.Forbidden},
			{person("grace"), content.Watchable{Kind: "planet", Name: "1"}, "grace", failure.Forbidden},
		} {
			wantKind(t, refused.account, l.Watch(t.Context(), l.site, by, refused.v, refused.w, refused.account), refused.want)
			wantKind(t, refused.account, l.Unwatch(t.Context(), l.site, by, refused.v, refused.w, refused.account), refused.want)
		}
		if n := l.rows(t, "changes") - before; n != 1 {
			t.Errorf("%d records of one watch", n)
		}
	})
}

// labelMany makes pages with a label, in one transaction.
func (l library) labelMany(t *testing.T, key string, n int, label string) {
	t.Helper()
	err := l.Changes.Write(t.Context(), l.site, operator, func(tx *change.Tx) error {
		s, err := l.SpaceIn(t.Context(), tx, l.site, key)
		for range n {
			var p content.Page
			if err == nil {
				p, err = l.AddPageIn(t.Context(), tx, s, content.Page{Title: "One of many", Type: "blogpost"})
			}
			if err == nil {
				err = l.SetLabelsIn(t.Context(), tx, content.OnContent, p.ID, []string{label})
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestALabelExistsForThoseWhoSeeSomethingThatHasIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Key: "OPEN", Name: "Open"})
		l.space(t, content.Space{Key: "SHUT", Name: "Shut"})
		l.permit(t, "SHUT", reading(user("ada")))
		engines := content.Watchable{Kind: content.WatchLabel, Name: "Engines"}
		sees := func(who string) bool {
			_, err := l.Watching(t.Context(), l.site, person(who), engines, "alan")
			return err == nil
		}
		want := func(what string, ada, grace bool) {
			t.Helper()
			if sees("ada") != ada || sees("grace") != grace {
				t.Errorf("%s: ada sees it %v, grace %v", what, sees("ada"), sees("grace"))
			}
		}
		want("nothing has it", false, false)
		for range 6 {
			l.labelMany(t, "SHUT", 20, "engines") // in all more than are looked through at once
		}
		want("a page in a space for ada has it", true, false)
		if err := l.SetLabels(t.Context(), l.site, operator, "OPEN", []string{"engines"}); err != nil {
			t.Fatal(err)
		}
		want("a space for all has it", true, true)
		if err := l.SetLabels(t.Context(), l.site, operator, "OPEN", nil); err != nil {
			t.Fatal(err)
		}
		open := l.page(t, "OPEN", content.Page{Title: "Open"})
		if err := l.AddLabels(t.Context(), l.site, operator, open.ID, []string{"engines"}); err != nil {
			t.Fatal(err)
		}
		want("a page for all has it", true, true)
		if err := l.Restrict(t.Context(), l.site, operator, open.ID, []content.Restriction{{Operation: "read", Subject: user("alan")}}); err != nil {
			t.Fatal(err)
		}
		want("that page is for alan", true, false)
	})
}

func TestTheSpaceDecidesAboutAdministratorsAndApps(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Owner: "ada", Name: "Notes", AppsBlocked: true})
		p := l.page(t, "~ada", content.Page{Title: "Start"})
		administers := content.Permission{Operation: content.Operation{Name: "administer", Target: "space"}, Subject: user("grace")}
		reads := content.Permission{Operation: content.Operation{Name: "read", Target: "space"}, Subject: user("alan")}
		l.permit(t, "~ada", administers, reads)
		for _, w := range []content.Watchable{pageNamed(p.ID), {Kind: content.WatchSpace, Name: "~ada"}} {
			for who, may := range map[string]bool{"ada": true, "grace": true, "alan": false} {
				err := l.Decide(t.Context(), l.site, person(who), w, content.Question{Administrator: true})
				if may != (err == nil) {
					t.Errorf("%s administers %v: %v", who, w, err)
				}
				wantKind(t, who, l.Decide(t.Context(), l.site, person(who), w, content.Question{App: true}), failure.Forbidden)
			}
		}
		missing, hidden := content.Question{Administrator: true}, l.Decide(t.Context(), l.site, person("alan"), pageNamed(p.ID), content.Question{Administrator: true})
		if err := l.Decide(t.Context(), l.site, person("alan"), pageNamed(1), missing); err == nil || err.Error() != hidden.Error() {
			t.Errorf("%v, not %v", err, hidden)
		}
	})
}
