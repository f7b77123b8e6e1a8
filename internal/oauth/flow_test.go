package oauth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/oauth"
)

func TestAPersonLetsAnAppInAndItCallsTheAPI(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		for name, tt := range map[string]struct {
			client client
			more   []string
			proof  []string
		}{
			"a confidential client":           {b.registered(), nil, nil},
			"a confidential client with PKCE": {b.registered(), []string{"code_challenge", challenge(verifier), "code_challenge_method", "S256"}, []string{"code_verifier", verifier}},
			"a public client":                 {b.registered(public), nil, nil},
		} {
			to := b.allowed(tt.client.query(tt.more...))
			q := to.Query()
			if to.Scheme+"://"+to.Host+to.Path != callback || q.Get("state") != "xyz" || q.Get("iss") != serverURL || q.Get("code") == "" || len(q) != 3 {
				t.Errorf("%s is sent to %s", name, to)
			}
			a := b.exchange(tt.client, q.Get("code"), tt.proof...)
			if a.status != http.StatusOK || a.get("token_type") != "Bearer" || a.body["expires_in"] != 3600.0 || a.get("scope") != "offline_access "+readUser ||
				a.header.Get("Cache-Control") != "no-store" || a.header.Get("Content-Type") != "application/json" {
				t.Fatalf("%s: %d %s", name, a.status, a.text)
			}
			access, refresh := a.get("access_token"), a.get("refresh_token")
			if got := b.calls(access); got != http.StatusOK {
				t.Errorf("%s calls: %d", name, got)
			}
			for what, secret := range map[string]string{"code": q.Get("code"), "refresh token": refresh} {
				if got := b.calls(secret); got != http.StatusUnauthorized {
					t.Errorf("%s calls with its %s: %d", name, what, got)
				}
			}
			if a = b.refresh(tt.client, refresh); a.status != http.StatusOK || a.get("refresh_token") == refresh || a.get("scope") != "offline_access "+readUser || b.calls(a.get("access_token")) != http.StatusOK {
				t.Errorf("%s refreshes: %d %s", name, a.status, a.text)
			}
			b.pass(time.Hour)
			if got := b.calls(access); got != http.StatusUnauthorized {
				t.Errorf("%s calls an hour later: %d", name, got)
			}
		}
	})
}

func TestTheFlowGoesInJSONToo(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		a := b.postJSON(oauth.TokenPath, map[string]string{
			"grant_type": "authorization_code", "client_id": c.ClientID, "client_secret": c.secret, "code": b.code(c), "redirect_uri": callback, "audience": "ignored",
		})
		if a.status != http.StatusOK {
			t.Fatalf("%d %s", a.status, a.text)
		}
		a = b.postJSON(oauth.TokenPath, map[string]string{"grant_type": "refresh_token", "client_id": c.ClientID, "client_secret": c.secret, "refresh_token": a.get("refresh_token")})
		if a.status != http.StatusOK || b.calls(a.get("access_token")) != http.StatusOK {
			t.Errorf("%d %s", a.status, a.text)
		}
	})
}

func TestOnlyOfflineAccessGivesARefreshToken(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		for scope, want := range map[string]string{readUser: readUser, "": strings.Join([]string{readGroups, readUser, oauth.ReadMe}, " ")} {
			a := b.exchange(c, b.code(c, "scope", scope))
			if _, has := a.body["refresh_token"]; has || a.get("scope") != want {
				t.Errorf("scope %q: %s", scope, a.text)
			}
		}
	})
}

