package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/web"
)

// browse gets a page as browsers do, who ask for HTML.
func (w *browser) browse(path string) answer {
	w.t.Helper()
	return w.do(http.MethodGet, path, nil, http.Header{"Accept": {"text/html,application/xhtml+xml,*/*;q=0.8"}})
}

func TestWhoIsTurnedAwaySeesWhoTheyAreAndAWayOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		b.add(directory.Account{ID: "none", Email: "none@example.com", DisplayName: "<None>"})
		for _, path := range []string{"/people", "/runs", "/settings"} {
			got := b.signed("ada").get(path)
			if got.status != http.StatusForbidden || !got.has("This is for administrators", "<bdi>Ada</bdi>", `href="profile"`, `action="logout"`, `aria-label="Sections"`) || got.has(`href="people"`) {
				t.Errorf("%s: %d\n%s", path, got.status, got.body)
			}
		}
		for _, path := range []string{"/people", "/profile"} {
			got := b.signed("none").get(path)
			if got.status != http.StatusForbidden || !got.has("You cannot use this site", "<bdi>&lt;None&gt;</bdi>", `action="logout"`, `href="login?again"`) || got.has(`href="profile"`) {
				t.Errorf("%s without access: %d\n%s", path, got.status, got.body)
			}
		}
	})
}

func TestOneWhoIsSignedInToAnotherSiteIsLedOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d, standIn)
		other, err := b.sites.Add(t.Context(), operator, site.Site{Name: dbtest.Name(t) + "-2"})
		b.must(err)
		home, err := b.people.AddGroup(t.Context(), other.ID, operator, directory.Group{Name: "users"})
		b.must(err)
		_, err = b.people.Grant(t.Context(), other.ID, operator, home.ID, directory.Use, true)
		b.must(err)
		b.add(directory.Account{ID: "eve", Email: "eve@example.com", DisplayName: "Eve"}, b.home)
		for _, a := range []directory.Account{
			{ID: "lovelace", Email: "ada@example.com", DisplayName: "Ada of the other site"},
			{ID: "eve", Email: "eve@example.com", DisplayName: "Eve", Status: directory.Inactive},
		} {
			_, err = b.people.Add(t.Context(), other.ID, operator, a, home.ID)
			b.must(err)
		}
		base := "/_site/" + other.Name
		const way = `value="lovelace">Go on here as`
		w := b.signed("ada")
		for _, path := range []string{"/login", "/login?next=%2Fprofile", "/login?again"} {
			if got := w.get(base + path); got.status != http.StatusOK || !got.has("You come from another site", other.Name, b.site.Name, "as <bdi>Ada</bdi>", way, "Back to") {
				t.Errorf("%s: %d\n%s", path, got.status, got.body)
			}
		}
		if got := b.signed("eve").get(base + "/login"); !got.has("You come from another site", "Back to") || got.has("Go on here") {
			t.Errorf("one who cannot: %s", got.body)
		}
		got := w.post(base+"/login/as", "account", "lovelace", "next", "/profile")
		if got.status != http.StatusSeeOther || !w.get(base+"/profile").has("Ada of the other site") {
			t.Errorf("%d %v", got.status, got.header)
		}
		if got := w.get(base + "/login"); !got.has("You are signed in", `href="./">Go on`) || got.has("another site</h2>") {
			t.Errorf("on the site itself: %s", got.body)
		}
		// Elsewhere than on a stand-in nobody goes on without a password.
		b.serve(func(s *web.Server) { s.Sites.Named = true })
		if got := b.signed("ada").get(base + "/login"); got.has("Go on here") || !got.has("You come from another site", `type="password"`) {
			t.Errorf("serve: %s", got.body)
		}
	})
}

func TestWhatIsNotThereIsAPageForPeopleAndJSONForPrograms(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d, standIn)
		ada := b.signed("ada")
		base := "/_site/" + b.site.Name
		for path, want := range map[string]string{
			"/profile/": "./../profile", "/profile/?done=saved": "./../profile?done=saved", "/people/new/": "./../../people/new", base + "/docs/": "./../docs",
		} {
			if got := ada.browse(path); got.status != http.StatusSeeOther || got.header.Get("Location") != want {
				t.Errorf("%s: %d to %s", path, got.status, got.header.Get("Location"))
			}
		}
		for _, path := range []string{"/nope", "/nope/", "/login/", "/people/x/y/z", base + "/nope", "//evil.example/", "/profile//", "/%3Cscript%3E"} {
			got := ada.browse(path)
			if path == "/login/" {
				if got.header.Get("Location") != "./../login" {
					t.Errorf("%s: %d %v", path, got.status, got.header)
				}
				continue
			}
			if got.status != http.StatusNotFound || !got.has("There is no such page", `action="`, "Sign out", "./\">To your first page") || got.has("<script>") ||
				!strings.Contains(got.header.Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("%s: %d %v\n%s", path, got.status, got.header, got.body)
			}
			if got := b.browser().browse(path); got.status != http.StatusNotFound || !got.has("There is no such page", "To the first page") || got.has("Sign out") {
				t.Errorf("%s for nobody: %d\n%s", path, got.status, got.body)
			}
		}
		if got := ada.browse("/_site/none-of-them/profile"); got.status != http.StatusNotFound || !got.has("There is no such page") {
			t.Errorf("no site: %d %s", got.status, got.body)
		}
		for _, path := range []string{"/wiki/rest/api/nope", "/wiki", "/_roster/nope", "/ex/confluence/x/wiki", "/oauth/nope", base + "/wiki/x"} {
			if got := ada.browse(path); got.status != http.StatusNotFound || got.header.Get("Content-Type") != "application/json" || !got.has("no page") {
				t.Errorf("%s: %d %s", path, got.status, got.body)
			}
		}
		for _, accept := range []string{"", "*/*", "application/json", "application/json,text/html;q=0.5"} {
			got := ada.do(http.MethodGet, "/nope", nil, http.Header{"Accept": {accept}})
			if got.header.Get("Content-Type") != "application/json" || !got.has("no page") {
				t.Errorf("%q: %s", accept, got.body)
			}
		}
	})
}

func TestAnUnknownOperationIsNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newBed(t, d, describedAPI).browser()
		if got := w.get("/docs/zzz"); got.status != http.StatusNotFound || !got.has("There is no operation <code>zzz</code>", `href="../docs"`) {
			t.Errorf("%d %s", got.status, got.body)
		}
	})
}
