package web_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

func TestAWatchIsStoppedAndBegunAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		store := &content.Store{Changes: b.people.Changes}
		space, err := store.Add(t.Context(), b.site.ID, operator, content.Space{Key: "ENG", Name: "Engine"})
		b.must(err)
		w := b.signed("ada")
		viewer := content.Viewer{AccountID: "ada", Licensed: true}
		watched := content.Watchable{Kind: content.WatchSpace, Name: "ENG"}
		b.must(store.Watch(t.Context(), b.site.ID, operator, viewer, watched, "ada"))
		watching := func() bool {
			page, _, err := store.WatchesOf(t.Context(), b.site.ID, viewer, "ada", content.WatchSpace, "", 10)
			b.must(err)
			return len(page) == 1
		}
		if got := w.get("/profile/watches"); !got.has("Engine", "Stop watching") {
			t.Errorf("%s", got.body)
		}
		if got := w.get("/profile/watches?kind=label"); got.has("Engine") || !got.has("nothing of this kind") {
			t.Errorf("%s", got.body)
		}
		got := w.post("/profile/watches", "kind", "space", "id", strconv.FormatInt(space.ID, 10), "name", "Engine", "back", "ENG", "of-kind", "space")
		to := got.header.Get("Location")
		if got.status != http.StatusSeeOther || watching() || !strings.Contains(to, "watches?kind=space&") {
			t.Fatalf("%d %s", got.status, to)
		}
		_, query, _ := strings.Cut(to, "?")
		if got := w.get("/profile/watches?" + query); !got.has("You do not watch <bdi>Engine</bdi> any more.", `name="back" value="ENG"`) {
			t.Errorf("%s", got.body)
		}
		if got := w.post("/profile/watches", "do", "again", "kind", "space", "back", "ENG"); got.status != http.StatusSeeOther || !watching() {
			t.Errorf("%d %s", got.status, got.body)
		}
		// Nobody watches what they may not see, nor by an odd name.
		for _, form := range [][]string{{"do", "again", "kind", "space", "back", "NONE"}, {"do", "again"}, {"kind", "x", "id", "1"}, {"kind", "space", "id", "x"}} {
			if got := w.post("/profile/watches", form...); got.status < 400 || got.status >= 500 {
				t.Errorf("%q: %d %s", form, got.status, got.body)
			}
		}
	})
}

func TestAnAppThatWasLetInIsShownAndShutOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		app := b.register()
		w := b.signed("ada")
		if got := w.get("/profile/apps"); !got.has("You let no app in.") {
			t.Errorf("%s", got.body)
		}
		for _, scope := range []string{"read:user offline_access", "write:user"} {
			if b.toApp(w.post(ask(app, "scope", scope), "account", "ada", "decision", "allow")) == nil {
				t.Fatal("the app is not let in")
			}
		}
		got := w.get("/profile/apps")
		if strings.Count(got.body, "Difference Engine</bdi>") != 1 || !got.has("Read who people are.", "Change who people are.", "while you are away") {
			t.Errorf("%s", got.body)
		}
		if got := w.get("/profile/apps/" + app + "/revoke"); got.status != http.StatusOK || b.grants() != 2 {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := w.post("/profile/apps/" + app + "/revoke"); got.status != http.StatusSeeOther || b.grants() != 0 {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := w.get(ask(app)); got.status != http.StatusOK || !got.has("Allow") {
			t.Errorf("the app is not asked about again: %d %s", got.status, got.body)
		}
	})
}

func TestGroupsAreListedAPageAtATime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		for i := range 55 {
			g, err := b.people.AddGroup(t.Context(), b.site.ID, operator, directory.Group{Name: "many-" + strconv.Itoa(i)})
			b.must(err)
			_, err = b.people.AddMember(t.Context(), b.site.ID, operator, g.ID, "ada")
			b.must(err)
		}
		w := b.signed("ada")
		first, second := w.get("/profile/groups"), w.get("/profile/groups?start=50")
		if !first.has(`href="?start=50" rel="next"`) || second.has(`rel="next"`) {
			t.Errorf("%s\n%s", first.body, second.body)
		}
		if n := strings.Count(first.body+second.body, `<th scope="row">`); n != 56 {
			t.Errorf("%d groups", n)
		}
	})
}
