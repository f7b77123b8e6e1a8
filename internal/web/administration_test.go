package web_test

import (
	"image/color"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

func TestAnAdministratorGivesSomebodyAPictureAndTakesItAway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		b.kept("/people/ada/picture/change", "/people/ada/picture/remove")
		picture := func() string {
			a, err := b.people.Account(t.Context(), b.site.ID, "ada")
			b.must(err)
			return a.Picture
		}
		const change = "/people/ada/picture/change"
		if got := boss.get(change); !got.has(`id="crop-canvas"`, "profile.") || got.has("picture/remove") {
			t.Errorf("%d %s", got.status, got.body)
		}
		for name, wrong := range map[string][]byte{"nothing": nil, "no picture": []byte("<svg onload=alert(1)>"), "a broken one": drawn(t, 9, 9, color.Black)[:50]} {
			if got := boss.uploadTo(change, wrong); got.status != http.StatusUnprocessableEntity || !got.has(`role="alert"`) || picture() != "" {
				t.Errorf("%s: %d", name, got.status)
			}
		}
		if got := boss.uploadTo(change, drawn(t, 900, 300, color.NRGBA{R: 200, A: 255})); got.header.Get("Location") != "./../../../people/ada?done=picture" || picture() == "" {
			t.Errorf("%d %v", got.status, got.header)
		}
		if got := boss.get(change); !got.has("people/ada/picture/remove") {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := boss.get("/people/ada/picture/remove"); got.status != http.StatusOK || picture() == "" {
			t.Errorf("asking: %d", got.status)
		}
		if got := boss.post("/people/ada/picture/remove"); got.status != http.StatusSeeOther || picture() != "" {
			t.Errorf("removing: %d", got.status)
		}
		if got := boss.uploadTo("/people/nobody/picture/change", drawn(t, 9, 9, color.Black)); got.status != http.StatusNotFound {
			t.Errorf("nobody's: %d", got.status)
		}
		b.setStatus("ada", directory.Closed)
		if got := boss.uploadTo(change, drawn(t, 9, 9, color.Black)); got.status != http.StatusBadRequest {
			t.Errorf("a closed account's: %d", got.status)
		}
	})
}

func TestAnAdministratorEndsAWatchAndBringsItBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		store := &content.Store{Changes: b.people.Changes}
		_, err := store.Add(t.Context(), b.site.ID, operator, content.Space{Key: "ENG", Name: "Engines " + hostile})
		b.must(err)
		who := content.Viewer{AccountID: "ada", Licensed: true}
		what := content.Watchable{Kind: content.WatchSpace, Name: "ENG"}
		b.must(store.Watch(t.Context(), b.site.ID, operator, who, what, "ada"))
		watches := func() int {
			page, _, err := store.WatchesOf(t.Context(), b.site.ID, who, "ada", "", "", 10)
			b.must(err)
			return len(page)
		}
		page := boss.get("/people/ada/watches?kind=space")
		if !page.has("Engines &lt;script&gt;", "spaces/ENG", "Stop watching") || page.has("<script>alert") {
			t.Fatalf("%d %s", page.status, page.body)
		}
		if got := boss.get("/people/ada/watches?kind=label"); !got.has("nothing of this kind") {
			t.Errorf("%d %s", got.status, got.body)
		}
		_, rest, _ := strings.Cut(page.body, `name="id" value="`)
		id, _, _ := strings.Cut(rest, `"`)
		done := boss.post("/people/ada/watches", "kind", "space", "id", id, "name", "Engines", "back", "ENG")
		if done.status != http.StatusSeeOther || watches() != 0 {
			t.Errorf("ending: %d, %d left", done.status, watches())
		}
		if got := boss.get("/people/ada/watches?done=stopped&back-kind=space&back=ENG&of=Engines"); !got.has("does not watch", "Watch it again") {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := boss.post("/people/ada/watches", "kind", "space", "back", "ENG", "do", "again"); got.status != http.StatusSeeOther || watches() != 1 {
			t.Errorf("again: %d", got.status)
		}
		for _, odd := range [][]string{{}, {"kind", "x"}, {"kind", "space", "id", "x"}} {
			if got := boss.post("/people/ada/watches", odd...); got.status != http.StatusBadRequest || watches() != 1 {
				t.Errorf("%v: %d", odd, got.status)
			}
		}
	})
}

