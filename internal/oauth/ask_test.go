package oauth_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/oauth"
)

func isMisdirected(err error) bool {
	_, ok := errors.AsType[*oauth.Misdirected](err)
	return ok
}

func isNotFound(err error) bool {
	kind, _ := failure.Of(err)
	return kind == failure.NotFound
}

// Anything but the registered text is shown to the person, and nothing is sent anywhere.
func TestOnlyTheVeryRedirectURIIsRedirectedTo(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		registered := []string{"https://app.example/cb", "https://app.example:8443/cb?tenant=1", "http://localhost:3000/callback", "com.example.app:/cb"}
		c := b.registered(func(r *directory.Registration) { r.RedirectURIs = registered })
		for _, uri := range registered {
			if ask, err := b.server.Read(t.Context(), c.query("redirect_uri", uri)); err != nil || ask.RedirectURI != uri {
				t.Errorf("%s: %+v, %v", uri, ask, err)
			}
		}
		for _, uri := range []string{
			"", "/", "/cb", "//app.example/cb", "https://app.example/cb/", "https://app.example/CB", "https://APP.example/cb", "HTTPS://app.example/cb",
			"http://app.example/cb", "https://app.example:443/cb", "https://app.example:444/cb", "https://app.example./cb", "https://app.example/cb#", "https://app.example/cb#x",
			"https://app.example/cb?", "https://app.example/cb?x=1", "https://app.example/cb?x", "https://app.example/./cb", "https://app.example/x/../cb", "https://app.example/cb/..",
			"https://app.example/cb/../../evil", "https://app.example/cb%2e", "https://app.example/%63b", "https://app.example/cb%00", "https://app.example/cb\x00", "https://app.example/cb%23",
			"https://app.example/cb ", " https://app.example/cb", "https://app.example/cb\n", "https://app.example/cbx", "https://app.example/c", "https://app.example", "https://app.example/",
			"https://app.example@evil.example/cb", "https://app.example:x@evil.example/cb", "https://user@app.example/cb", `https://evil.example\@app.example/cb`, "https://app.example.evil.example/cb",
			"https://evil.example/https://app.example/cb", "https://evil.example/cb?https://app.example/cb", "https://evil.example#https://app.example/cb", "https://sub.app.example/cb",
			"https://аpp.example/cb", "https://xn--pp-7cd.example/cb", "https://app。example/cb", "https:app.example/cb", "https:/app.example/cb", `https:\\app.example/cb`,
			"javascript:alert(1)", "data:text/html,x", "https://app.example:8443/cb", "https://app.example:8443/cb?tenant=2", "https://app.example:8443/cb?tenant=1&tenant=2",
			"http://localhost:3001/callback", "http://127.0.0.1:3000/callback", "http://[::1]:3000/callback", "http://localhost/callback", "com.example.app:/cb/", "com.example.app://cb", "com.example.app:cb",
			registered[0] + "\n" + registered[1], registered[0] + " " + registered[1], "*", "https://*/cb", "\xff", strings.Repeat("a", 1<<20),
		} {
			q := c.query()
			q["redirect_uri"] = []string{uri}
			ask, err := b.server.Read(t.Context(), q)
			if !isMisdirected(err) || ask.RedirectURI != "" || ask.App.ClientID != "" {
				t.Errorf("%.80q: %+v, %v", uri, ask, err)
			}
		}
		for _, name := range []string{"client_id", "redirect_uri"} {
			q := c.query()
			q.Add(name, q.Get(name))
			if _, err := b.server.Read(t.Context(), q); !isMisdirected(err) {
				t.Errorf("%s twice: %v", name, err)
			}
		}
		one := b.registered()
		if ask, err := b.server.Read(t.Context(), one.query("redirect_uri", "")); err != nil || ask.RedirectURI != callback {
			t.Errorf("without, for an app that has one: %+v, %v", ask, err)
		}
	})
}

