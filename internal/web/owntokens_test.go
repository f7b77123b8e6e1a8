package web_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

var (
	secretShown = regexp.MustCompile(`id="secret"[^>]* value="([^"]+)"`)
	formID      = regexp.MustCompile(`name="id" value="([^"]+)"`)
)

func TestATokenIsMadeShownOnceTestedAndRevoked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		w := b.signed("ada")
		form := w.get("/profile/tokens/new")
		id := formID.FindStringSubmatch(form.body)
		if id == nil || !form.has("Read who people are.", "Change who people are.", `value="read:user"`) {
			t.Fatalf("%s", form.body)
		}
		made := w.post("/profile/tokens/new", "id", id[1], "label", "laptop", "kind", "scoped", "scope", "read:user", "scope", "no:such", "days", "30")
		shown := secretShown.FindStringSubmatch(made.body)
		if made.status != http.StatusOK || shown == nil || made.header.Get("Cache-Control") != "no-store" {
			t.Fatalf("%d %s", made.status, made.body)
		}
		caller, found, err := b.people.TokenBySecret(t.Context(), b.site.ID, shown[1])
		b.must(err)
		if left := time.Until(caller.ExpiresAt); !found || caller.AccountID != "ada" || !slices.Equal(caller.Scopes, []string{"read:user"}) || left > 30*24*time.Hour || left < 29*24*time.Hour {
			t.Errorf("%+v", caller)
		}
		// The same form again makes no other, and nothing shows the secret again.
		again := w.post("/profile/tokens/new", "id", id[1], "label", "laptop", "kind", "scoped", "scope", "read:user", "days", "30")
		if again.status != http.StatusSeeOther || !strings.Contains(again.header.Get("Location"), "done=twice") {
			t.Errorf("%d %s", again.status, again.body)
		}
		list := w.get("/profile/tokens")
		if strings.Count(list.body, ">laptop<") != 1 || !list.has("read:user") || list.has(shown[1]) {
			t.Errorf("%s", list.body)
		}
		test := w.get("/profile/tokens/" + caller.ID)
		if test.status != http.StatusOK || !test.has("Read who people are.", "through the gateway", "GET /wiki/rest/api/user/current") || test.has(shown[1]) {
			t.Errorf("%d %s", test.status, test.body)
		}
		if got := w.get("/profile/tokens/" + caller.ID + "?only=allowed&by=site"); got.has(`class="tag bad">no`) || !got.has("own address") {
			t.Errorf("%s", got.body)
		}
		if got := w.get("/profile/tokens/" + caller.ID + "/revoke"); got.status != http.StatusOK || !got.has("Revoke the token?", "laptop") {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := w.post("/profile/tokens/" + caller.ID + "/revoke"); got.status != http.StatusSeeOther {
			t.Errorf("%d %s", got.status, got.body)
		}
		if caller, _, err = b.people.TokenBySecret(t.Context(), b.site.ID, shown[1]); err != nil || caller.RevokedAt.IsZero() {
			t.Errorf("%+v (%v)", caller, err)
		}
		if got := w.get("/profile/tokens"); got.has("laptop") || !got.has("You have no token.") {
			t.Errorf("%s", got.body)
		}
	})
}

func TestATokenFormThatLacksSomethingKeepsTheRest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		w := b.signed("ada")
		for problem, got := range map[string]answer{
			"Give the token a label": w.post("/profile/tokens/new", "label", " ", "kind", "scoped", "scope", "write:user", "days", "7"),
			"Tick at least one":      w.post("/profile/tokens/new", "label", "kept", "kind", "scoped", "days", "7", "scope", "no:such"),
			"control character":      w.post("/profile/tokens/new", "label", "a\nb", "kind", "classic", "days", "1000"),
		} {
			if got.status != http.StatusUnprocessableEntity || !got.has(problem) {
				t.Errorf("%s: %d\n%s", problem, got.status, got.body)
			}
		}
		got := w.post("/profile/tokens/new", "label", "", "kind", "scoped", "scope", "write:user", "days", "7")
		if !got.has(`value="write:user" checked`, `value="7" selected`) || got.has(`value="read:user" checked`) {
			t.Errorf("%s", got.body)
		}
		tokens, err := b.people.Tokens(t.Context(), b.site.ID, "ada")
		if err != nil || len(tokens) != 0 {
			t.Errorf("%v (%v)", tokens, err)
		}
		for kind, days := range map[string]string{"classic": "365", "": "x"} {
			got := w.post("/profile/tokens/new", "label", "made", "kind", kind, "scope", "read:user", "days", days)
			if got.status != http.StatusOK {
				t.Errorf("%q: %d %s", kind, got.status, got.body)
			}
		}
	})
}