func TestACodeThatIsShownTwiceTakesBackWhatItGave(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c, other := b.registered(), b.registered()
		code := b.code(c)
		first := b.exchange(c, code)
		renewed := b.refresh(c, first.get("refresh_token"))
		b.refused("another client's replay", b.exchange(other, code), http.StatusForbidden, "invalid_grant")
		if got := b.calls(first.get("access_token")); got != http.StatusOK {
			t.Errorf("another client's replay took the token: %d", got)
		}
		b.refused("the replay", b.exchange(c, code), http.StatusForbidden, "invalid_grant")
		for name, a := range map[string]answer{"first": first, "renewed": renewed} {
			if got := b.calls(a.get("access_token")); got != http.StatusUnauthorized {
				t.Errorf("the %s access token after a replay: %d", name, got)
			}
			b.refused(name+" refresh token after a replay", b.refresh(c, a.get("refresh_token")), http.StatusForbidden, "invalid_grant")
		}
	})
}

func TestACodeIsGoodForFiveMinutes(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		early, late := b.code(c), b.code(c)
		b.pass(5*time.Minute - time.Second)
		if a := b.exchange(c, early); a.status != http.StatusOK {
			t.Errorf("%d %s", a.status, a.text)
		}
		b.pass(time.Second)
		b.refused("a code of five minutes", b.exchange(c, late), http.StatusForbidden, "invalid_grant")
	})
}

func TestACodeIsOnlyForWhomItWasGiven(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		two := func(r *directory.Registration) { r.RedirectURIs = append(r.RedirectURIs, callback+"/2") }
		c, other, open, several := b.registered(), b.registered(), b.registered(public), b.registered(two)
		pkce := []string{"code_challenge", challenge(verifier), "code_challenge_method", "S256"}
		wrong := strings.Repeat("b", 43)
		for name, tt := range map[string]struct {
			by     client
			code   string
			more   []string
			status int
			error  string
		}{
			"another client's":                {other, b.code(c), nil, 403, "invalid_grant"},
			"another, public client's":        {open, b.code(c), nil, 403, "invalid_grant"},
			"a public client's code":          {c, b.code(open), nil, 403, "invalid_grant"},
			"by another redirect URI":         {several, b.code(several), []string{"redirect_uri", callback + "/2"}, 403, "invalid_grant"},
			"by no redirect URI of two":       {several, b.code(several), []string{"redirect_uri", ""}, 403, "invalid_grant"},
			"by a redirect URI and a slash":   {c, b.code(c), []string{"redirect_uri", callback + "/"}, 403, "invalid_grant"},
			"without the verifier":            {c, b.code(c, pkce...), nil, 403, "invalid_grant"},
			"with another verifier":           {c, b.code(c, pkce...), []string{"code_verifier", wrong}, 403, "invalid_grant"},
			"with the challenge":              {c, b.code(c, pkce...), []string{"code_verifier", challenge(verifier)}, 403, "invalid_grant"},
			"with a short verifier":           {c, b.code(c, pkce...), []string{"code_verifier", "short"}, 400, "invalid_request"},
			"with a verifier of odd letters":  {c, b.code(c, pkce...), []string{"code_verifier", strings.Repeat("ä", 43)}, 400, "invalid_request"},
			"with a verifier of no challenge": {c, b.code(c), []string{"code_verifier", verifier}, 403, "invalid_grant"},
			"public, without the verifier":    {open, b.code(open), []string{"code_verifier", ""}, 403, "invalid_grant"},
			"public, with another verifier":   {open, b.code(open), []string{"code_verifier", wrong}, 403, "invalid_grant"},
			"of nobody":                       {c, directory.NewSecret(b.site.CloudID), nil, 403, "invalid_grant"},
			"of no site":                      {c, directory.NewSecret("00000000-0000-4000-8000-000000000000"), nil, 403, "invalid_grant"},
			"that is none":                    {c, "' OR 1=1 --", nil, 403, "invalid_grant"},
			"with a letter more":              {c, b.code(c) + "0", nil, 403, "invalid_grant"},
			"that is missing":                 {c, "", nil, 400, "invalid_request"},
		} {
			b.refused("a code "+name, b.exchange(tt.by, tt.code, tt.more...), tt.status, tt.error)
		}
		if a := b.exchange(c, b.code(c), "redirect_uri", ""); a.status != http.StatusOK {
			t.Errorf("a code of an app with one redirect URI: %d %s", a.status, a.text)
		}
	})
}