func TestAnUnknownAppIsRedirectedNowhere(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		forge := b.registered(func(r *directory.Registration) { r.Kind, r.RedirectURIs = directory.ForgeApp, nil })
		for _, id := range []string{"", "nobody", "\x00", "a\x00b", "\xff\xfe", "' OR 1=1 --", strings.Repeat("a", 1<<20), "%00", forge.ClientID, "*"} {
			q := client{}.query()
			q.Set("client_id", id)
			if ask, err := b.server.Read(t.Context(), q); !isMisdirected(err) || ask.RedirectURI != "" {
				t.Errorf("%.40q: %+v, %v", id, ask, err)
			}
		}
	})
}

func TestTheStateComesBackByteForByte(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		for _, state := range []string{
			"x", "a b+c", "a&b=c#d?e", "%2B%20%25", "Привет, 世界 🙂", `{"a":"b\u0000"}`, "\"><script>alert(1)</script>", "a\r\nSet-Cookie: x=y", "\x00\x01", "\xff\xfe", "state=1&code=evil", strings.Repeat("é", 2048),
		} {
			ask, err := b.server.Read(t.Context(), c.query("state", state))
			if err != nil {
				t.Fatalf("%q: %v", state, err)
			}
			to := b.allowed(c.query("state", state))
			for _, at := range []string{to.String(), ask.Refuse(serverURL, oauth.Deny())} {
				if strings.ContainsAny(at, "\r\n\x00 \"<>") || strings.Count(at, "#") > 0 {
					t.Errorf("%q: %q", state, at)
				}
				for _, decode := range []func(string) (string, error){url.QueryUnescape, url.PathUnescape} { // a form's readers, and those that know no plus
					_, raw, _ := strings.Cut(at, "state=")
					raw, _, _ = strings.Cut(raw, "&")
					if got, err := decode(raw); err != nil || got != state {
						t.Errorf("%q came back as %q", state, got)
					}
				}
			}
		}
		for name, q := range map[string]url.Values{"none": c.query("state", ""), "empty": func() url.Values { q := c.query(); q.Set("state", ""); return q }()} {
			if to := b.allowed(q); to.Query().Has("state") {
				t.Errorf("%s: %s", name, to)
			}
		}
	})
}

func TestARedirectURIKeepsItsOwnQuery(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		uri := callback + "?tenant=a%20b&x"
		c := b.registered(func(r *directory.Registration) { r.RedirectURIs = []string{uri} })
		if to := b.allowed(c.query("redirect_uri", uri)).String(); !strings.HasPrefix(to, uri+"&code=") {
			t.Error(to)
		}
	})
}

