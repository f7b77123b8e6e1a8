package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

const callback = "https://app.example/callback"

// register registers an app that asks people, and returns its client ID.
func (b *bed) register(edit ...func(*directory.Registration)) string {
	b.t.Helper()
	r := directory.Registration{Kind: directory.OAuthApp, Name: "Difference Engine", RedirectURIs: []string{callback}, Scopes: []string{"read:user", "write:user"}}
	for _, e := range edit {
		e(&r)
	}
	r, _, err := b.people.Register(b.t.Context(), b.site.ID, b.site.CloudID, operator, r, directory.AppSecrets{})
	b.must(err)
	return r.ClientID
}

// ask is the path of an app's request, with parameters in pairs of which an empty value is to leave out.
func ask(clientID string, pairs ...string) string {
	q := url.Values{
		"client_id": {clientID}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {"read:user offline_access"},
		"state": {`a&b=c #é"'`}, "audience": {"api.atlassian.com"},
	}
	for i := 0; i < len(pairs); i += 2 {
		if q.Set(pairs[i], pairs[i+1]); pairs[i+1] == "" {
			q.Del(pairs[i])
		}
	}
	return "/authorize?" + q.Encode()
}

// toApp returns what the app is told, by a redirect or a page that leads on, or nil where it is told nothing.
func (b *bed) toApp(got answer) url.Values {
	b.t.Helper()
	to := got.header.Get("Location")
	if refresh, ok := strings.CutPrefix(got.header.Get("Refresh"), "0;url="); ok && got.status == http.StatusOK {
		to = refresh
	} else if got.status != http.StatusSeeOther {
		return nil
	}
	query, ok := strings.CutPrefix(to, callback+"?")
	if !ok {
		return nil
	}
	q, err := url.ParseQuery(query)
	b.must(err)
	if q.Get("state") != `a&b=c #é"'` || q.Get("iss") != b.url || got.header.Get("Referrer-Policy") != "no-referrer" || got.header.Get("Cache-Control") != "no-store" {
		b.t.Errorf("the app is told %v with %v", q, got.header)
	}
	return q
}

func (b *bed) grants() int {
	b.t.Helper()
	grants, err := b.oauth.Grants(b.t.Context(), b.site.ID, "")
	b.must(err)
	return len(grants)
}

func TestAPersonLetsAnAppIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		b.setPassword("ada", password)
		path := ask(b.register())
		w := b.browser()
		got := w.get(path)
		login, ok := strings.CutPrefix(got.header.Get("Location"), "./")
		if got.status != http.StatusSeeOther || !ok {
			t.Fatalf("%d %v", got.status, got.header)
		}
		// It is a page that leads on from here: Chrome would hold the form's policy against a redirect to the app.
		got = w.post("/"+login, "email", "ada@example.com", "password", password)
		back, ok := strings.CutPrefix(got.header.Get("Refresh"), "0;url=.")
		if got.status != http.StatusOK || !ok {
			t.Fatalf("%d %v", got.status, got.header)
		}
		got = w.get(back)
		if got.status != http.StatusOK || !got.has("Difference Engine", b.site.Name, "ada@example.com", "Read who people are.", "while you are away", "app.example", `name="decision" value="allow"`) || got.has("Change who people are.") {
			t.Fatalf("%d %s", got.status, got.body)
		}
		q := b.toApp(w.post(back, "account", "ada", "decision", "deny"))
		if q.Get("error") != "access_denied" || b.grants() != 0 {
			t.Errorf("denied: %v", q)
		}
		q = b.toApp(w.post(back, "account", "ada", "decision", "allow"))
		if directory.CloudIDOf(q.Get("code")) != b.site.CloudID || b.grants() != 1 {
			t.Errorf("allowed: %v", q)
		}
		// A second click makes a second code, and no harm.
		if q := b.toApp(w.post(back, "account", "ada", "decision", "allow")); q.Get("code") == "" {
			t.Errorf("again: %v", q)
		}
		if q := b.toApp(w.post(path, "account", "ada", "decision", "deny")); q.Get("error") != "access_denied" {
			t.Errorf("who allowed it before can deny it: %v", q)
		}
	})
}

