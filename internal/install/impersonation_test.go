package install_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/install"
	"github.com/rosterhq/roster/internal/oauth"
	"github.com/rosterhq/roster/internal/site"
)

// atlassians is whom the apps of real sites make their assertions for.
const atlassians = "https://oauth-2-authorization-server.services.atlassian.com"

// assertion is what an app says to act as somebody, with no more than it was told.
func (f *fake) assertion(c connect.Callback, accountID string) connect.Assertion {
	now := f.b.now()
	return connect.Assertion{ClientID: c.OAuthClientID, AccountID: accountID, Tenant: c.BaseURL, IssuedAt: now, ExpiresAt: now.Add(time.Minute)}
}

// exchange asks for the token of an assertion, and returns it or what was answered instead.
func (b *bed) exchange(signed string, more url.Values) (token string, status int, body string) {
	b.Helper()
	form := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {signed}}
	for name, values := range more {
		form[name] = values
	}
	status, _, body = b.do(http.MethodPost, b.server+oauth.AssertionPath, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, form.Encode())
	var answer struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		b.Errorf("%s: %v", body, err)
	}
	return answer.AccessToken, status, body
}

// as gets a token to act as somebody.
func (f *fake) as(c connect.Callback, accountID string) http.Header {
	f.b.Helper()
	signed, err := f.assertion(c, accountID).Sign(c.SharedSecret, atlassians)
	f.b.must(err)
	token, status, body := f.b.exchange(signed, nil)
	if status != 200 || token == "" {
		f.b.Fatalf("%d %s", status, body)
	}
	return http.Header{"Authorization": {"Bearer " + token}}
}

func (b *bed) token(st site.Site, accountID string) http.Header {
	b.Helper()
	secret := directory.NewSecret(st.CloudID)
	_, err := b.dir.AddToken(b.Context(), st.ID, operator, accountID, directory.Token{}, secret)
	b.must(err)
	return http.Header{"Authorization": {"Bearer " + secret}}
}

// approve lets an app read the addresses of people.
func (b *bed) approve(st site.Site, in install.Installation) {
	b.Helper()
	_, err := b.dir.Change(b.Context(), st.ID, operator, in.AccountID, func(a *directory.Account) error { a.EmailApproved = true; return nil })
	b.must(err)
}

// took is what two answers to one search differ in.
var took = regexp.MustCompile(`"searchDuration":\d+`)

func TestAnAppThatActsAsSomebodySeesWhatTheySee(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		st := b.site()
		f := b.app("com.example.actor", "READ", "ACT_AS_USER", "ACCESS_EMAIL_ADDRESSES")
		in := b.install(st, f)
		b.approve(st, in)
		c := f.knows(in)
		ada, bob := b.person(st, "ada"), b.person(st, "bob")
		guest, err := b.dir.Add(t.Context(), st.ID, operator, directory.Account{DisplayName: "Guest", Email: "guest@example.com", Guest: true})
		b.must(err)
		users := []directory.Account{ada, bob, guest}
		for _, who := range users {
			through, own := f.as(c, who.ID), b.token(st, who.ID)
			for _, path := range []string{
				current, "/rest/api/user?accountId=" + ada.ID, "/rest/api/user?accountId=" + bob.ID + "&expand=operations,details.personal",
				"/rest/api/user/bulk?accountId=" + ada.ID + "&accountId=" + guest.ID, "/rest/api/search/user?cql=type%3Duser",
				"/rest/api/user/memberof?accountId=" + bob.ID, "/rest/api/group", "/rest/api/user?accountId=" + in.AccountID,
			} {
				for _, base := range []string{c.BaseURL, st.GatewayURL(b.server) + "/wiki"} {
					status, _, body := b.get(base+path, through)
					want, _, wanted := b.get(base+path, own)
					if status != want || took.ReplaceAllString(body, "") != took.ReplaceAllString(wanted, "") {
						t.Errorf("%s by %s: %d %s, and by themselves %d %s", path, who.DisplayName, status, body, want, wanted)
					}
				}
			}
			if status, _, body := b.get(c.BaseURL+"/rest/api/user/email?accountId="+ada.ID, through); status == 200 {
				t.Errorf("the address of somebody by %s: %s", who.DisplayName, body)
			}
		}
		if status, body := f.call(c, "/rest/api/user/email?accountId="+ada.ID); status != 200 || !strings.Contains(body, ada.Email) {
			t.Errorf("the address by the app as itself: %d %s", status, body)
		}
	})
}

