package web_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

var shownOnce = regexp.MustCompile(`<code id="secret">([^<]+)</code>`)

// only is the one registered app of the site.
func (b *bed) only() directory.Registration {
	b.t.Helper()
	all, err := b.people.Registrations(b.t.Context(), b.site.ID)
	b.must(err)
	if len(all) != 1 {
		b.t.Fatalf("there are %d apps", len(all))
	}
	return all[0]
}

func TestAnAppIsAddedManagedAndRemoved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		b.kept("/apps", "/apps/new", "/apps/x", "/apps/x/remove", "/service-accounts/x")
		if got := boss.get("/apps"); !got.has("No app is registered", "apps/new") {
			t.Errorf("%d %s", got.status, got.body)
		}
		wrong := boss.post("/apps/new", "kind", "oauth", "name", "Reports "+hostile, "redirects", "javascript:alert(1)", "scope", "read:user:confluence")
		if wrong.status != http.StatusUnprocessableEntity || !wrong.has("Reports &lt;script&gt;", "javascript:alert(1)</textarea>", `value="read:user:confluence" checked`, `aria-invalid="true"`) {
			t.Errorf("a wrong redirect URI: %d %s", wrong.status, wrong.body)
		}
		made := boss.post("/apps/new", "kind", "oauth", "name", "Reports "+hostile, "redirects", "https://app.example/back\n https://app.example/other", "scope", "read:user:confluence", "scope", "offline_access", "scope", "no:such")
		r := b.only()
		secret := shownOnce.FindStringSubmatch(made.body)
		if secret == nil || len(r.RedirectURIs) != 2 || !slices.Equal(r.Scopes, []string{"offline_access", "read:user:confluence"}) && len(r.Scopes) != 2 {
			t.Fatalf("%+v %s", r, made.body)
		}
		knows := func(secret string) bool {
			ok, err := b.people.KnowsSecret(t.Context(), b.site.ID, r.ClientID, secret)
			b.must(err)
			return ok
		}
		if !knows(secret[1]) {
			t.Error("the secret that is shown is not the app's")
		}
		page := "/apps/" + r.ClientID
		if got := boss.get(page); !got.has("Reports &lt;script&gt;", "https://app.example/other", "while you are away") || got.has(secret[1]) || got.has("<script>alert") {
			t.Errorf("%d %s", got.status, got.body)
		}
		for _, do := range []string{"block", "approve", "unapprove", "unblock", "approve", "block"} {
			if got := boss.post(page, "do", do); got.status != http.StatusSeeOther {
				t.Errorf("%s: %d %s", do, got.status, got.body)
			}
		}
		a, err := b.people.Account(t.Context(), b.site.ID, r.AccountID)
		if b.must(err); !a.EmailApproved || !b.only().Blocked {
			t.Errorf("approved %v, blocked %v", a.EmailApproved, b.only().Blocked)
		}
		if got := boss.get("/apps"); !got.has("blocked", "approved", page[1:]) {
			t.Errorf("the list: %s", got.body)
		}
		again := shownOnce.FindStringSubmatch(boss.post(page + "/rotate").body)
		if again == nil || knows(secret[1]) || !knows(again[1]) {
			t.Error("the secret was not replaced")
		}
		if got := boss.get(page + "/remove"); !got.has("cannot be taken back") || len(b.only().ClientID) == 0 {
			t.Errorf("asked: %s", got.body)
		}
		if got := boss.post(page + "/remove"); got.status != http.StatusSeeOther || !strings.Contains(got.header.Get("Location"), "done=removed") {
			t.Errorf("%d %s", got.status, got.body)
		}
		if all, _ := b.people.Registrations(t.Context(), b.site.ID); len(all) != 0 {
			t.Errorf("there are %v", all)
		}
	})
}

func TestAServiceAccountAndAForgeAppGetTokensThatAreShownOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		made := boss.post("/apps/new", "kind", "service", "name", "Nightly "+hostile, "label", "first", "days", "30", "scope", "read:user:confluence")
		secret := shownOnce.FindStringSubmatch(made.body)
		back := regexp.MustCompile(`href="\.\./(service-accounts/[^"]+)">Done`).FindStringSubmatch(made.body)
		if secret == nil || back == nil {
			t.Fatalf("%d %s", made.status, made.body)
		}
		if got := boss.get("/" + back[1]); !got.has("first", "Nightly &lt;script&gt;", "scoped") || got.has(secret[1]) {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := boss.post("/"+back[1], "label", " ", "days", "7"); got.status != http.StatusUnprocessableEntity || !got.has("The token has no label") {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := boss.post("/"+back[1], "label", "second", "days", "365"); shownOnce.FindStringSubmatch(got.body) == nil || !got.has("all that the account may do") {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := boss.get("/apps"); !got.has(back[1]) {
			t.Errorf("the list: %s", got.body)
		}
		if got := boss.get("/service-accounts/ada"); got.status != http.StatusNotFound {
			t.Errorf("a person's account: %d", got.status)
		}
		boss.post("/apps/new", "kind", "forge", "name", "Forge", "scope", "read:user:confluence")
		page := "/apps/" + b.only().ClientID
		if got := boss.post(page+"/token", "person", "ada@example.com"); shownOnce.FindStringSubmatch(got.body) == nil || !got.has("<code>ada</code>") {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := boss.post(page+"/token", "person", "nobody"); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%d %s", got.status, got.body)
		}
		for _, odd := range []string{"/apps/new?kind=x", "/apps/%00", "/apps?after=%00", "/apps?after=x", "/service-accounts/%00", "/apps/x/rotate"} {
			if got := boss.get(odd); got.status >= 500 {
				t.Errorf("%s: %d", odd, got.status)
			}
		}
	})
}

func TestAConnectAppIsInstalledByItsDescriptor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		descriptor := `{"key": "example-app", "name": "Example", "baseUrl": "https://app.example", "authentication": {"type": "jwt"}, "scopes": ["READ"]}`
		if got := boss.post("/apps/new", "kind", "connect", "descriptor", "{}"); got.status != http.StatusUnprocessableEntity || !got.has("{}</textarea>") {
			t.Errorf("%d %s", got.status, got.body)
		}
		got := boss.post("/apps/new", "kind", "connect", "descriptor", descriptor)
		if shownOnce.FindStringSubmatch(got.body) == nil || b.only().Key != "example-app" {
			t.Fatalf("%d %s", got.status, got.body)
		}
		if got := boss.get("/apps/" + b.only().ClientID); !got.has("example-app", "Connect") {
			t.Errorf("%d %s", got.status, got.body)
		}
	})
}
