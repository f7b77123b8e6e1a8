package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

func TestAnotherSitesPageCanDoNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d, standIn)
		b.setPassword("ada", password)
		id := b.register()
		w := b.signed("ada")
		secret := w.held()
		for _, from := range []http.Header{
			{"Sec-Fetch-Site": {"cross-site"}},
			{"Sec-Fetch-Site": {"same-site"}},
			{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"null"}},
			{"Origin": {"null"}},
			{"Origin": {"https://evil.example"}},
			{"Origin": {"http://evil.example" + strings.TrimPrefix(b.url, "http://")}},
			{"Origin": {strings.Replace(b.url, "http://", "http://evil.", 1)}},
			{"Origin": {b.url + "1"}},
			{"Origin": {"https://evil.example"}, "Content-Type": {"text/plain"}},
		} {
			for path, form := range map[string][]string{
				"/login": {"email", "ada@example.com", "password", password}, "/login/as": {"account", "ada"}, "/logout": nil, "/logout?everywhere=1": nil,
				ask(id): {"account", "ada", "decision", "allow"}, ask(id, "prompt", "consent"): {"account", "ada", "decision", "allow"},
			} {
				header := from.Clone()
				if header.Get("Origin") == "" {
					header.Set("Origin", b.url)
				}
				got := w.do(http.MethodPost, path, values(form), header)
				if got.status != http.StatusForbidden || !got.has("Another site sent this") || got.header.Get("Set-Cookie") != "" || got.header.Get("Access-Control-Allow-Origin") != "" {
					t.Errorf("%s from %v: %d %v", path, from, got.status, got.header)
				}
			}
		}
		if w.held() != secret || b.sessions("ada") != 1 || b.grants() != 0 || !w.in() {
			t.Error("something was done")
		}
	})
}

func TestNoPageTakesAnotherMethodOrALargeForm(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		w := b.browser()
		for _, path := range []string{"/login", "/logout", "/authorize"} {
			for _, method := range []string{"PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"} {
				if got := w.do(method, path, nil, nil); got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") == "" {
					t.Errorf("%s %s: %d", method, path, got.status)
				}
			}
			if got := w.post(path, "email", strings.Repeat("x", 1<<20)); got.status != http.StatusBadRequest {
				t.Errorf("%s: %d", path, got.status)
			}
		}
		for _, path := range []string{"/wiki/rest/api/user/watch/label/login", "/x/login", "/login/", "/login/as", "/Login", "/_site/x/login", "/ex/confluence/" + b.site.CloudID + "/login", "/_roster/assets/x"} {
			if got := w.get(path); got.status != http.StatusNotFound || got.header.Get("Content-Security-Policy") != "" {
				t.Errorf("%s: %d", path, got.status)
			}
		}
	})
}

var linked = regexp.MustCompile(`(?:href|src|action)="([^"]*)"`)

func TestPagesLetNothingInAndStoredTextIsInert(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d, standIn)
		for i, text := range []string{`<img src=x onerror=alert(1)>`, `"><script>alert(1)</script>`, `javascript:alert(1)`, `"};alert(1)//`, `{{.}}`, `' onfocus='alert(1)`} {
			id := string(rune('a'+i)) + "-odd"
			b.add(directory.Account{ID: id, Email: id + "@example.com", DisplayName: text}, b.home)
			b.add(directory.Account{ID: id + "2", Email: id + "2@example.com", DisplayName: text})
			app := b.register(func(r *directory.Registration) { r.Name = text })
			w, stranger := b.signed(id), b.signed(id+"2")
			for what, got := range map[string]answer{
				"account": w.get("/login"), "people": w.get("/login?again"), "consent": w.get(ask(app)), "barred": stranger.get(ask(app)),
				"search": w.get("/login?again&" + url.Values{"search": {text}, "next": {"/" + text}, "site": {b.site.CloudID}}.Encode()), "leave": w.post(ask(app), "account", id, "decision", "allow"),
				"site": w.get("/login?" + url.Values{"site": {text}}.Encode()), "wrong": w.post("/login?again", "email", text, "password", text),
				"problem": w.get("/authorize?" + url.Values{"client_id": {text}}.Encode()),
			} {
				policy := got.header.Get("Content-Security-Policy")
				if got.header.Get("Content-Type") != "text/html; charset=utf-8" || got.header.Get("X-Content-Type-Options") != "nosniff" ||
					got.header.Get("X-Frame-Options") != "DENY" || got.header.Get("Cache-Control") != "no-store" || got.header.Get("Referrer-Policy") == "" {
					t.Errorf("%s: %v", what, got.header)
				}
				if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") || !strings.Contains(policy, "base-uri 'none'") ||
					!strings.Contains(policy, "form-action 'self'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") || strings.Contains(policy, "script") {
					t.Errorf("%s: %s", what, policy)
				}
				for _, never := range []string{"<script", "<img", "<style", "style=", "' onfocus='", `href="javascript:`, "ZgotmplZ"} {
					if strings.Contains(got.body, never) {
						t.Errorf("%s holds %s:\n%s", what, never, got.body)
					}
				}
				for _, to := range linked.FindAllStringSubmatch(got.body, -1) {
					if strings.Contains(to[1], ":") && !strings.HasPrefix(to[1], callback+"?") || strings.HasPrefix(to[1], "/") {
						t.Errorf("%s leads to %s", what, to[1])
					}
				}
			}
		}
	})
}

func TestTheStylesheetIsKeptForGood(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d, standIn)
		w := b.browser()
		for _, base := range []string{"", "/_site/" + b.site.Name} {
			sheet := regexp.MustCompile(`href="(_roster/assets/style\.[0-9a-f]{16}\.css)"`).FindStringSubmatch(w.get(base + "/login").body)
			if sheet == nil {
				t.Fatal("there is no stylesheet")
			}
			got := w.get(base + "/" + sheet[1])
			if got.status != http.StatusOK || got.header.Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(got.header.Get("Cache-Control"), "immutable") ||
				!got.has("prefers-color-scheme: dark") || got.has("url(") || got.has("@import") {
				t.Errorf("%d %v", got.status, got.header)
			}
		}
	})
}