func TestWhatPromptSaysIsDone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		id := b.register()
		w := b.signed("ada")
		if q := b.toApp(b.browser().get(ask(id, "prompt", "none"))); q.Get("error") != "login_required" {
			t.Errorf("nobody, none: %v", q)
		}
		if q := b.toApp(w.get(ask(id, "prompt", "none"))); q.Get("error") != "consent_required" {
			t.Errorf("not asked yet, none: %v", q)
		}
		if q := b.toApp(w.post(ask(id), "account", "ada", "decision", "allow")); q.Get("code") == "" {
			t.Fatal(q)
		}
		for _, prompt := range []string{"none", ""} {
			if q := b.toApp(w.get(ask(id, "prompt", prompt))); q.Get("code") == "" {
				t.Errorf("allowed before, %q: %v", prompt, q)
			}
		}
		if q := b.toApp(w.get(ask(id, "prompt", "none", "scope", "write:user"))); q.Get("error") != "consent_required" {
			t.Errorf("more than before, none: %v", q)
		}
		if got := w.get(ask(id, "prompt", "consent")); got.status != http.StatusOK || !got.has("decision") {
			t.Errorf("consent: %d", got.status)
		}
		for _, got := range []answer{w.get(ask(id, "prompt", "login")), w.post(ask(id, "prompt", "login"), "account", "ada", "decision", "allow")} {
			to, err := url.Parse(got.header.Get("Location"))
			if err != nil || to.Path != "./login" || !strings.Contains(to.Query().Get("next"), "prompt=consent") {
				t.Errorf("login: %d %v", got.status, to)
			}
		}
		public := b.register(func(r *directory.Registration) { r.Public = true })
		challenge := []string{"code_challenge", strings.Repeat("A", 43), "code_challenge_method", "S256"}
		if q := b.toApp(w.post(ask(public, challenge...), "account", "ada", "decision", "allow")); q.Get("code") == "" {
			t.Errorf("public: %v", q)
		}
		if got := w.get(ask(public, challenge...)); !got.has("decision") {
			t.Errorf("who cannot prove which app they are is always asked about: %d", got.status)
		}
	})
}

func TestTheFormCarriesNothingButTheAnswer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		id := b.register()
		b.add(directory.Account{ID: "eve", Email: "eve@example.com", DisplayName: "Eve"}, b.home)
		w := b.signed("ada")
		got := w.post(ask(id), "account", "ada", "decision", "allow", "scope", "write:user", "redirect_uri", "https://evil.example", "client_id", "x", "state", "y", "site", "z")
		grants, err := b.oauth.Grants(t.Context(), b.site.ID, "ada")
		if q := b.toApp(got); q.Get("code") == "" || err != nil || len(grants) != 1 || strings.Join(grants[0].Scopes, " ") != "offline_access read:user" {
			t.Errorf("%v %+v (%v)", q, grants, err)
		}
		// An answer for somebody who was signed in before, no answer and another one are asked again.
		for _, form := range [][]string{
			{"account", "eve", "decision", "allow"},
			{"decision", "allow"},
			{"account", "ada", "decision", "perhaps"},
			{"account", "ada"},
			{},
		} {
			if got := w.post(ask(id, "scope", "write:user"), form...); b.toApp(got) != nil || !got.has("decision") {
				t.Errorf("%v: %d", form, got.status)
			}
		}
		if b.grants() != 1 {
			t.Errorf("there are %d grants", b.grants())
		}
	})
}

func TestAMisdirectedLinkLeadsNowhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		id := b.register()
		blocked := b.register(func(r *directory.Registration) { r.Blocked = true })
		w := b.signed("ada")
		for _, path := range []string{
			"/authorize", ask("nobody"), ask(blocked), ask(id, "redirect_uri", "https://evil.example/callback"), ask(id, "redirect_uri", callback+"/"),
			ask(id, "redirect_uri", "javascript:alert(1)"), ask(id) + "&redirect_uri=https://evil.example", ask(id) + "&client_id=x",
		} {
			for _, got := range []answer{w.get(path), w.post(path, "account", "ada", "decision", "allow")} {
				if got.status != http.StatusBadRequest || got.header.Get("Location")+got.header.Get("Refresh") != "" || !got.has("This link does not work") || got.has("evil") {
					t.Errorf("%s: %d %v", path, got.status, got.header)
				}
			}
		}
		if got := w.get("/authorize?%zz"); got.status != http.StatusBadRequest || !got.has("This link does not work") {
			t.Errorf("not encoded: %d", got.status)
		}
		// What is wrong with the rest is told to the app, also to nobody signed in.
		for _, w := range []*browser{w, b.browser()} {
			for want, path := range map[string]string{
				"invalid_scope": ask(id, "scope", "everything"), "unsupported_response_type": ask(id, "response_type", "token"), "invalid_request": ask(id, "prompt", "perhaps"),
			} {
				if q := b.toApp(w.get(path)); q.Get("error") != want {
					t.Errorf("%s: %v", path, q)
				}
			}
		}
	})
}

func TestWhoMayNotUseTheSiteLetsNoAppIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		id := b.register()
		b.add(directory.Account{ID: "stranger", Email: "stranger@example.com", DisplayName: "Stranger"})
		b.add(directory.Account{ID: "customer", Type: directory.Customer, Email: "customer@example.com", DisplayName: "Customer"}, b.home)
		b.add(directory.Account{ID: "bot", Type: directory.App, DisplayName: "Bot"}, b.home)
		for _, who := range []string{"stranger", "customer", "bot"} {
			w := b.signed(who)
			for _, got := range []answer{w.get(ask(id)), w.post(ask(id), "account", who, "decision", "allow")} {
				if got.status != http.StatusForbidden || !got.has("You cannot use this site", callback+"?error=access_denied") || got.has(`value="allow"`) {
					t.Errorf("%s: %d %s", who, got.status, got.body)
				}
			}
			if q := b.toApp(w.get(ask(id, "prompt", "none"))); q.Get("error") != "access_denied" {
				t.Errorf("%s, asked of nobody: %v", who, q)
			}
		}
		if b.grants() != 0 {
			t.Error("somebody let an app in")
		}
	})
}

func TestAPersonChoosesTheSiteOfAnApp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		id := b.register()
		other, err := b.sites.Add(t.Context(), operator, site.Site{Name: dbtest.Name(t)})
		b.must(err)
		_, _, err = b.people.Register(t.Context(), other.ID, other.CloudID, operator, directory.Registration{
			ClientID: id, Kind: directory.OAuthApp, Name: "Difference Engine", RedirectURIs: []string{callback}, Scopes: []string{"read:user"},
		}, directory.AppSecrets{})
		b.must(err)
		got := b.browser().get(ask(id))
		if got.status != http.StatusOK || !got.has("On which site", b.site.Name, other.Name, "site="+other.CloudID) {
			t.Fatalf("%d %s", got.status, got.body)
		}
		for _, st := range []site.Site{b.site, other} {
			to := b.browser().get(ask(id, "site", st.CloudID)).header.Get("Location")
			if u, err := url.Parse(to); err != nil || u.Query().Get("site") != st.CloudID {
				t.Errorf("%s: %s", st.Name, to)
			}
			if got := b.browser().get("/login?site=" + st.CloudID); !got.has("Sign in to <bdi>" + st.Name) {
				t.Error(got.body)
			}
		}
		w := b.signed("ada")
		if got := w.get(ask(id)); !got.has("decision", "ada@example.com", "Another site", other.Name) {
			t.Errorf("%d %s", got.status, got.body)
		}
		// A session is for its own site only, whatever the form says.
		got = w.post(ask(id, "site", other.CloudID), "account", "ada", "decision", "allow")
		if got.status != http.StatusSeeOther || b.toApp(got) != nil {
			t.Errorf("%d %v", got.status, got.header)
		}
		for _, path := range []string{"/login?site=nothing", "/login?site=" + other.Name} {
			if got := w.get(path); got.status != http.StatusNotFound {
				t.Errorf("%s: %d", path, got.status)
			}
		}
	})
}
