package web_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

func TestAPersonIsEdited(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		form := func(version int64, more ...string) []string {
			return append([]string{"version", strconv.FormatInt(version, 10), "publicName", "Ada", "name", "Ada", "email", "ada@example.com", "locale", "en_US"}, more...)
		}
		if got := boss.post("/people/ada/edit", form(1, "position", "Analyst "+hostile, "see-email", "anyone", "external", "on")...); got.status != http.StatusSeeOther {
			t.Fatalf("%d %s", got.status, got.body)
		}
		a := b.accountOf("ada")
		if a.Position != "Analyst "+hostile || a.Visibility[directory.EmailField] != directory.Anyone || !a.External || a.Version != 2 {
			t.Errorf("%+v", a)
		}
		for _, path := range []string{"/people/ada", "/people/ada/edit", "/people/ada/history", "/people/ada/explain?viewer=anyone", "/people?q=ada"} {
			if got := boss.get(path); got.status != http.StatusOK || got.has("<script>alert") {
				t.Errorf("%s: %s", path, got.body)
			}
		}
		got := boss.post("/people/ada/edit", form(1, "position", "Late")...)
		if got.status != http.StatusUnprocessableEntity || !got.has("changed meanwhile", `value="Late"`) || b.accountOf("ada").Version != 2 {
			t.Errorf("%d %s", got.status, got.body)
		}
		got = boss.post("/people/ada/edit", form(2, "timeZone", "Nowhere")...)
		if got.status != http.StatusUnprocessableEntity || !got.has(`value="Nowhere"`, `aria-invalid="true"`) {
			t.Errorf("%d %s", got.status, got.body)
		}
		history := boss.get("/people/ada/history")
		if !history.has("Changed", "Analyst", "people/boss", "Who sees: E-mail address", "<dt>Position</dt>", "<dt>Display name</dt>", "not sealed yet") || history.has("account.email.disclose") || history.has("<dt>DisplayName") {
			t.Errorf("%s", history.body)
		}
		if told := boss.get("/people/ada/history?told=1"); !told.has("account.email.disclose") {
			t.Errorf("%s", told.body)
		}
	})
}

func TestTheStatusOfAPersonIsChanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss, ada := b.boss(), b.signed("ada")
		for do, want := range map[string]string{"signout": "Sign the account out everywhere?", "deactivate": "its tokens do not come back"} {
			if got := boss.get("/people/ada/status?do=" + do); got.status != http.StatusOK || !got.has(want, "<bdi>Ada</bdi>", `href="../../people/ada"`) || got.has("your own") {
				t.Errorf("%s: %d %s", do, got.status, got.body)
			}
			if got := boss.get("/people/boss/status?do=" + do); !got.has("you will be signed out") {
				t.Errorf("oneself, %s: %s", do, got.body)
			}
		}
		if b.sessions("ada") != 1 || b.accountOf("ada").Status != directory.Active {
			t.Error("it was done unasked")
		}
		for _, do := range []string{"", "reactivate", "erase"} {
			if got := boss.get("/people/ada/status?do=" + do); got.status != http.StatusSeeOther {
				t.Errorf("%q has a question: %d", do, got.status)
			}
		}
		if got := boss.post("/people/ada/status", "do", "signout"); got.status != http.StatusSeeOther || b.sessions("ada") != 0 || ada.get("/profile").status != http.StatusSeeOther {
			t.Errorf("%d", got.status)
		}
		if got := boss.post("/people/ada/status?do=deactivate"); got.status != http.StatusSeeOther || b.accountOf("ada").Status != directory.Inactive {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := boss.get("/people/ada?done=deactivate"); !got.has("The account is deactivated", `value="reactivate">Reactivate</button></form></div>`) {
			t.Errorf("%s", got.body)
		}
		if got := boss.get("/people/ada/status?do=deactivate"); got.status != http.StatusSeeOther {
			t.Errorf("it asks about what is done: %d", got.status)
		}
		if got := boss.post("/people/ada/status", "do", "reactivate"); got.status != http.StatusSeeOther || b.accountOf("ada").Status != directory.Active {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := boss.get("/people/ada?done=deactivate"); got.has("The account is deactivated") {
			t.Error("a link tells what was not done")
		}
		if got := boss.post("/people/boss/status", "do", "deactivate"); got.status != http.StatusUnprocessableEntity || !got.has("without an active site administrator") || b.accountOf("boss").Status != directory.Active {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := boss.post("/people/ada/status", "do", "erase"); got.status != http.StatusBadRequest {
			t.Errorf("%d", got.status)
		}
		if got := boss.post("/people/nobody/status", "do", "deactivate"); got.status < 400 || got.status >= 500 {
			t.Errorf("%d", got.status)
		}
	})
}

