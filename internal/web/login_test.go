package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/web"
)

func TestEverySignInHasASecretOfItsOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		b.setPassword("ada", password)
		w := b.browser()
		planted := directory.NewSecret(b.site.CloudID)
		w.hold(planted)
		got := w.post("/login", "email", "Ada@Example.com", "password", password)
		if got.status != http.StatusSeeOther || got.header.Get("Location") != "./" {
			t.Fatalf("%d %v\n%s", got.status, got.header, got.body)
		}
		set := got.header.Get("Set-Cookie")
		for _, want := range []string{"roster_session=roster_", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age=1209600"} {
			if !strings.Contains(set, want) {
				t.Errorf("the cookie %s has no %s", set, want)
			}
		}
		if strings.Contains(set, "Secure") {
			t.Errorf("%s is not kept where there is no TLS", set)
		}
		first := w.held()
		if first == planted || !w.in() {
			t.Errorf("the session is %s", first)
		}
		w.post("/login", "email", "ada@example.com", "password", password)
		if w.held() == first || b.sessions("ada") != 1 {
			t.Errorf("there are %d sessions", b.sessions("ada"))
		}
		old := b.browser()
		old.hold(first)
		if old.in() {
			t.Error("the session before goes on")
		}
	})
}

func TestACookieOfASiteWithTLSIsSentOverTLSOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		b.setPassword("ada", password)
		b.serve(func(s *web.Server) { s.PublicURL = "https://people.example" })
		got := b.browser().post("/login", "email", "ada@example.com", "password", password)
		if set := got.header.Get("Set-Cookie"); !strings.Contains(set, "; Secure") {
			t.Errorf("%d %s", got.status, set)
		}
	})
}

// Neither what is said nor the status tells who there is.
func TestWhateverIsWrongWithASignInTheAnswerIsTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		for id, status := range map[string]directory.Status{"inactive": directory.Inactive, "closed": directory.Closed} {
			b.add(directory.Account{ID: id, Email: id + "@example.com", DisplayName: id})
			b.setPassword(id, password)
			b.setStatus(id, status)
		}
		b.add(directory.Account{ID: "none", Email: "none@example.com", DisplayName: "None"}, b.home)
		b.setPassword("ada", password)
		want := ""
		for _, with := range [][2]string{
			{"ada@example.com", "wrong"},
			{"nobody@example.com", password},
			{"inactive@example.com", password},
			{"closed@example.com", password},
			{"none@example.com", password},
			{"none@example.com", ""},
			{"ada@example.com", ""},
			{"", ""},
			{"ada", password},
			{"ada@example.com\x00", password},
			{"\xff", "\xff"},
			{"' OR 1=1 --", "' OR 1=1 --"},
			{"ada@example.com", password + " "},
			{"ada@example.com", strings.Repeat("x", 2000)},
			{strings.Repeat("x", 10_000) + "@example.com", password},
		} {
			w := b.browser()
			got := w.post("/login", "email", with[0], "password", with[1])
			body := strings.Replace(got.body, fmt.Sprintf(`type="email" value="%s"`, escaped(with[0])), `type="email" value=""`, 1)
			body = strings.ReplaceAll(body, " autofocus", "")
			if want == "" {
				want = body
			}
			if got.status != http.StatusForbidden || w.held() != "" || !got.has("is wrong") || body != want && with[0] != "\xff" && with[0] != "ada@example.com\x00" {
				t.Errorf("%.40q: %d %s", with, got.status, got.body)
			}
			b.ahead.Add(int64(2 * time.Minute)) // so that nothing is slowed down
		}
	})
}

func escaped(text string) string {
	return strings.NewReplacer("'", "&#39;", "\x00", "\ufffd").Replace(text)
}

func TestGuessingPasswordsIsSlowedDownTheSameForAnybody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		b.setPassword("ada", password)
		stopped := time.Now()
		b.people.Changes.Now = func() time.Time { return stopped.Add(time.Duration(b.ahead.Load())) }
		b.serve()
		w := b.browser()
		guess := func(email, password string) answer { return w.post("/login", "email", email, "password", password) }
		for _, email := range []string{"ada@example.com", "nobody@example.com"} {
			for i := range 5 {
				if got := guess(email, "wrong"); got.status != http.StatusForbidden {
					t.Fatalf("%s, guess %d: %d", email, i, got.status)
				}
			}
			for _, wait := range []int{1, 2, 4, 8} {
				for _, with := range []string{"wrong", password} {
					got := guess(strings.ToUpper(email), with)
					if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") != strconv.Itoa(wait) || !got.has("too many attempts") {
						t.Errorf("%s: %d %s, not %d", email, got.status, got.header.Get("Retry-After"), wait)
					}
				}
				b.ahead.Add(int64(time.Duration(wait) * time.Second))
				if got := guess(email, "wrong"); got.status != http.StatusForbidden {
					t.Errorf("%s after the wait: %d", email, got.status)
				}
			}
		}
		b.ahead.Add(int64(16 * time.Second))
		if got := guess("ada@example.com", password); got.status != http.StatusSeeOther {
			t.Errorf("%d %s", got.status, got.body)
		}
		// Who was right starts anew.
		if got := guess("ada@example.com", "wrong"); got.status != http.StatusForbidden {
			t.Errorf("%d", got.status)
		}
		// One network cannot go through everybody's address either.
		waited := false
		for i := range 40 {
			waited = waited || guess(fmt.Sprintf("p%d@example.com", i), "wrong").status == http.StatusTooManyRequests
		}
		if !waited {
			t.Error("many addresses are tried freely")
		}
	})
}

