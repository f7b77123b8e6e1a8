package oauth_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/oauth"
)

// explained is what is kept of an answer that is a refusal, on the bed's site and on no other.
func (b *bed) explained(what string, a answer) explain.Refusal {
	b.Helper()
	if a.status < 400 {
		b.Fatalf("%s: %d %s", what, a.status, a.text)
	}
	got, err := b.server.Refusals.Find(b.site.ID, a.header.Get(explain.Header))
	if err != nil || got.Site != b.site.ID || got.Status != a.status || got.RequestID != a.header.Get("X-Roster-Request-Id") {
		b.Errorf("%s: %+v, %v", what, got, err)
	}
	return got
}

// It is long because it is a table: a row a situation.
func TestEachRefusalIsExplainedToAdministrators(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c, other, open := b.registered(), b.registered(), b.registered(public)
		used, revoked := b.code(c), b.code(c)
		_, late := b.tokens(c)
		b.exchange(c, used)
		b.refresh(c, late)
		b.pass(time.Hour)
		access, old := b.tokens(c)
		taken, takenRefresh := b.tokens(c)
		b.post(oauth.RevokePath, c.proof("token", taken))
		b.revokeGrants()
		waiting, ofOther, proved := b.code(c), b.code(other), b.code(open)
		_, fresh := b.tokens(c)
		blocked := b.registered()
		itsToken := b.asItself(blocked).get("access_token")
		b.edit(blocked, func(r *directory.Registration) { r.Blocked = true })
		elsewhere := directory.NewSecret("00000000-0000-4000-8000-000000000000")
		own := directory.NewSecret(b.site.CloudID)
		session, ended := b.session(), b.apiToken(time.Minute)
		b.pass(time.Minute)
		for _, tt := range []struct {
			name  string
			got   answer
			check explain.Check
			says  string
		}{
			{"a code used before", b.exchange(c, used), explain.Credential, "was used before, at "},
			{"a code of a revoked grant", b.exchange(c, revoked), explain.Credential, "was revoked at "},
			{"an unknown code", b.exchange(c, own), explain.Credential, "This site gave no such code"},
			{"a code of no site", b.exchange(c, elsewhere), explain.Credential, "The code names no site on which"},
			{"another client's code", b.exchange(c, ofOther), explain.Credential, "was given to the app " + other.ClientID},
			{"another verifier", b.exchange(open, proved, "code_verifier", verifier+"x"), explain.Credential, "The code_verifier is not that of the code_challenge."},
			{"no verifier", b.exchange(open, proved, "code_verifier", ""), explain.Credential, "takes the code_verifier"},
			{"a short verifier", b.exchange(open, proved, "code_verifier", "x"), explain.Parameters, "43 to 128"},
			{"another redirect URI", b.exchange(c, waiting, "redirect_uri", callback+"/x"), explain.Credential, "The redirect_uri is not"},
			{"no code", b.exchange(c, ""), explain.Parameters, "There is no code."},

			{"an unknown refresh token", b.refresh(c, own), explain.Credential, "This site gave no such refresh token"},
			{"a refresh token of no site", b.refresh(c, "x"), explain.Credential, "The refresh_token names no site on which"},
			{"another client's refresh token", b.refresh(other, fresh), explain.Credential, "was given to the app " + c.ClientID},
			{"a refresh token of a revoked grant", b.refresh(c, old), explain.Credential, "was revoked at "},
			{"more scopes", b.refresh(c, fresh, "scope", readGroups), explain.Scope, "more than was granted"},

			{"no client secret", b.asItself(c, "client_secret", ""), explain.Credential, "shows no client secret, and the app " + c.ClientID},
			{"a wrong client secret", b.asItself(c, "client_secret", "x"), explain.Credential, "is not that of the app " + c.ClientID},
			{"a public app with a secret", b.refresh(open, fresh, "client_secret", "x"), explain.Credential, "is public, so it has no client secret"},
			{"a public app as itself", b.asItself(open), explain.Permission, "A public client cannot act as itself."},
			{"a blocked app", b.asItself(blocked), explain.Credential, "The app " + blocked.ClientID + " is blocked"},
			{"another grant", b.post(oauth.TokenPath, c.proof("grant_type", "password")), explain.Parameters, "grant_type is none of"},
			{"no grant", b.post(oauth.TokenPath, c.proof()), explain.Parameters, "There is no grant_type."},
			{"a header that is none", b.post(oauth.TokenPath, c.proof("grant_type", "client_credentials"), "Authorization", "Basic !"), explain.Credential, "is not one credential by Basic"},
			{"a wrong secret to revoke", b.post(oauth.RevokePath, c.proof("token", fresh, "client_secret", "x")), explain.Credential, "is not that of the app"},
			{"nothing to revoke", b.post(oauth.RevokePath, c.proof()), explain.Parameters, "There is no token."},

			{"an expired token", b.get(oauth.MePath, ended), explain.Credential, " expired at "},
			{"a revoked token", b.get(oauth.MePath, taken), explain.Credential, " was revoked at "},
			{"the token of a revoked grant", b.get(oauth.ResourcesPath, access), explain.Credential, " was revoked at "},
			{"a refresh token to call with", b.get(oauth.ResourcesPath, takenRefresh), explain.Credential, "No token of this site has this secret."},
			{"a session", b.get(oauth.MePath, session), explain.Credential, "is the session of a browser"},
			{"a blocked app's token", b.get(oauth.MePath, itsToken), explain.Credential, "The app " + blocked.ClientID + " of token "},
			{"a write", b.post(oauth.MePath, nil, "Authorization", "Bearer "+own), explain.Route, "takes GET and HEAD"},
		} {
			got := b.explained(tt.name, tt.got)
			if got.Check != tt.check || !strings.Contains(got.Reason, tt.says) || got.Kind == "" || got.CallerKind == "" || !strings.HasPrefix(got.Route, "/") {
				t.Errorf("%s: %+v", tt.name, got)
			}
		}
		access, _ = b.tokens(c)
		scope := b.explained("no scope", b.get(oauth.MePath, access))
		if scope.Check != explain.Scope || scope.AccountID != b.ada.ID || scope.TokenID == "" || scope.CallerKind != "OAuth access token of a person" || scope.Route != oauth.MePath {
			t.Errorf("%+v", scope)
		}
		api := b.apiToken(time.Hour)
		b.change(b.ada.ID, directory.Inactive)
		inactive := b.explained("an inactive account's token", b.get(oauth.MePath, api))
		if want := "Account " + b.ada.ID + " of token "; !strings.Contains(inactive.Reason, want) || inactive.AccountID+inactive.TokenID != "" {
			t.Errorf("%+v", inactive)
		}
		b.change(c.AccountID, directory.Inactive)
		if got := b.explained("an app whose account is inactive", b.asItself(c)); got.Check != explain.Credential || got.Reason != "Account "+c.AccountID+" is inactive." {
			t.Errorf("%+v", got)
		}
		b.nothingPrivate(c.secret, api, used, waiting, fresh, late, access, taken, own, elsewhere, verifier)
	})
}