func TestNobodyTouchesOthersTokensSessionsOrApps(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		b.add(directory.Account{ID: "eve", Email: "eve@example.com", DisplayName: "Eve"}, b.home)
		token, err := b.people.AddToken(t.Context(), b.site.ID, operator, "ada", directory.Token{Label: "private"}, directory.NewSecret(b.site.CloudID))
		b.must(err)
		ada, eve := b.signed("ada"), b.signed("eve")
		app := b.register()
		b.toApp(ada.post(ask(app), "account", "ada", "decision", "allow"))
		sessions, err := b.people.Sessions(t.Context(), b.site.ID, "ada")
		b.must(err)
		for path, form := range map[string][]string{
			"/profile/tokens/" + token.ID: nil, "/profile/tokens/" + token.ID + "/revoke": {}, "/profile/apps/" + app + "/revoke": {},
			"/profile/sessions/" + sessions[0].ID + "/end": {}, "/profile/tokens/" + sessions[0].ID: nil,
		} {
			got := eve.get(path)
			if form != nil {
				got = eve.post(path, form...)
			}
			if got.status == http.StatusOK || got.has("private") {
				t.Errorf("%s: %d\n%s", path, got.status, got.body)
			}
		}
		kept, _, err := b.people.TokenByID(t.Context(), b.site.ID, token.ID)
		if err != nil || !kept.RevokedAt.IsZero() || !ada.in() || b.grants() != 1 {
			t.Errorf("%+v, %d grants (%v)", kept, b.grants(), err)
		}
	})
}

func TestTokensAreListedAPageAtATime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		for range 60 {
			_, err := b.people.AddToken(t.Context(), b.site.ID, operator, "ada", directory.Token{Label: "one-of-many"}, directory.NewSecret(b.site.CloudID))
			b.must(err)
		}
		w := b.signed("ada")
		first := w.get("/profile/tokens")
		next := regexp.MustCompile(`href="(\?before=[^"]+)" rel="next"`).FindStringSubmatch(first.body)
		if next == nil || strings.Count(first.body, ">one-of-many</bdi>") != 50 {
			t.Fatalf("%s", first.body)
		}
		if second := w.get("/profile/tokens" + next[1]); strings.Count(second.body, ">one-of-many</bdi>") != 10 || second.has(`rel="next"`) {
			t.Errorf("%s", second.body)
		}
	})
}

func TestASiteThatAnswersAsObservedTakesScopedTokensAtTheGatewayOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		_, err := b.sites.Change(t.Context(), operator, b.site.Name, func(s *site.Site) error { return s.Settings.Set("fidelity", "observed") })
		b.must(err)
		token, err := b.people.AddToken(t.Context(), b.site.ID, operator, "ada", directory.Token{Scopes: []string{"read:confluence-user"}}, directory.NewSecret(b.site.CloudID))
		b.must(err)
		w := b.signed("ada")
		if got := w.get("/profile/tokens/" + token.ID + "?by=site"); got.has(`class="tag good">yes`) {
			t.Errorf("%s", got.body)
		}
		if got := w.get("/profile/tokens/" + token.ID); !got.has(`class="tag good">yes`) {
			t.Errorf("%s", got.body)
		}
	})
}
