package api

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

// form is the header of a form that a browser sends from our own page.
func form() http.Header {
	return http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}
}

func fills(name string) string { return url.Values{"displayName": {name}}.Encode() }

var shownToken = regexp.MustCompile(`<input id="token" value="(roster_[0-9A-Za-z_]+)" readonly`)

func (s *testSite) accepts(link, name string) response {
	s.t.Helper()
	return s.ask(ask{method: "POST", path: link, body: fills(name), header: form()})
}

func TestAcceptingMakesAnAccountWhoseTokenIsShownOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		link := s.invited(person, "Grace.Hopper@Example.com")
		if page := s.get("", link); page.status != 200 || !strings.Contains(page.body, "Grace.Hopper@Example.com") || !strings.Contains(page.body, `<form method="post">`) {
			t.Fatalf("%d %s", page.status, page.body)
		}
		got := s.accepts(link, " Grace <b>Hopper</b> ")
		token := shownToken.FindStringSubmatch(got.body)
		if got.status != 200 || token == nil || strings.Contains(got.body, "<b>") {
			t.Fatalf("%d %s", got.status, got.body)
		}
		s.secrets["grace"] = token[1]
		me, err := s.as("grace").Users.Current(t.Context(), "operations")
		if err != nil || me.DisplayName != "Grace <b>Hopper</b>" || me.Email != "Grace.Hopper@Example.com" || len(me.Operations) == 0 {
			t.Errorf("%+v (%v)", me, err)
		}
		again := s.get("", link)
		if again.status != 404 || strings.Contains(again.body, "Grace") || strings.Contains(again.body, token[1]) {
			t.Errorf("again: %d %s", again.status, again.body)
		}
		access, err := s.as(person).Users.CheckAccess(t.Context(), []string{"grace.hopper@example.com"})
		if err != nil || len(access.EmailsWithoutAccess) != 0 {
			t.Errorf("%+v (%v)", access, err)
		}
	})
}

func TestWhateverStandsAgainstAnInvitationThePageIsTheSame(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d := opened(t, url)
		s, other := newSite(t, d), newSite(t, d)
		links := map[string]string{
			"unknown": directory.InvitationPath + "roster_inv_nothing", "empty": directory.InvitationPath, "odd": directory.InvitationPath + "%00%ff/../x",
			"of another site": other.invited(person, "new@example.com"),
		}
		expires, used, revoked, overtaken := s.invited(person, "a@example.com"), s.invited(person, "b@example.com"), s.invited(person, "c@example.com"), s.invited(person, "d@example.com")
		if got := s.accepts(used, "B"); got.status != 200 {
			t.Fatal(got)
		}
		if _, err := s.dir.RevokeInvitation(t.Context(), s.ID, operator, "c@example.com"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.dir.Add(t.Context(), s.ID, operator, directory.Account{DisplayName: "D", Email: "d@example.com"}, groupID("users")); err != nil {
			t.Fatal(err)
		}
		links["used"], links["revoked"], links["expired"] = used, revoked, expires
		if got := s.accepts(overtaken, "D"); got.status != 404 {
			t.Errorf("accepted for somebody who has access: %d", got.status)
		}
		if s.get("", expires).status != 200 {
			t.Error("expires early")
		}
		s.ahead.Store(int64(7*24*time.Hour + time.Minute))
		want := s.get("", links["unknown"])
		for what, link := range links {
			for _, got := range []response{s.get("", link), s.accepts(link, "Eve")} {
				if got.status != 404 || got.body != want.body || !strings.Contains(got.body, "This invitation is no longer valid.") || !strings.Contains(got.body, `/login">sign in</a>`) {
					t.Errorf("%s: %d %s", what, got.status, got.body)
				}
			}
		}
	})
}

func TestOnlyOneOfManyWhoAcceptAtOnceGetsIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		link := s.invited(person, "new@example.com")
		statuses := make([]int, 50)
		var all sync.WaitGroup
		for i := range statuses {
			all.Go(func() { statuses[i] = s.accepts(link, "New").status })
		}
		all.Wait()
		won := 0
		for _, status := range statuses {
			switch status {
			case 200:
				won++
			case 404:
			default:
				t.Errorf("status %d", status)
			}
		}
		tokens, err := s.dir.Tokens(t.Context(), s.ID, "")
		if err != nil || won != 1 || len(tokens) != len(roles)+1 {
			t.Errorf("%d got in, %d tokens (%v)", won, len(tokens)-len(roles), err)
		}
	})
}

func TestADeactivatedPersonComesBackByAnAdministratorsInvitation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		got := s.accepts(s.invited(admin, "deactivated@example.com"), "Somebody Else")
		a, err := s.dir.Account(t.Context(), s.ID, accountID(deactivated))
		if err != nil || got.status != 200 || a.Status != directory.Active || a.DisplayName != "Full deactivated" || !strings.Contains(got.body, a.ID) {
			t.Errorf("%d %+v (%v)", got.status, a, err)
		}
		// Who is active already has credentials; they only get to use the site.
		got = s.accepts(s.invited(person, "unlicensed@example.com"), "Whoever")
		if got.status != 200 || shownToken.MatchString(got.body) {
			t.Errorf("%d %s", got.status, got.body)
		}
		if _, err := s.as(unlicensed).Users.Current(t.Context()); err != nil {
			t.Error(err)
		}
		// An address whose account was closed becomes a new account.
		got = s.accepts(s.invited(admin, "closed@example.com"), "New")
		if got.status != 200 || strings.Contains(got.body, accountID(closed)) {
			t.Errorf("%d %s", got.status, got.body)
		}
	})
}

func TestABadNameIsAskedForAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		link := s.invited(person, "new@example.com")
		for name, want := range map[string]string{
			"": "is empty", "  ": "is empty", strings.Repeat("x", 256): "longer than 255", "a\r\nBcc: b": "control character", "\x00": "control character", "\xff": "UTF-8",
		} {
			if got := s.accepts(link, name); got.status != 400 || !strings.Contains(got.body, want) || !strings.Contains(got.body, "<form") {
				t.Errorf("%.20q: %d %s", name, got.status, got.body)
			}
		}
		if got := s.ask(ask{method: "POST", path: link, body: fills(strings.Repeat("x", 1<<20)), header: form()}); got.status != 400 {
			t.Errorf("a mebibyte: %d", got.status)
		}
		if got := s.ask(ask{method: "PUT", path: link}); got.status != 405 || got.header.Get("Allow") != "GET, HEAD, POST" {
			t.Errorf("PUT: %d %v", got.status, got.header)
		}
		if got := s.accepts(link, "New"); got.status != 200 {
			t.Errorf("afterwards: %d", got.status)
		}
	})
}

func TestAnotherSitesFormIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		link := s.invited(person, "new@example.com")
		for _, from := range []http.Header{
			{"Sec-Fetch-Site": {"cross-site"}},
			{"Sec-Fetch-Site": {"same-site"}},
			{"Origin": {"https://evil.example"}},
			{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"null"}},
		} {
			from.Set("Content-Type", "application/x-www-form-urlencoded")
			if got := s.ask(ask{method: "POST", path: link, body: fills("New"), header: from}); got.status != 403 {
				t.Errorf("%v: %d", from, got.status)
			}
			from.Set("Content-Type", "application/json")
			if got := s.ask(ask{method: "POST", path: acceptPath, body: `{"token":"` + secretOf(link) + `","displayName":"New"}`, header: from}); got.status != 403 {
				t.Errorf("%v: %d", from, got.status)
			}
		}
		// A browser that knows no Sec-Fetch-Site, or does without as there is no TLS, calls the origin of our page null.
		header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Origin": {"null"}}
		if got := s.ask(ask{method: "POST", path: link, body: fills("New"), header: header}); got.status != 200 {
			t.Errorf("our own page: %d", got.status)
		}
	})
}

func secretOf(link string) string { return strings.TrimPrefix(link, directory.InvitationPath) }

func TestThePageLetsNothingInAndNothingOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		link := s.invited(person, "new@example.com")
		for _, got := range []response{s.get("", link), s.accepts(link, ""), s.accepts(link, "New"), s.get("", link)} {
			for name, want := range map[string]string{
				"Content-Security-Policy": invitationPolicy, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
				"X-Content-Type-Options": "nosniff", "Content-Type": "text/html; charset=utf-8",
			} {
				if got.header.Get(name) != want {
					t.Errorf("%d: %s is %q", got.status, name, got.header.Get(name))
				}
			}
			body := strings.Replace(got.body, "<script>"+invitationScript+"</script>", "", 1)
			for _, never := range []string{"<script", "src=", "<link", "@import", "url(", "style=", "javascript:"} {
				if strings.Contains(body, never) {
					t.Errorf("%d: the page holds %s", got.status, never)
				}
			}
		}
		if strings.Contains(invitationPolicy, "unsafe") {
			t.Error(invitationPolicy)
		}
	})
}

func TestAProgramAcceptsWithoutThePage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		secret := secretOf(s.invited(person, "new@example.com"))
		accept := func(body string) response { return s.ask(ask{method: "POST", path: acceptPath, body: body}) }
		for body, want := range map[string]int{
			`{}`: 400, `{"token":"x"}`: 400, `{"token":"x","displayName":"New"}`: 404, `[`: 400, `{"token":"` + secret + `","displayName":" "}`: 400,
			`{"token":"` + secret + `","displayName":"New","groups":["site-admins"]}`: 400,
		} {
			if got := accept(body); got.status != want || !json.Valid([]byte(got.body)) {
				t.Errorf("%s: %d %s", body, got.status, got.body)
			}
		}
		got := accept(`{"token":"` + secret + `","displayName":"New"}`)
		var out struct{ AccountID, APIToken string }
		if err := json.Unmarshal([]byte(got.body), &out); err != nil || got.status != 201 || out.AccountID == "" {
			t.Fatalf("%d %s", got.status, got.body)
		}
		me, err := s.sdk(s.baseSite, confluence.WithHTTPClient(s.client), confluence.WithBasicAuth("new@example.com", out.APIToken)).Users.Current(t.Context())
		if err != nil || me.AccountID != out.AccountID {
			t.Errorf("%+v (%v)", me, err)
		}
		if got := accept(`{"token":"` + secret + `","displayName":"New"}`); got.status != 404 {
			t.Errorf("again: %d", got.status)
		}
		if got := s.get(person, acceptPath); got.status != 405 || got.header.Get("Allow") != "POST" {
			t.Errorf("GET: %d", got.status)
		}
	})
}

func TestNeitherSecretsNorAddressesOfInvitationsAreLogged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		var log lockedBuffer
		s.handler.(*Server).Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		link := s.invited(person, "new@example.com")
		s.get("", link)
		got := s.accepts(link, "New")
		token := shownToken.FindStringSubmatch(got.body)
		s.get("", link)
		s.ask(ask{method: "POST", path: acceptPath, body: `{"token":"` + secretOf(link) + `","displayName":"New"}`})
		text := log.String()
		if token == nil || strings.Contains(text, secretOf(link)) || strings.Contains(text, token[1]) || strings.Contains(text, "new@example.com") || !strings.Contains(text, "status=404") {
			t.Errorf("%v\n%s", token, text)
		}
	})
}

// lockedBuffer is what a log is written to by many.
type lockedBuffer struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.out.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.out.String()
}