func TestWhatTimeEndedIsExplained(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		code := b.code(c)
		_, rotated := b.tokens(c)
		_, resting := b.tokens(c)
		b.refresh(c, rotated)
		b.pass(10 * time.Minute)
		if got := b.explained("a code", b.exchange(c, code)); !strings.HasPrefix(got.Reason, "The code expired at ") {
			t.Errorf("%+v", got)
		}
		got := b.explained("reuse", b.refresh(c, rotated))
		if !strings.HasPrefix(got.Reason, "The refresh token was rotated at ") || !strings.Contains(got.Reason, "after the leeway of 10m0s") || got.Check != explain.Credential || got.Kind != "invalid grant" {
			t.Errorf("%+v", got)
		}
		if app, err := b.dir.Registration(t.Context(), b.site.ID, c.ClientID); err != nil || got.AccountID != app.AccountID || got.CallerKind != "registered app" {
			t.Errorf("%+v, %v", got, err)
		}
		b.pass(90 * 24 * time.Hour)
		if got := b.explained("a refresh token", b.refresh(c, resting)); !strings.HasPrefix(got.Reason, "The refresh token expired at ") {
			t.Errorf("%+v", got)
		}
	})
}

func TestWhyAnAssertionIsRefusedIsExplained(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		installed := func(scopes ...string) (directory.Registration, string) {
			var shared string
			c := b.registeredConnect(scopes, &shared)
			return c, shared
		}
		actor, shared := installed("READ", "ACT_AS_USER")
		idle, idleShared := installed("READ")
		blocked, blockedShared := installed("READ", "ACT_AS_USER")
		b.edit(client{Registration: blocked}, func(r *directory.Registration) { r.Blocked = true })
		gone := b.person("Charles Babbage", "charles-"+b.site.Name+"@example.com", b.users)
		b.change(gone.ID, directory.Inactive)
		asks := func(app directory.Registration, account, tenant, secret, audience string) answer {
			now := b.server.Changes.Now()
			signed, err := connect.Assertion{ClientID: app.ClientID, AccountID: account, Tenant: tenant, IssuedAt: now, ExpiresAt: now.Add(time.Minute)}.Sign(secret, audience)
			if err != nil {
				t.Fatal(err)
			}
			return b.post(oauth.AssertionPath, url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {signed}})
		}
		here := b.site.URL(serverURL, true)
		if a := asks(actor, b.ada.ID, here, shared, serverURL); a.status != http.StatusOK {
			t.Errorf("a good one: %d %s", a.status, a.text)
		}
		for _, tt := range []struct {
			name  string
			got   answer
			check explain.Check
			says  string
		}{
			{"another secret", asks(actor, b.ada.ID, here, shared+"x", serverURL), explain.Credential, "of the app " + actor.ClientID + " is refused: "},
			{"another audience", asks(actor, b.ada.ID, here, shared, "https://elsewhere.example"), explain.Credential, "the aud of the assertion"},
			{"another site", asks(actor, b.ada.ID, "https://elsewhere.example", shared, serverURL), explain.Credential, "is not the base URL of the site"},
			{"a blocked app", asks(blocked, b.ada.ID, here, blockedShared, serverURL), explain.Credential, blocked.ClientID + " is blocked"},
			{"nobody", asks(actor, "nobody", here, shared, serverURL), explain.Credential, "an account that this site does not have"},
			{"somebody inactive", asks(actor, gone.ID, here, shared, serverURL), explain.Credential, "the account is inactive"},
			{"an app", asks(actor, actor.AccountID, here, shared, serverURL), explain.Credential, "its type app"},
			{"no ACT_AS_USER", asks(idle, b.ada.ID, here, idleShared, serverURL), explain.Permission, "ACT_AS_USER"},
		} {
			if got := b.explained(tt.name, tt.got); got.Check != tt.check || !strings.Contains(got.Reason, tt.says) || got.Route != oauth.AssertionPath {
				t.Errorf("%s: %+v", tt.name, got)
			}
		}
		b.nothingPrivate(shared, idleShared, blockedShared)
	})
}

