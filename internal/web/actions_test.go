package web_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/rosterhq/roster/internal/action"
	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/web"
)

// listener answers for the API, and keeps what it is asked.
type listener struct {
	mu     sync.Mutex
	asked  []*http.Request
	bodies []string
	status int
	answer string
}

func (l *listener) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	body := ""
	if r.Body != nil {
		text, _ := io.ReadAll(r.Body)
		body = string(text)
	}
	l.asked, l.bodies = append(l.asked, r), append(l.bodies, body)
	return &http.Response{StatusCode: l.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(l.answer)), Request: r}, nil
}

func (l *listener) serves(s *web.Server) { s.API = l }

var asBrowser = http.Header{"Accept": {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}}

func (w *browser) look(path string) answer { return w.do(http.MethodGet, path, nil, asBrowser) }

func TestActionsAreAPageForBrowsersAndNotForPrograms(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		w := b.signed("ada")
		for accept, page := range map[string]bool{
			asBrowser.Get("Accept"): true, "text/html": true, "TEXT/HTML;q=0.3, application/json;q=0.2": true,
			"": false, "*/*": false, "application/json": false, "text/html;q=0.1, application/json": false, "text/html;q=0": false, "text/html;q=x": false,
		} {
			for _, path := range []string{"/actions", "/actions/confluence.getUser"} {
				got := w.do(http.MethodGet, path, nil, http.Header{"Accept": {accept}})
				if isPage := got.status == http.StatusOK && got.has("Get user") && got.header.Get("Vary") == "Accept"; isPage != page || !page && got.status != http.StatusNotFound {
					t.Errorf("%s of %q: %d", path, accept, got.status)
				}
			}
		}
		if got := b.browser().look("/actions/mail.send"); got.status != http.StatusSeeOther || !strings.Contains(got.header.Get("Location"), "login?next=%2Factions%2Fmail.send") {
			t.Error(got.status, got.header)
		}
		if got := w.look("/actions/confluence.nothing"); got.status != http.StatusNotFound || !got.has("There is no action") {
			t.Error(got.status)
		}
	})
}

func TestActionsAreFoundByTheirWords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newBed(t, d).signed("ada")
		got := w.look("/actions?q=Mail+SEND")
		if !got.has("mail.send") || got.has("confluence.getUser") {
			t.Error("mail.send is not what is found")
		}
		part := w.do(http.MethodGet, "/actions?q=nothing+of+the+kind", nil, http.Header{"Hx-Request": {"true"}, "Hx-Target": {"found"}})
		if part.status != http.StatusOK || part.has("<html") || !part.has("No action has all these words") {
			t.Error(part)
		}
		if got := w.look("/actions?q=" + "%3Cscript%3E%00%ff"); got.status != http.StatusOK || got.has("<script>") {
			t.Error(got.status)
		}
	})
}

func TestThePageOfAnActionSaysAllThatIsKnownOfIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newBed(t, d, new(listener).serves).signed("ada")
		for _, a := range action.All(api.Actions()) {
			got := w.look("/actions/" + a.Name)
			if got.status != http.StatusOK || !got.has(a.Title, a.Name) {
				t.Fatalf("%s: %d", a.Name, got.status)
			}
			for _, p := range a.Parameters {
				if !got.has("<code>" + p.Name + "</code>") {
					t.Errorf("%s says nothing of %s", a.Name, p.Name)
				}
				for _, v := range p.Values {
					if !got.has("<dt><code>" + v.Value + "</code></dt>") {
						t.Errorf("%s says nothing of %s=%s", a.Name, p.Name, v.Value)
					}
				}
			}
			_, id, _ := strings.Cut(a.Name, ".")
			if described := got.has(`href="../docs/` + id + `"`); described != (a.Method != "") {
				t.Errorf("%s leads to the reference: %t", a.Name, described)
			}
			if runnable := got.has(`class="main">Run</button>`); runnable != (a.Method != "") {
				t.Errorf("%s is runnable: %t", a.Name, runnable)
			}
			if len(got.body) > 150<<10 {
				t.Errorf("%s has %d bytes", a.Name, len(got.body))
			}
		}
		if got := w.look("/actions/confluence.getUser"); !got.has("Get User with Confluence and Send Results Via Email", `href="../workflows/get-user-and-mail"`) {
			t.Error("the workflows that use it are missing")
		}
	})
}