func TestAnAppActsAsSomebodyWithinItsScopesAndTheirLife(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		st := b.site()
		f := b.app("com.example.bounded", "READ", "ACT_AS_USER")
		in := b.install(st, f)
		c := f.knows(in)
		ada := b.person(st, "ada")
		through := f.as(c, ada.ID)
		call := func(method, path string) int {
			t.Helper()
			through.Set("Content-Type", "application/json")
			status, _, _ := b.do(method, c.BaseURL+path, through, `{"value":{}}`)
			return status
		}
		properties := "/rest/api/user/" + ada.ID + "/property"
		if read, write := call("GET", properties), call("POST", properties+"/colour"); read != 200 || write != 401 {
			t.Errorf("with READ: reads %d, writes %d", read, write)
		}
		f.scopes = []string{"WRITE", "ACT_AS_USER"}
		b.install(st, f)
		through = f.as(c, ada.ID)
		if write := call("POST", properties+"/colour"); write != 201 {
			t.Errorf("with WRITE: %d", write)
		}
		b.ahead.Add(int64(14 * time.Minute))
		if status := call("GET", current); status != 200 {
			t.Errorf("after 14 minutes: %d", status)
		}
		b.ahead.Add(int64(2 * time.Minute))
		if status := call("GET", current); status != nobody {
			t.Errorf("after 16 minutes: %d", status)
		}
		through = f.as(c, ada.ID)
		for _, step := range []struct {
			name string
			do   func() error
			want int
		}{
			{"blocked", func() error { _, _, err := b.installer.Block(t.Context(), st, operator, f.key, true); return err }, nobody},
			{"taken again", func() error { _, _, err := b.installer.Block(t.Context(), st, operator, f.key, false); return err }, 200},
			{"deactivated", func() error { return b.status(st, ada, directory.Inactive) }, nobody},
			{"activated", func() error { return b.status(st, ada, directory.Active) }, nobody},
			{"asked for again", func() error { through = f.as(c, ada.ID); return nil }, 200},
			{"removed", func() error { _, _, err := b.installer.Remove(t.Context(), st, operator, f.key); return err }, nobody},
		} {
			b.must(step.do())
			if status := call("GET", current); status != step.want {
				t.Errorf("%s: %d, not %d", step.name, status, step.want)
			}
		}
	})
}

func (b *bed) status(st site.Site, a directory.Account, to directory.Status) error {
	_, err := b.dir.Change(b.Context(), st.ID, operator, a.ID, func(a *directory.Account) error { a.Status = to; return nil })
	return err
}

