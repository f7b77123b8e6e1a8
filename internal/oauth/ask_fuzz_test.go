package oauth_test

import (
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/oauth"
)

// Whatever is asked, only what the app is registered for is read of it, and nothing is sent anywhere else.
func FuzzAnAuthorizationRequestIsReadOrRefused(f *testing.F) {
	d, err := db.Open(f.Context(), filepath.Join(f.TempDir(), "fuzz.db"), db.Options{Throwaway: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { d.Close() })
	b := newBed(f, d, "fuzz")
	c, open := b.registered(), b.registered(public)
	for _, seed := range []string{
		c.query().Encode(), open.query().Encode(), c.query("scope", "").Encode(), c.query("redirect_uri", "https://evil.example").Encode(),
		c.query("state", "\x00&=#").Encode(), "client_id=" + c.ClientID, "client_id=" + c.ClientID + "&client_id=x", "client_id=%00", "scope=a&scope=b",
		"response_type=code&client_id=" + c.ClientID + "&state=a&state=b", open.query("code_challenge_method", "plain").Encode(),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		q, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		ask, err := b.server.Read(t.Context(), q)
		if isMisdirected(err) {
			if ask.RedirectURI != "" {
				t.Errorf("%q: %+v", raw, ask)
			}
			return
		}
		if ask.RedirectURI != callback || ask.App.ClientID != q.Get("client_id") || ask.State != "" && ask.State != q.Get("state") {
			t.Errorf("%q: %+v", raw, ask)
		}
		if err == nil {
			err = oauth.Deny()
			if len(ask.Scopes) == 0 || len(ask.Sites) != 1 || ask.App.Public && ask.Challenge == "" {
				t.Errorf("%q: %+v", raw, ask)
			}
		}
		if _, ours := errors.AsType[*oauth.Error](err); !ours {
			t.Fatalf("%q: %v", raw, err)
		}
		to := ask.Refuse(serverURL, err)
		u, err := url.Parse(to)
		if err != nil || !strings.HasPrefix(to, callback+"?") || u.Fragment != "" || u.Query().Get("state") != ask.State || u.Query().Get("iss") != serverURL {
			t.Errorf("%q is sent to %q (%v)", raw, to, err)
		}
	})
}