func TestAnActionThatReadsIsRunAtOnceWithThePersonsSessionAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := &listener{status: http.StatusOK, answer: `{"displayName":"<script>alert(1)</script>"}`}
		w := newBed(t, d, l.serves).signed("ada")
		got := w.post("/actions/confluence.getUser", "in.accountId", "ada", "in.expand", "operations", "in.expand", "", "in.expand", "personalSpace.homepage, operations")
		if got.status != http.StatusOK || !got.has("status 200", "&lt;script&gt;alert(1)") || got.has("<script>alert") {
			t.Fatal(got)
		}
		if len(l.asked) != 1 {
			t.Fatalf("%d requests", len(l.asked))
		}
		r := l.asked[0]
		held, err := r.Cookie(auth.SessionCookie)
		if err != nil || held.Value != w.held() || len(r.Cookies()) != 1 || r.Header.Get("Authorization") != "" || r.Header.Get("X-Atlassian-Token") != "no-check" {
			t.Error(r.Header, err)
		}
		if r.Method != http.MethodGet || r.URL.Path != "/wiki/rest/api/user" || r.URL.RawQuery != "accountId=ada&expand=operations%2CpersonalSpace.homepage" {
			t.Error(r.Method, r.URL)
		}
		if !strings.HasPrefix(r.RemoteAddr, "127.0.0.1:") || r.Host+r.URL.Host == "" {
			t.Error(r.RemoteAddr, r.Host)
		}
	})
}

func TestWhatChangesSomethingIsAskedAboutFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := &listener{status: http.StatusForbidden, answer: "no"}
		w := newBed(t, d, l.serves).signed("ada")
		form := []string{"in.name", `staff "1"`}
		got := w.post("/actions/confluence.createGroup", form...)
		if got.status != http.StatusOK || !got.has("Do this?", "staff &#34;1&#34;") || len(l.asked) != 0 {
			t.Fatal(got, len(l.asked))
		}
		got = w.post("/actions/confluence.createGroup", append(form, "confirmed", "yes")...)
		if got.status != http.StatusOK || !got.has("It was refused", "status 403") || len(l.asked) != 1 || l.bodies[0] != `{"name":"staff \"1\""}` {
			t.Fatal(got, l.bodies)
		}
		if got := w.do(http.MethodPost, "/actions/confluence.createGroup", values(append(form, "confirmed", "yes")), http.Header{"Origin": {"https://evil.example"}}); got.status != http.StatusForbidden || len(l.asked) != 1 {
			t.Error("another site's page ran an action", got.status)
		}
		if got := w.post("/actions/mail.send", "in.to", "a@example.com", "confirmed", "yes"); got.status != http.StatusBadRequest || len(l.asked) != 1 {
			t.Error(got.status)
		}
	})
}

func TestTheFormOfAnActionSaysBesideTheFieldWhatIsWrong(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := &listener{status: http.StatusOK}
		w := newBed(t, d, l.serves).signed("ada")
		if got := w.post("/actions/confluence.getUser"); got.status != http.StatusUnprocessableEntity || !got.has("This must be filled in.", `aria-invalid="true"`) {
			t.Error(got)
		}
		if got := w.post("/actions/confluence.getGroupMembershipsForUser", "in.accountId", "ada", "in.limit", "<many>"); got.status != http.StatusUnprocessableEntity || !got.has("is no whole number", "&lt;many&gt;") {
			t.Error(got)
		}
		if len(l.asked) != 0 {
			t.Error("something was sent")
		}
	})
}