// Whatever is wrong with an assertion, nothing tells which. The test is long because much can be.
func TestNoAssertionButARightOneIsTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		st, elsewhere := b.site(), b.site()
		f, other, meek := b.app("com.example.asserting", "READ", "ACT_AS_USER"), b.app("com.example.other", "READ", "ACT_AS_USER"), b.app("com.example.meek", "ADMIN")
		c, d2, mc := f.knows(b.install(st, f)), other.knows(b.install(st, other)), meek.knows(b.install(st, meek))
		far := f.knows(b.install(elsewhere, f))
		ada, away, robot := b.person(st, "ada"), b.person(st, "away"), b.account(st, directory.Account{DisplayName: "Robot", Type: directory.App})
		customer := b.account(st, directory.Account{DisplayName: "Customer", Type: directory.Customer})
		stranger := b.person(elsewhere, "eve")
		b.must(b.status(st, away, directory.Inactive))
		now := b.now()
		refusals := map[string]bool{}
		for name, change := range map[string]func(a *connect.Assertion, secret, audience *string){
			"another app's secret":     func(_ *connect.Assertion, secret, _ *string) { *secret = d2.SharedSecret },
			"another app's ID":         func(a *connect.Assertion, _, _ *string) { a.ClientID = d2.OAuthClientID },
			"the other site's secret":  func(_ *connect.Assertion, secret, _ *string) { *secret = far.SharedSecret },
			"the other site's ID":      func(a *connect.Assertion, _, _ *string) { a.ClientID = far.OAuthClientID },
			"the app's key":            func(a *connect.Assertion, _, _ *string) { a.ClientID = f.key },
			"the client key":           func(a *connect.Assertion, _, _ *string) { a.ClientID = c.ClientKey },
			"an unknown app":           func(a *connect.Assertion, _, _ *string) { a.ClientID = "nobody" },
			"an odd app":               func(a *connect.Assertion, _, _ *string) { a.ClientID = "\x00" },
			"the other site's address": func(a *connect.Assertion, _, _ *string) { a.Tenant = far.BaseURL },
			"no address":               func(a *connect.Assertion, _, _ *string) { a.Tenant = "" },
			"another address":          func(a *connect.Assertion, _, _ *string) { a.Tenant = "https://example.com" },
			"another audience":         func(_ *connect.Assertion, _, audience *string) { *audience = "https://example.com" },
			"the site as audience":     func(_ *connect.Assertion, _, audience *string) { *audience = c.BaseURL },
			"an expired one": func(a *connect.Assertion, _, _ *string) {
				a.IssuedAt, a.ExpiresAt = now.Add(-3*time.Minute), now.Add(-time.Minute)
			},
			"one of the future": func(a *connect.Assertion, _, _ *string) {
				a.IssuedAt, a.ExpiresAt = now.Add(time.Minute), now.Add(2*time.Minute)
			},
			"one for an hour":           func(a *connect.Assertion, _, _ *string) { a.ExpiresAt = now.Add(time.Hour) },
			"one without an end":        func(a *connect.Assertion, _, _ *string) { a.ExpiresAt = time.Time{} },
			"somebody who is away":      func(a *connect.Assertion, _, _ *string) { a.AccountID = away.ID },
			"somebody of another site":  func(a *connect.Assertion, _, _ *string) { a.AccountID = stranger.ID },
			"nobody":                    func(a *connect.Assertion, _, _ *string) { a.AccountID = "nobody" },
			"an app":                    func(a *connect.Assertion, _, _ *string) { a.AccountID = robot.ID },
			"a customer":                func(a *connect.Assertion, _, _ *string) { a.AccountID = customer.ID },
			"somebody by their address": func(a *connect.Assertion, _, _ *string) { a.AccountID = ada.Email },
			"an odd account":            func(a *connect.Assertion, _, _ *string) { a.AccountID = "a\x00b" },
		} {
			a, secret, audience := f.assertion(c, ada.ID), c.SharedSecret, atlassians
			change(&a, &secret, &audience)
			signed, err := a.Sign(secret, audience)
			b.must(err)
			token, status, body := b.exchange(signed, nil)
			if status != 403 || token != "" || !strings.Contains(body, `"invalid_grant"`) {
				t.Errorf("%s: %d %s", name, status, body)
			}
			refusals[body] = true
		}
		if len(refusals) != 1 {
			t.Errorf("the refusals tell what is wrong: %v", refusals)
		}
		signed, err := meek.assertion(mc, ada.ID).Sign(mc.SharedSecret, atlassians)
		b.must(err)
		if token, status, body := b.exchange(signed, nil); token != "" || status < 400 || status > 403 || !strings.Contains(body, "ACT_AS_USER") {
			t.Errorf("without ACT_AS_USER: %d %s", status, body)
		}
		signed, err = f.assertion(c, ada.ID).Sign(c.SharedSecret, atlassians)
		b.must(err)
		if _, status, body := b.exchange(signed, url.Values{"scope": {"WRITE"}}); status != 400 || !strings.Contains(body, "invalid_scope") {
			t.Errorf("more than its scopes: %d %s", status, body)
		}
		if token, status, body := b.exchange(signed, url.Values{"scope": {"READ"}}); status != 200 || token == "" {
			t.Errorf("a right one: %d %s", status, body)
		}
	})
}

func (b *bed) account(st site.Site, a directory.Account) directory.Account {
	b.Helper()
	a, err := b.dir.Add(b.Context(), st.ID, operator, a)
	b.must(err)
	return a
}

// What an app does as somebody is still done through the app.
func TestAnAppThatActsAsSomebodyIsStillAnApp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		st := b.site()
		f := b.app("com.example.ruled", "WRITE", "ACT_AS_USER")
		in := b.install(st, f)
		c := f.knows(in)
		ada := b.person(st, "ada")
		spaces := &content.Store{Changes: b.dir.Changes}
		b.must(b.dir.Changes.Write(t.Context(), st.ID, operator, func(tx *change.Tx) error {
			_, err := spaces.AddIn(t.Context(), tx, content.Space{Key: "~shut", Owner: ada.ID, AppsBlocked: true})
			return err
		}))
		page, err := spaces.AddPage(t.Context(), st.ID, operator, "~shut", content.Page{Title: "Engines"})
		b.must(err)
		watch := "/rest/api/user/watch/content/" + strconv.FormatInt(page.ID, 10)
		through, own := f.as(c, ada.ID), b.token(st, ada.ID)
		path := c.BaseURL + watch
		if status, _, body := b.get(path, own); status != 200 {
			t.Errorf("a person: %d %s", status, body)
		}
		if status, _, body := b.get(path, through); status == 200 {
			t.Errorf("an app as a person, where apps are kept out: %d %s", status, body)
		}
		if status, body := f.call(c, watch); status == 200 {
			t.Errorf("an app as itself, where apps are kept out: %d %s", status, body)
		}

		through.Set("Content-Type", "application/json")
		if status, _, body := b.do("POST", c.BaseURL+"/rest/api/user/"+ada.ID+"/property/colour", through, `{"value":{"is":"red"}}`); status != 201 {
			t.Fatalf("a property: %d %s", status, body)
		}
		made, err := b.dir.Property(t.Context(), st.ID, ada.ID, in.AccountID, "colour")
		if err != nil || made.App != in.AccountID {
			t.Errorf("the property is of %q (%v), not of the app %s", made.App, err, in.AccountID)
		}
	})
}