// Who made a code with a stolen client ID, but not its verifier, must not have spoilt it either.
func TestAFailedExchangeLeavesTheCodeToItsOwner(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		open, other := b.registered(public), b.registered(public)
		code := b.code(open)
		b.exchange(open, code, "code_verifier", strings.Repeat("b", 43))
		b.exchange(open, code, "redirect_uri", "https://evil.example/cb")
		b.exchange(other, code)
		if a := b.exchange(open, code); a.status != http.StatusOK {
			t.Errorf("%d %s", a.status, a.text)
		}
	})
}

func TestACodeWithoutAChallengeIsNoUseOnceItsAppIsPublic(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		code := b.code(c)
		b.edit(c, func(r *directory.Registration) { r.Public = true })
		b.refused("the code", b.exchange(c, code, "client_secret", ""), http.StatusForbidden, "invalid_grant")
	})
}

func TestAScopeThatIsTakenFromAnAppIsInNoTokenFromThenOn(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		all := readUser + " " + readGroups + " offline_access"
		code := b.code(c, "scope", all)
		_, refresh := b.tokens(c, "scope", all)
		b.edit(c, func(r *directory.Registration) { r.Scopes = []string{readUser} })
		for name, a := range map[string]answer{"exchange": b.exchange(c, code), "refresh": b.refresh(c, refresh)} {
			if a.get("scope") != "offline_access "+readUser || b.calls(a.get("access_token")) != http.StatusOK {
				t.Errorf("%s: %d %s", name, a.status, a.text)
			}
		}
		b.refused("asking for it", b.refresh(c, refresh, "scope", readGroups), http.StatusBadRequest, "invalid_scope")
	})
}

func TestTwoExchangesOfACodeAtOnceGiveAtMostOneAndItIsTakenBack(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		code := b.code(c)
		answers := b.atOnce(8, func() answer { return b.exchange(c, code) })
		given := 0
		for _, a := range answers {
			if a.status == http.StatusOK {
				given++
				if got := b.calls(a.get("access_token")); got != http.StatusUnauthorized {
					t.Errorf("its token: %d", got)
				}
			}
		}
		if given != 1 {
			t.Errorf("%d of 8 got tokens", given)
		}
	})
}

func TestAllowingIsForPeopleWhoMayUseTheSite(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		ask, err := b.server.Read(t.Context(), c.query())
		if err != nil {
			t.Fatal(err)
		}
		gone := b.person("Gone", "", b.users)
		b.change(gone.ID, directory.Inactive)
		for name, a := range map[string]directory.Account{
			"a stranger":         b.person("Stranger", ""),
			"the app itself":     {ID: c.AccountID},
			"a deactivated one":  gone,
			"nobody":             {},
			"nobody of the site": {ID: "712020:nobody"},
			"an address":         {ID: b.ada.Email},
		} {
			to, err := b.server.Allow(t.Context(), ask, b.site, b.by(a), serverURL)
			u, _ := url.Parse(ask.Refuse(serverURL, err))
			if to != "" || u.Query().Get("error") != "access_denied" {
				t.Errorf("%s: %s, %v", name, to, err)
			}
		}
		other, _ := b.newSite("other-" + b.site.Name)
		if to, err := b.server.Allow(t.Context(), ask, other, b.by(b.ada), serverURL); err == nil {
			t.Errorf("on another site: %s", to)
		}
		b.edit(c, func(r *directory.Registration) { r.RedirectURIs = []string{callback + "/2"} })
		if to, err := b.server.Allow(t.Context(), ask, b.site, b.by(b.ada), serverURL); err == nil {
			t.Errorf("to a redirect URI that is not registered any more: %s", to)
		}
	})
}