func TestNobodyIsSentToAnotherServer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d, standIn)
		at, err := url.Parse(b.url + "/login/as")
		b.must(err)
		for next, want := range map[string]string{
			"": "/", "/": "/", "/wiki/people?x=//y": "/wiki/people?x=//y", "/login?again": "/login?again",
			"//evil.example": "/", `/\evil.example`: "/", `\/evil.example`: "/", "/%2f%2fevil.example": "/", "/%2F/evil.example": "/",
			"/%5cevil.example": "/", "https://evil.example": "/", "https:evil.example": "/", "http:///evil.example": "/", "evil.example": "/",
			"javascript:alert(1)": "/", "/\t/evil.example": "/", "/\n/evil.example": "/", " //evil.example": "/", "/a\r\nSet-Cookie: x=y": "/",
			"/../..//evil.example": "/", "/.//evil.example": "/", "/%2e%2e//evil.example": "/", "///evil.example": "/", "/x%2f%2fy": "/",
			"/@evil.example": "/@evil.example", "/x#//evil.example": "/", "?next=x": "/", "/%252f%252fevil.example": "/", "//": "/", "/\x00": "/",
		} {
			for _, path := range []string{"/login/as", "/login/as?" + url.Values{"next": {next}}.Encode()} {
				form := []string{"account", "ada"}
				if path == "/login/as" {
					form = append(form, "next", next)
				}
				got := b.browser().post(path, form...)
				to, err := at.Parse(got.header.Get("Location"))
				if err != nil || got.status != http.StatusSeeOther || to.String() != b.url+want {
					t.Errorf("%q: %d to %v (%v)", next, got.status, to, err)
				}
			}
		}
	})
}

func TestSessionsEndAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		for what, end := range map[string]func(w *browser){
			"signed out":            func(w *browser) { w.post("/logout") },
			"signed out everywhere": func(*browser) { b.signed("ada").post("/logout?everywhere=1") },
			"a new password":        func(*browser) { b.setPassword("ada", password) },
			"ended by an operator": func(*browser) {
				_, err := b.people.EndSessions(b.t.Context(), b.site.ID, operator, "ada")
				b.must(err)
			},
			"deactivated": func(*browser) { b.setStatus("ada", directory.Inactive) },
			"too old":     func(*browser) { b.ahead.Add(int64(directory.SessionLife)) },
		} {
			b.setStatus("ada", directory.Active)
			w := b.signed("ada")
			again := b.browser()
			again.hold(w.held())
			if !again.in() {
				t.Fatalf("%s: not signed in", what)
			}
			end(w)
			if again.in() {
				t.Errorf("%s: still signed in", what)
			}
		}
	})
}

func TestAPartOfAPageIsNoPlaceToSignIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		got := newBed(t, d).browser().do(http.MethodGet, "/people?q=a", nil, http.Header{"HX-Request": {"true"}, "HX-Target": {"found"}})
		if got.status != http.StatusNoContent || got.header.Get("HX-Refresh") != "true" || got.body != "" {
			t.Errorf("%d %v\n%s", got.status, got.header, got.body)
		}
	})
}

func TestSigningOutLeavesOtherBrowsersAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		w, other := b.signed("ada"), b.signed("ada")
		got := w.post("/logout")
		if got.status != http.StatusSeeOther || got.header.Get("Location") != "./login?out" || w.held() != "" || !other.in() {
			t.Errorf("%d %v", got.status, got.header)
		}
		if got := w.get("/login?out"); !got.has("You are signed out.") {
			t.Error(got.body)
		}
		if got := w.get("/logout"); got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != "POST" {
			t.Errorf("GET: %d", got.status)
		}
	})
}

func TestOnlyAStandInSignsInWithoutAPassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		b.add(directory.Account{ID: "bot", Type: directory.App, DisplayName: "Bot"})
		if got := b.browser().post("/login/as", "account", "ada"); got.status != http.StatusNotFound || b.sessions("ada") != 0 {
			t.Errorf("serve: %d", got.status)
		}
		if got := b.browser().get("/login"); got.has("ada@example.com") || got.has("login/as") {
			t.Error(got.body)
		}
		b.serve(standIn)
		w := b.browser()
		if got := w.get("/login"); !got.has("ada@example.com", `action="login/as"`) || got.has("Bot") {
			t.Error(got.body)
		}
		if got := w.get("/login?search=zzz"); got.has("ada@example.com") || !got.has("begins so") {
			t.Error(got.body)
		}
		for account, want := range map[string]int{"bot": http.StatusBadRequest, "nobody": http.StatusNotFound, "": http.StatusNotFound} {
			if got := w.post("/login/as", "account", account); got.status != want || w.held() != "" {
				t.Errorf("%q: %d", account, got.status)
			}
		}
		// Below the site's own path every link stays there.
		if got := w.post("/_site/"+b.site.Name+"/login/as", "account", "ada@example.com"); got.header.Get("Location") != "./../" || !w.in() {
			t.Errorf("%d %v", got.status, got.header)
		}
	})
}

func TestNothingSecretIsLogged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		b.setPassword("ada", password)
		w := b.browser()
		w.post("/login", "email", "ada@example.com", "password", "not the password")
		w.post("/login", "email", "ada@example.com", "password", password)
		secret := w.held()
		w.post("/logout")
		text := b.log.String()
		for _, never := range []string{"ada@", password, "not the password", secret} {
			if secret == "" || strings.Contains(text, never) {
				t.Errorf("%q is logged:\n%s", never, text)
			}
		}
		if !strings.Contains(text, "sign-in refused") {
			t.Error(text)
		}
	})
}
