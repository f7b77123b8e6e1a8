package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

// ownPaths are the pages about oneself that everybody has.
var ownPaths = []string{
	"/profile", "/profile/edit", "/profile/picture", "/profile/picture/remove", "/profile/password", "/profile/groups", "/profile/watches",
	"/profile/tokens", "/profile/tokens/new", "/profile/sessions", "/profile/apps",
}

func (b *bed) accountOf(ref string) directory.Account {
	b.t.Helper()
	a, err := b.people.Account(b.t.Context(), b.site.ID, ref)
	b.must(err)
	return a
}

// anotherSite sends a form as another site's page would.
func (w *browser) anotherSite(path string, pairs ...string) answer {
	return w.do(http.MethodPost, path, values(pairs), http.Header{"Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"cross-site"}})
}

func TestPagesAboutOneselfAreForWhoIsSignedIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		b.add(directory.Account{ID: "none", Email: "none@example.com", DisplayName: "None"})
		nobody, ada, barred := b.browser(), b.signed("ada"), b.signed("none")
		for _, path := range ownPaths {
			if got := nobody.get(path); got.status != http.StatusSeeOther || !strings.HasSuffix(got.header.Get("Location"), "login?next="+url.QueryEscape(path)) {
				t.Errorf("%s, signed out: %d %s", path, got.status, got.header.Get("Location"))
			}
			if got := nobody.post(path); got.status != http.StatusSeeOther || !strings.HasSuffix(got.header.Get("Location"), "/login") {
				t.Errorf("%s, posted by nobody: %d %s", path, got.status, got.header.Get("Location"))
			}
			if got := barred.get(path); got.status != http.StatusForbidden {
				t.Errorf("%s, without access: %d", path, got.status)
			}
			if got := ada.get(path); got.status != http.StatusOK || strings.Count(got.body, "<h1") != 1 || !got.has(`aria-current="page"`) {
				t.Errorf("%s: %d\n%s", path, got.status, got.body)
			}
			if got := ada.anotherSite(path, "do", "remove", "end", "others"); got.status != http.StatusForbidden {
				t.Errorf("%s, sent by another site: %d", path, got.status)
			}
		}
	})
}

func TestOddQueriesAboutOneselfShowAPage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newBed(t, d).signed("ada")
		for _, odd := range []string{"", "-1", "99999999999999999999", "1000000000", "x", "%00", "%ff", "'--", "content:1", "label:x", "%3Cscript%3E"} {
			for _, path := range []string{
				"/profile/groups?start=", "/profile/watches?kind=", "/profile/watches?after=", "/profile/watches?back-kind=label&back=", "/profile/tokens?before=", "/profile?done=",
				"/profile/watches?done=stopped&of=", "/profile/tokens/", "/profile/apps/x/revoke?x=",
			} {
				got := w.get(path + odd)
				if got.status >= 500 || got.has("<script>") {
					t.Errorf("%s%s: %d", path, odd, got.status)
				}
			}
		}
	})
}

func TestWhatPeopleChangeOfTheirProfilesIsChanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		w := b.signed("ada")
		got := w.post("/profile/edit", "version", "1", "name", " Ada Lovelace ", "public-name", "Countess", "position", "Analyst", "department", "Engines", "location", "London",
			"time-zone", "Europe/London", "locale", "en_GB", "phone", "+44 1", "im", "ada", "website", "https://ada.example", "see-name", "me", "see-email", "anyone",
			"see-picture", "organization", "see-manager", "me", "email", "eve@example.com", "manager", "eve", "status", "closed", "see-locale", "me", "see-public-name", "me")
		if got.status != http.StatusSeeOther || !strings.HasSuffix(got.header.Get("Location"), "profile?done=saved") {
			t.Fatalf("%d %s", got.status, got.body)
		}
		a := b.accountOf("ada")
		want := a
		want.DisplayName, want.PublicName, want.Position, want.Department, want.Location, want.TimeZone = "Ada Lovelace", "Countess", "Analyst", "Engines", "London", "Europe/London"
		want.Locale, want.Phone, want.IM, want.Website, want.Email, want.Manager, want.Status = "en_GB", "+44 1", "ada", "https://ada.example", "ada@example.com", "", directory.Active
		want.Visibility = directory.DefaultVisibility()
		want.Visibility[directory.NameField], want.Visibility[directory.EmailField], want.Visibility[directory.ManagerField] = directory.OnlyMe, directory.Anyone, directory.OnlyMe
		if a != want || a.Version != 2 {
			t.Errorf("%+v", a)
		}
		names := []string{"<dt>Position</dt>", "<dt>Language</dt>", "<dt>Instant messaging</dt>"}
		if own, person := w.get("/profile"), b.boss().get("/people/ada"); !own.has(names...) || !person.has(names...) {
			t.Errorf("a field has two names: %s %s", own.body, person.body)
		}
		if got := w.get("/profile?done=saved"); !got.has("Your profile is saved.", "Countess", "Only you", `id="seen-organization"`) {
			t.Errorf("%s", got.body)
		}
		// An old form changes nothing, and keeps what was typed.
		got = w.post("/profile/edit", "version", "1", "name", "Another")
		if got.status != http.StatusConflict || !got.has("changed by somebody else", `value="Another"`, `name="version" value="2"`) || b.accountOf("ada").DisplayName != "Ada Lovelace" {
			t.Errorf("%d %s", got.status, got.body)
		}
		// A public name that is left empty is made from what anybody sees.
		w.post("/profile/edit", "version", "2", "public-name", "")
		if a := b.accountOf("ada"); a.PublicName == "" || a.PublicName == "Countess" || a.PublicName == a.DisplayName {
			t.Errorf("%q", a.PublicName)
		}
	})
}