func TestAnAccountIsClosedOnceItsNameIsTyped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		if got := boss.post("/people/ada/close", "name", "Adam"); got.status != http.StatusUnprocessableEntity || !got.has("not the public name", `value="Adam"`) || b.accountOf("ada").Status != directory.Active {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := boss.post("/people/ada/close", "name", "Ada"); got.status != http.StatusSeeOther || b.accountOf("ada").Status != directory.Closed {
			t.Errorf("%d %s", got.status, got.body)
		}
		for _, path := range peoplePaths("ada", b.home) {
			if got := boss.get(path); got.status != http.StatusOK || got.has("ada@example.com") {
				t.Errorf("%s: %d", path, got.status)
			}
		}
		if got := boss.post("/people/ada/status", "do", "reactivate"); got.status != http.StatusUnprocessableEntity || b.accountOf("ada").Status != directory.Closed {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := boss.post("/people/boss/close", "name", "Grace"); got.status != http.StatusUnprocessableEntity || b.accountOf("boss").Status != directory.Active {
			t.Errorf("%d %s", got.status, got.body)
		}
	})
}

func TestAnAdministratorSetsAPassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		b.signed("ada")
		for _, form := range [][]string{{"password", password, "again", "another one of them"}, {"password", "short", "again", "short"}} {
			if got := boss.post("/people/ada/password", form...); got.status != http.StatusUnprocessableEntity || got.has(form[1]) {
				t.Errorf("%v: %d", form, got.status)
			}
		}
		if got := boss.post("/people/ada/password", "password", password, "again", password); got.status != http.StatusSeeOther || b.sessions("ada") != 0 {
			t.Errorf("%d %s", got.status, got.body)
		}
		if id, ok, err := b.people.CheckPassword(t.Context(), b.site.ID, "ada@example.com", password); err != nil || !ok || id != "ada" {
			t.Error("the password is not good", err)
		}
	})
}

func TestAPersonJoinsAndLeavesGroups(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		in := func(id, name string) bool {
			groups, err := b.people.MemberOf(t.Context(), b.site.ID, id, 0, 10)
			b.must(err)
			return slices.ContainsFunc(groups, func(g directory.Group) bool { return g.Name == name })
		}
		if got := boss.post("/people/ada/groups", "do", "join", "group", "BOSSES"); got.status != http.StatusOK || !got.has("Undo") || !in("ada", "bosses") {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := boss.post("/people/ada/groups", "do", "leave", "group", "bosses"); got.status != http.StatusOK || in("ada", "bosses") {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := boss.post("/people/ada/groups", "do", "join", "group", "No such "+hostile); got.status != http.StatusUnprocessableEntity || got.has("<script>alert") || !got.has("No such &lt;") {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := boss.post("/people/boss/groups", "do", "leave", "group", "bosses"); got.status != http.StatusUnprocessableEntity || !in("boss", "bosses") {
			t.Errorf("%d %s", got.status, got.body)
		}
		for _, start := range []string{"-1", "x", "99999999999999999999"} {
			if got := boss.get("/people/ada/groups?start=" + start); got.status != http.StatusOK {
				t.Errorf("%s: %d", start, got.status)
			}
		}
	})
}

func TestTokensAndSessionsOfAPersonAreEnded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		b.signed("ada")
		secret := directory.NewSecret(b.site.CloudID)
		token, err := b.people.AddToken(t.Context(), b.site.ID, operator, "ada", directory.Token{Label: "mine " + hostile}, secret)
		b.must(err)
		got := boss.get("/people/ada/access")
		if !got.has("mine &lt;script&gt;", token.ID, "all that the account may do") || got.has(secret) || got.has("<script>alert") {
			t.Errorf("%s", got.body)
		}
		if got := boss.post("/people/boss/access/" + token.ID + "/end"); got.status != http.StatusNotFound {
			t.Errorf("somebody else's: %d", got.status)
		}
		if got := boss.get("/people/ada/access/" + token.ID + "/end"); !got.has("Revoke the token?", "mine &lt;script&gt;", "people/ada/access\"") {
			t.Errorf("the question: %d %s", got.status, got.body)
		}
		if got := boss.get("/people/ada/access"); !got.has("/end\"") || got.has(">revoked<") {
			t.Errorf("revoked unasked: %s", got.body)
		}
		if got := boss.post("/people/ada/access/" + token.ID + "/end"); got.status != http.StatusSeeOther {
			t.Errorf("%d", got.status)
		}
		if got := boss.get("/people/ada/access"); !got.has("revoked") {
			t.Errorf("%s", got.body)
		}
		sessions, err := b.people.Sessions(t.Context(), b.site.ID, "ada")
		b.must(err)
		if got := boss.get("/people/ada/access/" + sessions[0].ID + "/end"); !got.has("Sign that browser out?") || b.sessions("ada") != 1 {
			t.Errorf("the question: %d %s", got.status, got.body)
		}
		if got := boss.post("/people/ada/access/" + sessions[0].ID + "/end"); got.status != http.StatusSeeOther || b.sessions("ada") != 0 {
			t.Errorf("%d", got.status)
		}
	})
}