func TestASpaceIsAddedAndDeleted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		store := &content.Store{Changes: b.people.Changes}
		const add = "/spaces/new-space"
		b.kept(add, "/spaces/ENG/delete")
		if got := boss.get("/spaces"); !got.has("spaces/new-space") {
			t.Errorf("%d %s", got.status, got.body)
		}
		for at, wrong := range map[string][]string{
			"key": {"kind", "global", "key", "a b", "name", hostile}, "name": {"kind", "global", "key", "ENG"}, "owner": {"kind", "personal"},
		} {
			got := boss.post(add, wrong...)
			if got.status != http.StatusUnprocessableEntity || !got.has(`aria-invalid="true"`, `id="`+at+`"`) || got.has("<script>alert") {
				t.Errorf("%s: %d %s", at, got.status, got.body)
			}
		}
		if got := boss.post(add, "kind", "global", "key", "ENG", "name", "Engines", "owner", "nobody@example.com"); got.status != http.StatusUnprocessableEntity {
			t.Errorf("nobody's: %d", got.status)
		}
		if got := boss.post(add, "kind", "global", "key", " ENG ", "name", "Engines", "owner", "ada@example.com"); got.header.Get("Location") != "./../spaces/ENG?done=new" {
			t.Errorf("%d %v %s", got.status, got.header, got.body)
		}
		if s, err := store.Space(t.Context(), b.site.ID, "ENG"); err != nil || s.Owner != "ada" || s.Type != content.Global || s.CreatedBy != "boss" {
			t.Errorf("%+v, %v", s, err)
		}
		if got := boss.post(add, "kind", "global", "key", "ENG", "name", "Engines"); got.status != http.StatusUnprocessableEntity || !got.has("exists already") {
			t.Errorf("twice: %d", got.status)
		}
		boss.post(add, "kind", "personal", "owner", "ada")
		if s, err := store.Space(t.Context(), b.site.ID, "~ada"); err != nil || s.Name != "Ada" {
			t.Errorf("%+v, %v", s, err)
		}
		if got := boss.get("/spaces/ENG/delete"); !got.has("Type the key", "no content") {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := boss.post("/spaces/ENG/delete", "key", "eng"); got.status != http.StatusUnprocessableEntity {
			t.Errorf("another key: %d", got.status)
		}
		if got := boss.post("/spaces/ENG/delete", "key", "ENG"); got.status != http.StatusSeeOther {
			t.Errorf("%d %s", got.status, got.body)
		}
		if _, err := store.Space(t.Context(), b.site.ID, "ENG"); kindOf(err) != failure.NotFound {
			t.Error(err)
		}
		if got := boss.get("/spaces/ENG/delete"); got.status != http.StatusNotFound {
			t.Errorf("gone: %d", got.status)
		}
	})
}

func kindOf(err error) failure.Kind {
	kind, _ := failure.Of(err)
	return kind
}

func TestAnAppIsEditedAndShowsWhatPeopleAllowedBefore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		id := b.register(func(r *directory.Registration) { r.Scopes = []string{"read:user", "write:user"} })
		page := "/apps/" + id
		b.kept(page + "/edit")
		b.signed("ada").post(ask(id), "account", "ada", "decision", "allow")
		if got := boss.get(page); !got.has("Who allows it what", "people/ada/access", page[1:]+"/edit") {
			t.Errorf("%d %s", got.status, got.body)
		}
		form := []string{"version", "1", "name", "Engine " + hostile, "redirects", "https://app.example/new\nhttps://app.example/other", "scope", "read:user:confluence"}
		edited := boss.post(page+"/edit", form...)
		r := b.only()
		want := []string{"read:user", "read:user:confluence", "write:user"} // those of the bed are not offered, and stay
		if edited.status != http.StatusSeeOther || r.Name != "Engine "+hostile || len(r.RedirectURIs) != 2 || !slices.Equal(r.Scopes, want) {
			t.Errorf("%d %s %+v", edited.status, edited.body, r)
		}
		if got := boss.get(page); !got.has("Engine &lt;script&gt;", `<code class="scope">read:user:confluence</code>`) || got.has("<script>alert") {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := boss.post(page+"/edit", form...); got.status != http.StatusUnprocessableEntity || !got.has("changed meanwhile") {
			t.Errorf("from an old form: %d %s", got.status, got.body)
		}
		for at, wrong := range map[string][]string{"name": {"name", ""}, "redirects": {"name", "X", "redirects", "javascript:alert(1)"}} {
			got := boss.post(page+"/edit", append([]string{"version", "2"}, wrong...)...)
			if got.status != http.StatusUnprocessableEntity || !got.has(`aria-invalid="true"`) || b.only().Version != 2 {
				t.Errorf("%s: %d %s", at, got.status, got.body)
			}
		}
		if got := boss.get("/apps/x/edit"); got.status != http.StatusNotFound {
			t.Errorf("no app: %d", got.status)
		}
	})
}
