package oauth_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/oauth"
)

func basic(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(id)+":"+url.QueryEscape(secret)))
}

func TestAnAppGetsATokenAsItself(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered(func(r *directory.Registration) { r.ClientID = "notes:1." + directory.NewClientID() })
		forge := b.registered(func(r *directory.Registration) { r.Kind, r.RedirectURIs = directory.ForgeApp, nil })
		for name, a := range map[string]answer{
			"by a form":           b.asItself(c),
			"by JSON":             b.postJSON(oauth.TokenPath, map[string]string{"grant_type": "client_credentials", "client_id": c.ClientID, "client_secret": c.secret}),
			"by the header":       b.post(oauth.TokenPath, url.Values{"grant_type": {"client_credentials"}}, "Authorization", basic(c.ClientID, c.secret)),
			"by the header twice": b.post(oauth.TokenPath, url.Values{"grant_type": {"client_credentials"}, "client_id": {c.ClientID}}, "Authorization", basic(c.ClientID, c.secret)),
			"with an audience":    b.asItself(c, "audience", "api.atlassian.com"),
			"with an empty scope": b.post(oauth.TokenPath, url.Values{"grant_type": {"client_credentials"}, "client_id": {c.ClientID}, "client_secret": {c.secret}, "scope": {""}}),
			"a Forge app":         b.asItself(forge),
		} {
			if a.status != http.StatusOK || a.get("scope") != readGroups+" "+readUser+" "+oauth.ReadMe || a.get("token_type") != "Bearer" || a.body["expires_in"] != 3600.0 || a.body["refresh_token"] != nil {
				t.Errorf("%s: %d %s", name, a.status, a.text)
				continue
			}
			if got := b.calls(a.get("access_token")); got != http.StatusOK {
				t.Errorf("%s calls: %d", name, got)
			}
			if me := b.get(oauth.MePath, a.get("access_token")); me.get("account_type") != "app" {
				t.Errorf("%s is %s", name, me.text)
			}
		}
	})
}

func TestNobodyGetsATokenAsAnAppWithoutItsProof(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c, other, open := b.registered(), b.registered(), b.registered(public)
		grant := url.Values{"grant_type": {"client_credentials"}}
		for name, tt := range map[string]struct {
			answer answer
			status int
			error  string
		}{
			"a scope":                         {b.asItself(c, "scope", readUser), 400, "invalid_request"},
			"a public client":                 {b.asItself(open), 403, "unauthorized_client"},
			"a public client with a secret":   {b.asItself(open, "client_secret", c.secret), 401, "invalid_client"},
			"no client":                       {b.post(oauth.TokenPath, grant), 401, "invalid_client"},
			"no secret":                       {b.asItself(c, "client_secret", ""), 401, "invalid_client"},
			"header and body":                 {b.post(oauth.TokenPath, c.proof("grant_type", "client_credentials"), "Authorization", basic(c.ClientID, c.secret)), 400, "invalid_request"},
			"header of one and body of other": {b.post(oauth.TokenPath, url.Values{"grant_type": {"client_credentials"}, "client_id": {other.ClientID}}, "Authorization", basic(c.ClientID, c.secret)), 400, "invalid_request"},
			"two headers":                     {b.post(oauth.TokenPath, grant, "Authorization", basic(c.ClientID, c.secret), "Authorization", basic(other.ClientID, other.secret)), 401, "invalid_client"},
			"an empty header and another":     {b.post(oauth.TokenPath, grant, "Authorization", "", "Authorization", basic(c.ClientID, c.secret)), 401, "invalid_client"},
			"a header that is not base64":     {b.post(oauth.TokenPath, grant, "Authorization", "Basic %%%"), 401, "invalid_client"},
			"a header without a colon":        {b.post(oauth.TokenPath, grant, "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(c.ClientID))), 401, "invalid_client"},
			"a header with a bad escape":      {b.post(oauth.TokenPath, grant, "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("%zz:x"))), 401, "invalid_client"},
			"a header with a NUL":             {b.post(oauth.TokenPath, grant, "Authorization", basic("a\x00", "b\x00")), 400, "invalid_request"},
			"a bearer":                        {b.post(oauth.TokenPath, c.proof("grant_type", "client_credentials"), "Authorization", "Bearer x"), 401, "invalid_client"},
			"a secret in the URL":             {b.post(oauth.TokenPath+"?client_secret="+c.secret, c.proof("grant_type", "client_credentials", "client_secret", "")), 401, "invalid_client"},
			"all in the URL":                  {b.post(oauth.TokenPath+"?"+c.proof("grant_type", "client_credentials").Encode(), nil), 400, "invalid_request"},
			"no grant_type":                   {b.post(oauth.TokenPath, c.proof()), 400, "invalid_request"},
			"a password":                      {b.post(oauth.TokenPath, c.proof("grant_type", "password", "username", "ada@example.com", "password", "x")), 400, "unsupported_grant_type"},
			"an implicit grant":               {b.post(oauth.TokenPath, c.proof("grant_type", "implicit")), 400, "unsupported_grant_type"},
			"a grant in other letters":        {b.post(oauth.TokenPath, c.proof("grant_type", "Client_Credentials")), 400, "unsupported_grant_type"},
		} {
			b.refused(name, tt.answer, tt.status, tt.error)
		}
	})
}

func TestAWrongSecretAndAnUnknownClientAreAnsweredAlike(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		wrong := directory.NewAppSecret(b.site.CloudID)
		connect := b.registered(func(r *directory.Registration) {
			r.Kind, r.RedirectURIs, r.Key, r.ClientKey = directory.ConnectApp, nil, "com.example."+directory.NewClientID(), directory.NewClientID()
		})
		_, refresh := b.tokens(c)
		code := b.code(c)
		for _, grant := range []url.Values{
			{"grant_type": {"client_credentials"}},
			{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}},
			{"grant_type": {"authorization_code"}, "code": {"x"}},
			{"grant_type": {"refresh_token"}, "refresh_token": {refresh}},
			{"grant_type": {"refresh_token"}, "refresh_token": {"x"}},
		} {
			for _, inHeader := range []bool{false, true} {
				var first answer
				for name, who := range map[string][2]string{
					"a wrong secret":          {c.ClientID, wrong},
					"a secret and more":       {c.ClientID, c.secret + "0"},
					"a secret in other words": {c.ClientID, "x"},
					"an unknown client":       {directory.NewClientID(), wrong},
					"what is no client":       {"' OR 1=1 --", wrong},
					"a Connect app":           {connect.ClientID, connect.secret + "x"},
					"a Connect app's key":     {connect.Key, wrong},
				} {
					form, header := url.Values{}, []string{"Authorization", basic(who[0], who[1])}
					for k, v := range grant {
						form[k] = v
					}
					if !inHeader {
						form.Set("client_id", who[0])
						form.Set("client_secret", who[1])
						header = nil
					}
					a := b.post(oauth.TokenPath, form, header...)
					b.refused(name, a, http.StatusUnauthorized, "invalid_client")
					if first.text == "" {
						first = a
					}
					if a.text != first.text || (a.header.Get("WWW-Authenticate") != "") != inHeader {
						t.Errorf("%s: %s, %v", name, a.text, a.header)
					}
				}
			}
		}
		if a := b.exchange(c, code); a.status != http.StatusOK {
			t.Errorf("the code is spoilt: %d %s", a.status, a.text)
		}
	})
}