// It is long because it lists everything that can be wrong with a request.
func TestAnAuthorizationRequestIsRefusedBackToTheApp(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c, open := b.registered(), b.registered(public)
		s256 := challenge(verifier)
		for name, tt := range map[string]struct {
			q     url.Values
			error string
		}{
			"no response_type":                     {c.query("response_type", ""), "invalid_request"},
			"the implicit flow":                    {c.query("response_type", "token"), "unsupported_response_type"},
			"a hybrid flow":                        {c.query("response_type", "code id_token"), "unsupported_response_type"},
			"response_mode fragment":               {c.query("response_mode", "fragment"), "invalid_request"},
			"response_mode form_post":              {c.query("response_mode", "form_post"), "invalid_request"},
			"another audience":                     {c.query("audience", "api.evil.example"), "invalid_request"},
			"an unknown prompt":                    {c.query("prompt", "create"), "invalid_request"},
			"two prompts":                          {c.query("prompt", "none login"), "invalid_request"},
			"a request object":                     {c.query("request", "eyJhbGciOiJub25lIn0.e30."), "request_not_supported"},
			"a request object elsewhere":           {c.query("request_uri", "https://evil.example/"), "request_not_supported"},
			"a scope too many":                     {c.query("scope", readUser+" write:confluence-content"), "invalid_scope"},
			"an unknown scope":                     {c.query("scope", "root"), "invalid_scope"},
			"a scope in other letters":             {c.query("scope", strings.ToUpper(readUser)), "invalid_scope"},
			"scopes by comma":                      {c.query("scope", readUser+","+readGroups), "invalid_scope"},
			"a scope with a NUL":                   {c.query("scope", readUser+"\x00"), "invalid_scope"},
			"a challenge by plain":                 {c.query("code_challenge", verifier, "code_challenge_method", "plain"), "invalid_request"},
			"a challenge by nothing":               {c.query("code_challenge", s256), "invalid_request"},
			"a challenge by s256":                  {c.query("code_challenge", s256, "code_challenge_method", "s256"), "invalid_request"},
			"a method without a challenge":         {c.query("code_challenge_method", "S256"), "invalid_request"},
			"a short challenge":                    {c.query("code_challenge", s256[1:], "code_challenge_method", "S256"), "invalid_request"},
			"a long challenge":                     {c.query("code_challenge", s256+"A", "code_challenge_method", "S256"), "invalid_request"},
			"a challenge with padding":             {c.query("code_challenge", s256[1:]+"=", "code_challenge_method", "S256"), "invalid_request"},
			"a challenge and a line":               {c.query("code_challenge", s256+"\n", "code_challenge_method", "S256"), "invalid_request"},
			"a public client without a challenge":  {open.query("code_challenge", "", "code_challenge_method", ""), "invalid_request"},
			"a public client with plain":           {open.query("code_challenge", verifier, "code_challenge_method", "plain"), "invalid_request"},
			"scope twice":                          {twice(c.query(), "scope"), "invalid_request"},
			"response_type twice":                  {twice(c.query(), "response_type"), "invalid_request"},
			"prompt twice":                         {twice(c.query(), "prompt"), "invalid_request"},
			"a parameter of nobody's twice":        {twice(c.query("<script>\xff", "x"), "<script>\xff"), "invalid_request"},
			"a challenge twice":                    {twice(open.query(), "code_challenge"), "invalid_request"},
			"a scope that is an injection":         {c.query("scope", "x'; DROP TABLE apps --"), "invalid_scope"},
			"a scope of a million letters or more": {c.query("scope", strings.Repeat("a", 1<<20)), "invalid_scope"},
		} {
			ask, err := b.server.Read(t.Context(), tt.q)
			if err == nil || isMisdirected(err) {
				t.Errorf("%s: %v", name, err)
				continue
			}
			to, bad := url.Parse(ask.Refuse(serverURL, err))
			q := to.Query()
			if bad != nil || !strings.HasPrefix(to.String(), callback+"?") || q.Get("error") != tt.error || q.Get("error_description") == "" ||
				q.Get("state") != "xyz" || q.Get("iss") != serverURL || q.Has("code") {
				t.Errorf("%s: %v (%v)", name, to, err)
			}
			for _, r := range q.Get("error_description") {
				if r < ' ' || r > '~' || r == '"' || r == '\\' {
					t.Errorf("%s: %q", name, q.Get("error_description"))
				}
			}
		}
		for name, q := range map[string]url.Values{"two states": twice(c.query(), "state"), "a long state": c.query("state", strings.Repeat("a", 4097))} {
			ask, err := b.server.Read(t.Context(), q)
			to, _ := url.Parse(ask.Refuse(serverURL, err))
			if err == nil || isMisdirected(err) || to.Query().Has("state") || to.Query().Get("error") != "invalid_request" {
				t.Errorf("%s: %v (%v)", name, to, err)
			}
		}
	})
}

func twice(q url.Values, name string) url.Values {
	q.Add(name, q.Get(name))
	return q
}

func TestWhatMakesNoDifferenceIsTaken(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		for name, q := range map[string]url.Values{
			"no audience":         c.query("audience", ""),
			"no prompt":           c.query("prompt", ""),
			"response_mode query": c.query("response_mode", "query"),
			"a nonce":             c.query("nonce", "n"),
			"scopes twice":        c.query("scope", readUser+"  "+readUser+" offline_access"),
			"another order":       c.query("scope", "offline_access "+readUser),
		} {
			ask, err := b.server.Read(t.Context(), q)
			if err != nil || !slices.Equal(ask.Scopes, []string{oauth.OfflineAccess, readUser}) || ask.App.ClientID != c.ClientID || len(ask.Sites) != 1 || ask.Sites[0].ID != b.site.ID {
				t.Errorf("%s: %+v, %v", name, ask, err)
			}
		}
	})
}

