package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/web"
)

const hostileHTML = `<script>alert(1)</script><img src="https://evil.example/x"><p>Hello</p>`

// captive is a stand-in that has kept one message.
func captive(s *web.Server) {
	standIn(s)
	s.Captured = func(context.Context, int64) ([]mail.Message, error) {
		return []mail.Message{{
			ID: "01890a5d-ac96-774b-bcce-b302099a8057", From: mail.Address{Address: "roster@example.com"}, To: []mail.Address{{Address: "ada@example.com"}},
			Subject: "<b>Hello</b>", Text: "Hello <i>Ada</i>", HTML: hostileHTML, Date: time.Unix(0, 0), Delivery: mail.AtLeastOnce,
		}}, nil
	}
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

func TestMailIsShownWithoutRunningOrFetchingAnything(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d, captive)
		w := b.signed("ada")
		const one = "/inbox/01890a5d-ac96-774b-bcce-b302099a8057"
		if got := w.get("/inbox"); got.status != http.StatusOK || !got.has("&lt;b&gt;Hello") || strings.Contains(got.body, "<b>Hello") {
			t.Errorf("the list: %d %.300s", got.status, got.body)
		}
		if got := w.get(one); got.status != http.StatusOK || !got.has("Hello &lt;i&gt;Ada", " sandbox ") || strings.Contains(got.body, "alert(1)") {
			t.Errorf("the message: %d", got.status)
		}
		got := w.get(one + "/html")
		csp := got.header.Get("Content-Security-Policy")
		if got.body != hostileHTML || !strings.Contains(csp, "default-src 'none'") || !strings.HasSuffix(csp, "; sandbox") || strings.Contains(csp, "script-src") {
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

func TestRequestsAreShownWithWhyTheyWereRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var s *web.Server
		b := newBed(t, d, captive, func(of *web.Server) { s = of })
		refusals, requests := s.Refusals, s.Requests
		id := refusals.Keep(explain.Refusal{Site: b.site.ID, At: time.Now(), Check: explain.Scope, Reason: "It has <no> scope."})
		requests.Add(explain.Request{Site: b.site.ID, Method: "GET", Operation: "getUser", Route: "/wiki/rest/api/user", Status: 403, Refusal: id})
		requests.Add(explain.Request{Site: b.site.ID, Method: "GET", Operation: "getCurrentUser", Status: 200})
		requests.Add(explain.Request{Site: b.site.ID + 1, Method: "GET", Operation: "searchUser", Status: 200})
		w := b.signed("ada")
		if got := w.get("/requests"); !got.has("getUser", "getCurrentUser", "It has &lt;no&gt; scope.") || strings.Contains(got.body, "searchUser") {
			t.Errorf("%.3000s", got.body)
		}
		part := w.do(http.MethodGet, "/requests?show=refused", nil, http.Header{"HX-Request": {"true"}, "HX-Target": {"log"}})
		if part.has("getCurrentUser") || part.has("<html") || !part.has("getUser") {
			t.Errorf("%.3000s", part.body)
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