func TestWhatIsWrongWithAProfileIsSaidBesideIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		w := b.signed("ada")
		for field, wrong := range map[string]string{
			"name": " ", "position": strings.Repeat("x", 256), "time-zone": "Atlantis/Centre", "locale": "english", "phone": "1\x002", "im": "a\nb", "website": "a\u2028b", "see-email": "everybody",
		} {
			got := w.post("/profile/edit", "version", "1", "department", "Typed", field, wrong)
			name := strings.TrimPrefix(field, "see-")
			if got.status != http.StatusUnprocessableEntity || !got.has(`id="`+name+`-mistake"`, "Nothing is saved yet", `value="Typed"`) || strings.Count(got.body, `class="own-mistake"`) != 1 {
				t.Errorf("%s: %d\n%s", field, got.status, got.body)
			}
			if a := b.accountOf("ada"); a.Version != 1 {
				t.Errorf("%s: %+v", field, a)
			}
		}
	})
}

func TestOthersAreShownAsTheySee(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		_, err := b.people.Change(t.Context(), b.site.ID, operator, "ada", func(a *directory.Account) error {
			a.PublicName, a.DisplayName, a.Department, a.Phone = "Countess", "Ada King", "Engines", "+44 1"
			a.Visibility[directory.NameField] = directory.Organization
			return nil
		})
		b.must(err)
		body := b.signed("ada").get("/profile").body
		part := func(id string) string {
			_, rest, _ := strings.Cut(body, `id="seen-`+id+`"`)
			shown, _, _ := strings.Cut(rest, "</section>")
			return shown
		}
		for id, want := range map[string][2][]string{
			"anyone":       {{"Countess"}, {"Ada King", "Engines", "+44 1", "ada@example.com"}},
			"organization": {{"Ada King", "Engines", "Countess"}, {"+44 1", "ada@example.com"}},
			"app":          {{"Countess"}, {"Ada King", "Engines", "+44 1", "ada@example.com"}},
		} {
			shown := part(id)
			for _, text := range want[0] {
				if !strings.Contains(shown, text) {
					t.Errorf("%s do not see %s: %s", id, text, shown)
				}
			}
			for _, text := range want[1] {
				if strings.Contains(shown, text) {
					t.Errorf("%s see %s: %s", id, text, shown)
				}
			}
		}
	})
}

func TestHostileTextAboutOneselfIsShownAsText(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		hostile := `"><script>alert(1)</script><img src=x onerror=alert(1)>`
		b.add(directory.Account{
			ID: "eve", Email: "eve@example.com", DisplayName: hostile, PublicName: hostile, Department: hostile, Website: "javascript:alert(1)", Position: hostile,
		}, b.home)
		w := b.signed("eve")
		made := w.post("/profile/tokens/new", "label", hostile, "kind", "classic", "days", "7")
		g, err := b.people.AddGroup(t.Context(), b.site.ID, operator, directory.Group{Name: hostile})
		b.must(err)
		_, err = b.people.AddMember(t.Context(), b.site.ID, operator, g.ID, "eve")
		b.must(err)
		tokens, err := b.people.Tokens(t.Context(), b.site.ID, "eve")
		b.must(err)
		answers := map[string]answer{"made": made, "wrong": w.post("/profile/edit", "version", "1", "name", "", "phone", hostile)}
		for _, path := range append([]string{
			"/profile/tokens/" + tokens[0].ID, "/profile/tokens/" + tokens[0].ID + "/revoke", "/profile/tokens?done=revoked&of=" + url.QueryEscape(hostile),
			"/profile/watches?done=stopped&back-kind=label&back=x&of=" + url.QueryEscape(hostile),
		}, ownPaths...) {
			answers[path] = w.get(path)
		}
		for path, got := range answers {
			if got.status >= 500 || strings.Contains(got.body, "<script>alert") || strings.Contains(got.body, "<img src=x") || strings.Contains(got.body, `href="javascript:`) || strings.Contains(got.body, "ZgotmplZ") {
				t.Errorf("%s: %d\n%s", path, got.status, got.body)
			}
		}
	})
}

func TestTheWayInLeadsAdministratorsToThePeopleAndOthersToTheirProfile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		admins, err := b.people.AddGroup(t.Context(), b.site.ID, operator, directory.Group{Name: "administrators"})
		b.must(err)
		for _, permission := range []directory.Permission{directory.Use, directory.SiteAdmin} {
			_, err = b.people.Grant(t.Context(), b.site.ID, operator, admins.ID, permission, true)
			b.must(err)
		}
		b.add(directory.Account{ID: "eve", Email: "eve@example.com", DisplayName: "Eve"}, admins.ID)
		for who, want := range map[string]string{"ada": "./profile", "eve": "./people"} {
			if got := b.signed(who).get("/"); got.status != http.StatusSeeOther || got.header.Get("Location") != want {
				t.Errorf("%s: %d %s", who, got.status, got.header.Get("Location"))
			}
		}
		if got := b.browser().get("/"); got.header.Get("Location") != "./login" {
			t.Errorf("nobody: %d %s", got.status, got.header.Get("Location"))
		}
	})
}
