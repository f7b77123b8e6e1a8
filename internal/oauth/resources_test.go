package oauth_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/oauth"
)

func TestATokenTellsItsSite(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		access, _ := b.tokens(c)
		var list []struct {
			ID, URL, Name, AvatarURL string
			Scopes                   []string
		}
		a := b.get(oauth.ResourcesPath, access)
		if err := json.Unmarshal([]byte(a.text), &list); err != nil || a.status != http.StatusOK || len(list) != 1 {
			t.Fatalf("%d %s", a.status, a.text)
		}
		if r := list[0]; r.ID != b.site.CloudID || r.Name != b.site.Name || r.URL != b.site.URL(serverURL, true) || !slices.Equal(r.Scopes, []string{readUser}) || r.AvatarURL == "" {
			t.Errorf("%+v", r)
		}
		b.change(b.ada.ID, directory.Inactive)
		if a := b.get(oauth.ResourcesPath, access); a.status != http.StatusUnauthorized {
			t.Errorf("deactivated: %d %s", a.status, a.text)
		}
	})
}

func TestATokenTellsWhoAllowedIt(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		access, _ := b.tokens(c, "scope", oauth.ReadMe)
		a := b.get(oauth.MePath, access)
		for name, want := range map[string]any{
			"account_id": b.ada.ID, "account_type": "atlassian", "account_status": "active", "email": b.ada.Email, "email_verified": true, "name": "Ada Lovelace",
			"picture": b.site.URL(serverURL, true) + "/wiki/aa-avatar/" + b.ada.ID,
		} {
			if a.status != http.StatusOK || a.body[name] != want {
				t.Errorf("%s is %v (%d)", name, a.body[name], a.status)
			}
		}
		narrow, _ := b.tokens(c)
		if a := b.get(oauth.MePath, narrow); a.status != http.StatusUnauthorized || a.text != `{"code":401,"message":"Unauthorized; scope does not match"}`+"\n" ||
			a.header.Get("X-Failure-Category") != "FAILURE_CLIENT_SCOPE_CHECK" {
			t.Errorf("without the scope: %d %s", a.status, a.text)
		}
		b.change(b.ada.ID, directory.Inactive)
		if a := b.get(oauth.MePath, access); a.status != http.StatusUnauthorized || a.text != `{"code":401,"message":"Unauthorized"}`+"\n" {
			t.Errorf("deactivated: %d %s", a.status, a.text)
		}
	})
}

func TestWhatIsNoGoodTokenTellsNothing(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		code := b.code(c, "scope", oauth.ReadMe)
		_, refresh := b.tokens(c)
		expired, _ := b.tokens(c, "scope", oauth.ReadMe)
		var session string
		b.patiently(func() (err error) {
			session, err = b.dir.AddSession(t.Context(), b.site.ID, b.site.CloudID, operator, b.ada.ID, "a browser")
			return err
		})
		b.pass(time.Hour)
		revoked, _ := b.tokens(c, "scope", oauth.ReadMe)
		b.post(oauth.RevokePath, c.proof("token", revoked))
		good, _ := b.tokens(c, "scope", oauth.ReadMe)
		for _, path := range []string{oauth.ResourcesPath, oauth.MePath} {
			for name, header := range map[string][]string{
				"none": nil, "an empty one": {""}, "no token": {"Bearer"}, "nonsense": {"Bearer x"}, "a NUL": {"Bearer \x00"}, "a code": {"Bearer " + code}, "a refresh token": {"Bearer " + refresh},
				"an expired token": {"Bearer " + expired}, "a revoked token": {"Bearer " + revoked}, "a session": {"Bearer " + session}, "a client secret": {"Bearer " + c.secret},
				"two": {"Bearer " + good, "Bearer " + good}, "Basic": {basic(c.ClientID, c.secret)}, "a token as Basic": {basic(b.ada.Email, good)}, "a letter more": {"Bearer " + good + "0"},
				"another site's": {"Bearer " + directory.NewSecret("00000000-0000-4000-8000-000000000000")}, "an injection": {"Bearer ' OR 1=1 --"},
			} {
				r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path+"?access_token="+good, nil)
				r.Header["Authorization"] = header
				if a := b.send(r); a.status != http.StatusUnauthorized || a.text != `{"code":401,"message":"Unauthorized"}`+"\n" || a.header.Get("Cache-Control") != "no-store" {
					t.Errorf("%s, %s: %d %s", path, name, a.status, a.text)
				}
			}
			if a := b.get(path, good); a.status != http.StatusOK {
				t.Errorf("%s: %d %s", path, a.status, a.text)
			}
		}
	})
}

func TestPathsThatOnlyReadTakeNothingElse(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		for path, allowed := range map[string]string{
			oauth.ResourcesPath: "GET, HEAD", oauth.MePath: "GET, HEAD", oauth.MetadataPath: "GET, HEAD",
			oauth.TokenPath: "POST", oauth.RevokePath: "POST", oauth.AssertionPath: "POST",
		} {
			for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} {
				a := b.send(httptest.NewRequestWithContext(t.Context(), method, path, nil))
				taken := method == "POST" && allowed == "POST" || (method == "GET" || method == "HEAD") && allowed != "POST"
				if (a.status == http.StatusMethodNotAllowed) == taken || !taken && a.header.Get("Allow") != allowed {
					t.Errorf("%s %s: %d, Allow %q", method, path, a.status, a.header.Get("Allow"))
				}
			}
		}
	})
}

func TestTheServerDescribesItself(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		for host, issuer := range map[string]string{
			"roster.example": serverURL, "evil.example": serverURL, "auth.atlassian.com": "https://auth.atlassian.com", "AUTH.atlassian.com:8443": "https://auth.atlassian.com:8443",
			"auth.atlassian.com:x": "https://auth.atlassian.com", "auth.atlassian.com.evil.example": serverURL, "api.atlassian.com": serverURL, "": serverURL,
		} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, oauth.MetadataPath, nil)
			r.Host = host
			a := b.send(r)
			for name, want := range map[string]string{
				"issuer": "", "authorization_endpoint": "/authorize", "token_endpoint": "/oauth/token", "revocation_endpoint": "/oauth/revoke",
			} {
				if a.status != http.StatusOK || a.get(name) != issuer+want {
					t.Errorf("at %q %s is %s", host, name, a.get(name))
				}
			}
			if methods, _ := a.body["code_challenge_methods_supported"].([]any); !slices.Equal(methods, []any{"S256"}) || a.body["authorization_response_iss_parameter_supported"] != true {
				t.Error(a.text)
			}
		}
		b.server.StandIn = false
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, oauth.MetadataPath, nil)
		r.Host = "auth.atlassian.com"
		if a := b.send(r); a.get("issuer") != serverURL {
			t.Errorf("no stand-in: %s", a.text)
		}
	})
}
