package web_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/web"
)

const hostileHTML = `<script>alert(1)</script><img src="https://evil.example/x"><p>Hello</p>`

// renewal finds where a part of a page is renewed from.
var renewal = regexp.MustCompile(`hx-get="([^"]+)" hx-trigger="every `)

// captive is a stand-in of which requests are noted.
func captive(s *web.Server) {
	standIn(s)
	s.Requests, s.Refusals = &explain.Log{}, &explain.Store{}
}

func TestWhatOnlyAStandInHasIsNotServedByOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newBed(t, d).signed("ada")
		for _, path := range []string{"/sites", "/sites/seed", "/inbox", "/inbox/x", "/requests"} {
			if got := w.get(path); got.status != http.StatusNotFound || !got.has("no page") {
				t.Errorf("%s: %d", path, got.status)
			}
		}
		if w.get("/profile").has(`href="sites"`) {
			t.Error("the navigation leads there")
		}
	})
}

// writes has a message in the inbox, and returns its path.
func (b *bed) writes(m mail.Message) string {
	b.t.Helper()
	var id string
	b.must(b.people.Changes.Write(b.t.Context(), b.site.ID, operator, func(tx *change.Tx) (err error) {
		id, err = b.outbox().EnqueueIn(b.t.Context(), tx, m)
		return err
	}))
	return "/inbox/" + id
}

func TestMailIsShownWithoutRunningOrFetchingAnything(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d, captive)
		w := b.signed("ada")
		m := mail.Message{From: mail.Address{Address: "roster@example.com"}, To: []mail.Address{{Address: "ada@example.com"}}, Subject: "<b>Hello</b>", Text: "Hello <i>Ada</i>", HTML: hostileHTML}
		one := b.writes(m)
		if got := w.get("/inbox"); got.status != http.StatusOK || !got.has("&lt;b&gt;Hello") || strings.Contains(got.body, "<b>Hello") {
			t.Errorf("the list: %d %.300s", got.status, got.body)
		}
		if got := w.get(one); got.status != http.StatusOK || !got.has("Hello &lt;i&gt;Ada", ` sandbox="allow-popups allow-popups-to-escape-sandbox" `) || strings.Contains(got.body, "alert(1)") {
			t.Errorf("the message: %d", got.status)
		}
		got := w.get(one + "/html")
		csp := got.header.Get("Content-Security-Policy")
		if got.body != `<!doctype html><base target="_blank">`+hostileHTML || !strings.Contains(csp, "default-src 'none'") || !strings.HasSuffix(csp, "; sandbox allow-popups allow-popups-to-escape-sandbox") || strings.Contains(csp, "script-src") {
			t.Errorf("the HTML: %d %s", got.status, csp)
		}
		if got := w.get(one + "/raw"); got.header.Get("Content-Type") != "text/plain; charset=utf-8" || got.header.Get("X-Content-Type-Options") != "nosniff" || !got.has("Message-ID:") {
			t.Errorf("as sent: %d %.300s", got.status, got.body)
		}
		if got := w.get("/inbox/nothing"); got.status != http.StatusNotFound {
			t.Errorf("no message: %d", got.status)
		}
		if got := b.browser().get("/inbox"); got.status != http.StatusSeeOther {
			t.Errorf("nobody: %d", got.status)
		}
	})
}

func TestWhatIsAnAddressInTheTextOfAMessageIsALink(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d, captive)
		w := b.signed("ada")
		for text, want := range map[string]string{
			"Open https://roster.example.org/invitation/x_1?a=1&b=%20#c.": `Open <a href="https://roster.example.org/invitation/x_1?a=1&amp;b=%20#c" target="_blank" rel="noopener noreferrer">https://roster.example.org/invitation/x_1?a=1&amp;b=%20#c</a>.`,
			"(http://a.example/), http://b.example/c!)":                   `(<a href="http://a.example/" target="_blank" rel="noopener noreferrer">http://a.example/</a>), <a href="http://b.example/c" target="_blank" rel="noopener noreferrer">http://b.example/c</a>!)`,
			`http://a.example/"onclick="alert(1)`:                         `<a href="http://a.example/" target="_blank" rel="noopener noreferrer">http://a.example/</a>&#34;onclick=&#34;alert(1)`,
			"http://a.example/<script>":                                   `<a href="http://a.example/" target="_blank" rel="noopener noreferrer">http://a.example/</a>&lt;script&gt;`,
			"javascript:alert(1) data:text/html,x //a.example":            "javascript:alert(1) data:text/html,x //a.example",
			"https://аpple.example/ https://a.example/\u202egpj http://":  "https://аpple.example/ https://a.example/\u202egpj http://",
			"https://[a https://%zz/":                                     "https://[a https://%zz/",
		} {
			m := mail.Message{From: mail.Address{Address: "roster@example.com"}, To: []mail.Address{{Address: "ada@example.com"}}, Subject: "An address", Text: text}
			if got := w.get(b.writes(m)); !got.has(`<pre class="letter-text" tabindex="0">` + want + `</pre>`) {
				t.Errorf("%q: %s", text, got.body[strings.Index(got.body, "<pre"):])
			}
		}
	})
}

func TestTheInboxComesInPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d, captive)
		w := b.signed("ada")
		for i := range 101 {
			b.enqueue(fmt.Sprintf("Letter %d.", i), "ada@example.com")
		}
		first := w.get("/inbox")
		next := nextLink.FindStringSubmatch(first.body)
		if next == nil || strings.Count(first.body, "<tr><th") != 101 || !first.has("Letter 100.") || first.has("Letter 0.") {
			t.Fatalf("%d %s", first.status, first.body)
		}
		if last := w.get("/inbox" + strings.ReplaceAll(next[1], "&amp;", "&")); !last.has("Letter 0.") || nextLink.MatchString(last.body) || renewal.MatchString(last.body) {
			t.Errorf("%d %s", last.status, last.body)
		}
		part := http.Header{"HX-Request": {"true"}, "HX-Target": {"messages"}}
		again := "/" + html.UnescapeString(renewal.FindStringSubmatch(first.body)[1])
		if got := w.do(http.MethodGet, again, nil, part); got.status != http.StatusNoContent {
			t.Errorf("nothing is new: %d", got.status)
		}
		b.enqueue("The newest letter.", "ada@example.com")
		if got := w.do(http.MethodGet, again, nil, part); got.status != http.StatusOK || !got.has("The newest letter.") || got.has("<html") {
			t.Errorf("a letter is new: %d %.300s", got.status, got.body)
		}
		for _, odd := range []string{"x", "1.x"} {
			if got := w.get("/inbox?after=" + odd); got.status != http.StatusBadRequest {
				t.Errorf("%s: %d", odd, got.status)
			}
		}
	})
}

func TestASiteIsReachedWithoutASlashToo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d, standIn)
		base := "/_site/" + b.site.Name
		for path, want := range map[string]string{base: "./" + b.site.Name + "/login", base + "/": "./login"} {
			if got := b.browser().get(path); got.status != http.StatusSeeOther || got.header.Get("Location") != want {
				t.Errorf("%s for nobody: %d %s", path, got.status, got.header.Get("Location"))
			}
		}
		if got := b.signed("ada").get(base); got.header.Get("Location") != "./"+b.site.Name+"/profile" {
			t.Errorf("for a person: %d %s", got.status, got.header.Get("Location"))
		}
		if got := b.browser().do(http.MethodPut, base, nil, nil); got.status != http.StatusMethodNotAllowed || !got.has(`href="`+b.site.Name+`/_roster/assets/`) {
			t.Errorf("what is not answered: %d %s", got.status, got.body)
		}
	})
}

func TestRequestsAreShownWithWhyTheyWereRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var s *web.Server
		b := newBed(t, d, captive, func(of *web.Server) { s = of })
		refusals, requests := s.Refusals, s.Requests
		id := refusals.Keep(explain.Refusal{Site: b.site.ID, At: time.Now(), Check: explain.Scope, Reason: "It has <no> scope."})
		requests.Add(explain.Request{Site: b.site.ID, Method: "GET", ID: "request-7", Operation: "getUser", Path: "/wiki/rest/api/user", Status: 403, Refusal: id, CallerKind: "person", AccountID: "ada"})
		requests.Add(explain.Request{Site: b.site.ID, Method: "GET", Path: "/wiki/rest/api/<usr>", Status: 404})
		requests.Add(explain.Request{Site: b.site.ID, Method: "GET", Path: "/openapi.json", Status: 200})
		requests.Add(explain.Request{Site: b.site.ID, Method: "GET", Operation: "getCurrentUser", Status: 200})
		requests.Add(explain.Request{Site: b.site.ID + 1, Method: "GET", Operation: "searchUser", Status: 200})
		w := b.signed("ada")
		if got := w.get("/requests"); !got.has("getUser", "getCurrentUser", "It has &lt;no&gt; scope.", "GET <bdi>/wiki/rest/api/user</bdi>", "/wiki/rest/api/&lt;usr&gt;", "request-7", "<bdi>Ada</bdi>") || got.has("searchUser") || got.has("openapi.json") {
			t.Errorf("%.3000s", got.body)
		}
		if got := w.get("/requests?show=all"); !got.has("/openapi.json", "getCurrentUser", "&amp;show=all\" hx-trigger") {
			t.Errorf("all: %.3000s", got.body)
		}
		part := w.do(http.MethodGet, "/requests?show=refused", nil, http.Header{"HX-Request": {"true"}, "HX-Target": {"log"}})
		if part.has("getCurrentUser") || part.has("<html") || !part.has("getUser") {
			t.Errorf("%.3000s", part.body)
		}
		renewed := func(path string) answer {
			return w.do(http.MethodGet, html.UnescapeString(path), nil, http.Header{"HX-Request": {"true"}, "HX-Target": {"log"}})
		}
		again := "/" + renewal.FindStringSubmatch(part.body)[1]
		if got := renewed(again); got.status != http.StatusNoContent || got.body != "" {
			t.Errorf("nothing is new: %d %.300s", got.status, got.body)
		}
		if got := w.get(html.UnescapeString(again)); got.status != http.StatusOK || !got.has("Pause updates") {
			t.Errorf("as a page: %d %.300s", got.status, got.body)
		}
		requests.Add(explain.Request{Site: b.site.ID, Method: "GET", Operation: "getGroups", Status: 404})
		if got := renewed(again); got.status != http.StatusOK || !got.has("getGroups") || got.has(again) {
			t.Errorf("something is new: %d %.3000s", got.status, got.body)
		}
	})
}

func TestAStandInWithoutASeedSaysThatItMakesNoSites(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newBed(t, d, standIn).signed("ada")
		if got := w.get("/sites"); got.status != http.StatusNotFound || !got.has("cannot be changed") {
			t.Errorf("%d", got.status)
		}
	})
}