func TestARotatedSecretIsGoodForNothing(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		access, refresh := b.tokens(c)
		fresh := c
		b.patiently(func() error {
			s, err := b.dir.RotateAppSecret(t.Context(), b.site.ID, b.site.CloudID, operator, c.ClientID)
			fresh.secret = s.Client
			return err
		})
		b.refused("the old secret", b.refresh(c, refresh), http.StatusUnauthorized, "invalid_client")
		if a := b.refresh(fresh, refresh); a.status != http.StatusOK || b.calls(access) != http.StatusOK {
			t.Errorf("the new secret: %d %s", a.status, a.text)
		}
	})
}

// The token is given, as real sites do; it is the call that says no.
func TestAnAppWhoseUseIsTakenAwayGetsATokenThatMayNothing(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		b.patiently(func() error {
			account, err := b.dir.Account(t.Context(), b.site.ID, c.AccountID)
			if err != nil {
				return err
			}
			_, err = b.dir.RemoveMember(t.Context(), b.site.ID, operator, b.users, account.ID)
			return err
		})
		a := b.asItself(c)
		if a.status != http.StatusOK {
			t.Fatalf("%d %s", a.status, a.text)
		}
		if got := b.calls(a.get("access_token")); got != http.StatusForbidden && got != http.StatusUnauthorized {
			t.Errorf("a call: %d", got)
		}
		if got := b.get(oauth.ResourcesPath, a.get("access_token")); got.status != http.StatusOK || got.text != "[]\n" {
			t.Errorf("its sites: %d %s", got.status, got.text)
		}
		b.change(c.AccountID, directory.Inactive)
		if got := b.get(oauth.ResourcesPath, a.get("access_token")); got.status != http.StatusUnauthorized {
			t.Errorf("deactivated, its sites: %d %s", got.status, got.text)
		}
		b.refused("deactivated", b.asItself(c), http.StatusForbidden, "invalid_grant")
	})
}

func TestAnAppOnTwoSitesSaysByItsSecretWhichItMeans(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		first := b.registered()
		other, _ := b.newSite("second-" + b.site.Name)
		second := b.registeredOn(other, func(r *directory.Registration) { r.ClientID = first.ClientID })
		for _, tt := range []struct {
			client client
			cloud  string
		}{{first, b.site.CloudID}, {second, other.CloudID}} {
			a := b.asItself(tt.client)
			if a.status != http.StatusOK || directory.CloudIDOf(a.get("access_token")) != tt.cloud {
				t.Errorf("%d %s", a.status, a.text)
			}
		}
		if got := b.calls(b.asItself(second).get("access_token")); got != http.StatusNotFound { // as if there were no such site
			t.Errorf("a token of one site on the other: %d", got)
		}
		code := b.code(first)
		b.refused("the code of one site with the other's secret", b.exchange(second, code), http.StatusUnauthorized, "invalid_client")
		if a := b.exchange(first, code); a.status != http.StatusOK {
			t.Errorf("%d %s", a.status, a.text)
		}
	})
}

// A client that proved itself is told about the token, not that it is nobody.
func TestASecretOfASiteWhereTheClientIsNotIsMerelyUnknown(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		other, _ := b.newSite("elsewhere-" + b.site.Name)
		foreign := directory.NewSecret(other.CloudID)
		b.refused("a code", b.exchange(c, foreign), http.StatusForbidden, "invalid_grant")
		b.refused("a refresh token", b.refresh(c, foreign), http.StatusForbidden, "invalid_grant")
		b.refused("a code, without proof", b.exchange(c, foreign, "client_secret", "x"), http.StatusUnauthorized, "invalid_client")
		if a := b.post(oauth.RevokePath, c.proof("token", foreign)); a.status != http.StatusOK {
			t.Errorf("a revocation: %d %s", a.status, a.text)
		}
	})
}