func TestWhatAViewerSeesOfAPersonIsExplained(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		b.add(directory.Account{ID: "eve", Email: "eve@example.com", DisplayName: "Eve"}, b.home)
		b.add(directory.Account{ID: "out", Email: "out@example.com", DisplayName: "Out"})
		token, err := b.people.AddToken(t.Context(), b.site.ID, operator, "eve", directory.Token{Label: "read", Scopes: []string{"read:user"}}, directory.NewSecret(b.site.CloudID))
		b.must(err)
		const hidden, seen = "Its owner shows it to nobody else.", "<bdi>ada@example.com</bdi></td>"
		for query, want := range map[string]string{
			"viewer=anyone": "anonymousAccess is off", "viewer=account&ref=eve": hidden, "viewer=account&ref=eve@example.com": hidden, "viewer=account&ref=ada": "It is the viewer&#39;s own.",
			"viewer=account&ref=boss": "The viewer is a site administrator.", "viewer=account&ref=out": "holds the permission use", "viewer=token&ref=" + token.ID: "limited by its scopes",
		} {
			got := boss.get("/people/ada/explain?" + query)
			if got.status != http.StatusOK || !got.has(want) {
				t.Errorf("%s: %d %s", query, got.status, got.body)
			}
			if shows := got.has(seen); shows != (strings.Contains(query, "boss") || strings.HasSuffix(query, "=ada")) {
				t.Errorf("%s shows the address: %v", query, shows)
			}
		}
		for _, query := range []string{"viewer=x", "viewer=account&ref=nobody", "viewer=token&ref=%00", "viewer=token&ref=x"} {
			if got := boss.get("/people/ada/explain?" + query); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d", query, got.status)
			}
		}
		b.must(func() error { _, err := b.people.RevokeToken(t.Context(), b.site.ID, operator, token.ID); return err }())
		if got := boss.get("/people/ada/explain?viewer=token&ref=" + token.ID); !got.has("was revoked") {
			t.Errorf("%s", got.body)
		}
	})
}

func TestWatchesPropertiesAndThePictureOfAPersonAreShown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		store := &content.Store{Changes: b.people.Changes}
		_, err := store.Add(t.Context(), b.site.ID, operator, content.Space{Key: "ENG", Name: "Engines " + hostile})
		b.must(err)
		b.must(store.Watch(t.Context(), b.site.ID, operator, content.Viewer{AccountID: "ada", Licensed: true}, content.Watchable{Kind: content.WatchSpace, Name: "ENG"}, "ada"))
		if got := boss.get("/people/ada/watches"); !got.has("Engines &lt;script&gt;", "spaces/ENG") || got.has("<script>alert") {
			t.Errorf("%s", got.body)
		}
		got := boss.get("/people/ada/picture")
		if got.status != http.StatusOK || got.header.Get("Content-Type") != "image/png" || !strings.HasPrefix(got.body, "\x89PNG") || !strings.HasPrefix(got.header.Get("Cache-Control"), "private") {
			t.Errorf("%d %v", got.status, got.header)
		}
		for _, query := range []string{"after=x", "after=content:1", "after=%00"} {
			if got := boss.get("/people/ada/watches?" + query); got.status >= 500 {
				t.Errorf("%s: %d", query, got.status)
			}
		}
		for _, query := range []string{"after=-1", "after=x", "after=99999999999999999999", "after=1.2", "after=5"} {
			if got := boss.get("/people/ada/history?" + query); got.status >= 500 {
				t.Errorf("%s: %d", query, got.status)
			}
		}
	})
}