func TestWhoAllowedTheSameBeforeNeedNotBeAsked(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c, open := b.registered(), b.registered(public)
		may := func(q url.Values, who directory.Account) bool {
			t.Helper()
			ask, err := b.server.Read(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			must, err := b.server.MayAsk(t.Context(), ask, b.site.ID, who.ID)
			if err != nil {
				t.Fatal(err)
			}
			return must
		}
		bob := b.person("Bob", "", b.users)
		for _, prompt := range []string{"", "none", "login", "consent"} {
			if !may(c.query("prompt", prompt), b.ada) {
				t.Errorf("prompt %q: nobody is asked at first", prompt)
			}
		}
		b.tokens(c)
		b.tokens(open)
		for name, tt := range map[string]struct {
			q    url.Values
			who  directory.Account
			want bool
		}{
			"the same":                  {c.query("prompt", ""), b.ada, false},
			"the same, silently":        {c.query("prompt", "none"), b.ada, false},
			"less":                      {c.query("prompt", "none", "scope", readUser), b.ada, false},
			"more":                      {c.query("prompt", "none", "scope", readUser+" "+readGroups), b.ada, true},
			"prompt consent":            {c.query(), b.ada, true},
			"prompt login":              {c.query("prompt", "login"), b.ada, true},
			"somebody else":             {c.query("prompt", "none"), bob, true},
			"an app that proves itself": {open.query("prompt", "none"), b.ada, true},
		} {
			if got := may(tt.q, tt.who); got != tt.want {
				t.Errorf("%s: %v", name, got)
			}
		}
		grants, err := b.server.Grants(t.Context(), b.site.ID, b.ada.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range grants {
			b.patiently(func() error { return b.server.RevokeGrant(t.Context(), b.site.ID, operator, g.ID) })
		}
		if !may(c.query("prompt", "none"), b.ada) {
			t.Error("nobody is asked though the grant was taken back")
		}
	})
}

// The registration of a client ID on one site must not speak for another: its owner could have people's codes sent
// anywhere.
func TestOneSitesRegistrationSaysNothingAboutAnothers(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		evil, _ := b.newSite("evil-" + b.site.Name) // made after, so the honest registration is made last:
		good, users := b.newSite("good-" + b.site.Name)
		id := directory.NewClientID()
		b.registeredOn(evil, func(r *directory.Registration) {
			r.ClientID, r.Public, r.Scopes = id, true, []string{readUser, readGroups}
			r.RedirectURIs = []string{"https://evil.example/cb", callback}
		})
		c := b.registeredOn(good, func(r *directory.Registration) { r.ClientID, r.Public, r.Scopes = id, true, []string{readUser} })
		b.site = good
		b.ada = b.person("Ada", "ada-on@example.com", users)
		ask, err := b.server.Read(t.Context(), c.query("redirect_uri", "https://evil.example/cb"))
		if err != nil || len(ask.Sites) != 1 || ask.Sites[0].ID != evil.ID {
			t.Errorf("to the other's redirect URI: %+v, %v", ask, err)
		}
		if to, err := b.server.Allow(t.Context(), ask, good, b.by(b.ada), serverURL); err == nil {
			t.Errorf("allowed to %s", to)
		}
		if must, err := b.server.MayAsk(t.Context(), ask, good.ID, b.ada.ID); err != nil || !must {
			t.Error(must, err)
		}
		ask, err = b.server.Read(t.Context(), c.query("scope", readGroups))
		if err != nil || len(ask.Sites) != 1 || ask.Sites[0].ID != evil.ID {
			t.Errorf("with the other's scope: %+v, %v", ask, err)
		}
		ask, err = b.server.Read(t.Context(), c.query())
		if err != nil || len(ask.Sites) != 2 {
			t.Errorf("what both may: %+v, %v", ask, err)
		}
		if a := b.exchange(c, b.code(c)); a.status != http.StatusOK || b.calls(a.get("access_token")) != http.StatusOK {
			t.Errorf("on the site that was chosen: %d %s", a.status, a.text)
		}
	})
}