func TestARefusalThatIsOfNoSiteIsNotKept(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		for name, a := range map[string]answer{
			"no client":         b.asItself(client{}, "client_id", ""),
			"an unknown client": b.asItself(client{Registration: directory.Registration{ClientID: "nobody"}}),
			"no token":          b.get(oauth.MePath, ""),
			"a strange token":   b.get(oauth.MePath, directory.NewSecret("00000000-0000-4000-8000-000000000000")),
			"no assertion":      b.post(oauth.TokenPath, url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {"x"}}),
			"another method":    b.get(oauth.TokenPath, ""),
			"metadata":          b.post(oauth.MetadataPath, nil),
		} {
			if a.status < 400 || len(a.header.Values(explain.Header)) != 0 {
				t.Errorf("%s: %d %v", name, a.status, a.header)
			}
		}
		other, _ := b.newSite(b.site.Name + "-other")
		there := b.registeredOn(other)
		id := b.asItself(there, "client_secret", "x").header.Get(explain.Header)
		if _, err := b.server.Refusals.Find(b.site.ID, id); err == nil {
			t.Error("another site's refusal is told")
		}
		if _, err := b.server.Refusals.Find(other.ID, id); err != nil {
			t.Error(err)
		}
		before := b.asItself(c, "client_secret", "x")
		b.server.Refusals = nil
		if a := b.asItself(c, "client_secret", "x"); a.status != before.status || a.text != before.text || a.header.Get(explain.Header) != "" {
			t.Errorf("without a store: %d %s %v", a.status, a.text, a.header)
		}
	})
}

// nothingPrivate checks that of these, and of any address, nothing is kept.
func (b *bed) nothingPrivate(private ...string) {
	b.Helper()
	for _, r := range b.server.Refusals.Latest(b.site.ID, 1000, func(*explain.Refusal) bool { return true }) {
		text, err := json.Marshal(r)
		if err != nil {
			b.Fatal(err)
		}
		for _, p := range append(private, "@", "roster_", "rosterapp_") {
			if strings.Contains(string(text), p) {
				b.Errorf("this is kept: %s", text)
			}
		}
		if strings.Contains(r.Reason, "left out") {
			b.Errorf("this says little: %s", text)
		}
	}
}

// revokeGrants takes back whatever Ada allowed.
func (b *bed) revokeGrants() {
	b.Helper()
	grants, err := b.server.Grants(b.Context(), b.site.ID, b.ada.ID)
	if err != nil {
		b.Fatal(err)
	}
	for _, g := range grants {
		b.patiently(func() error { return b.server.RevokeGrant(b.Context(), b.site.ID, operator, g.ID) })
	}
}

// apiToken is a token of Ada's own that is good for so long.
func (b *bed) apiToken(life time.Duration) string {
	b.Helper()
	secret := directory.NewSecret(b.site.CloudID)
	b.patiently(func() error {
		_, err := b.dir.AddToken(b.Context(), b.site.ID, operator, b.ada.ID, directory.Token{ExpiresAt: b.server.Changes.Now().Add(life)}, secret)
		return err
	})
	return secret
}

func (b *bed) session() (secret string) {
	b.Helper()
	b.patiently(func() (err error) {
		secret, err = b.dir.AddSession(b.Context(), b.site.ID, b.site.CloudID, operator, b.ada.ID, "a browser")
		return err
	})
	return secret
}

// registeredConnect registers a Connect app.
func (b *bed) registeredConnect(scopes []string, shared *string) (r directory.Registration) {
	b.Helper()
	b.patiently(func() error {
		id := directory.NewClientID()
		made, secrets, err := b.dir.AddApp(b.Context(), b.site.ID, b.site.CloudID, operator,
			directory.Registration{Kind: directory.ConnectApp, Name: "Atlas", ClientID: id, Key: id, ClientKey: id, Scopes: scopes}, directory.AppSecrets{}, false)
		r, *shared = made, secrets.Shared
		return err
	})
	return r
}
