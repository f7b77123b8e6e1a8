package oauth_test

import (
	"net/http"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/oauth"
)

func TestAnAppGivesBackWhatItHas(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		for name, c := range map[string]client{"confidential": b.registered(), "public": b.registered(public)} {
			access, refresh := b.tokens(c)
			second := b.refresh(c, refresh)
			if a := b.post(oauth.RevokePath, c.proof("token", access, "token_type_hint", "refresh_token")); a.status != http.StatusOK || b.calls(access) != http.StatusUnauthorized {
				t.Errorf("%s: an access token: %d %s", name, a.status, a.text)
			}
			if b.calls(second.get("access_token")) != http.StatusOK {
				t.Errorf("%s: the other access token is gone", name)
			}
			for range 2 {
				if a := b.post(oauth.RevokePath, c.proof("token", second.get("refresh_token"), "token_type_hint", "nonsense")); a.status != http.StatusOK || a.text != "{}\n" {
					t.Errorf("%s: a refresh token: %d %s", name, a.status, a.text)
				}
			}
			if got := b.calls(second.get("access_token")); got != http.StatusUnauthorized {
				t.Errorf("%s: its access token: %d", name, got)
			}
			b.refused(name+": a refresh", b.refresh(c, second.get("refresh_token")), http.StatusForbidden, "invalid_grant")
		}
		c := b.registered()
		own := b.asItself(c).get("access_token")
		if a := b.postJSON(oauth.RevokePath, map[string]string{"client_id": c.ClientID, "client_secret": c.secret, "token": own}); a.status != http.StatusOK || b.calls(own) != http.StatusUnauthorized {
			t.Errorf("its own token: %d %s", a.status, a.text)
		}
	})
}

func TestNobodyGivesBackWhatIsNotTheirs(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c, other, open := b.registered(), b.registered(), b.registered(public)
		access, refresh := b.tokens(c)
		classic := directory.NewSecret(b.site.CloudID)
		b.patiently(func() error {
			_, err := b.dir.AddToken(t.Context(), b.site.ID, operator, b.ada.ID, directory.Token{}, classic)
			return err
		})
		for _, by := range []client{other, open} {
			for _, token := range []string{access, refresh, classic, "x", "' OR 1=1 --", directory.NewSecret("00000000-0000-4000-8000-000000000000"), directory.NewSecret(b.site.CloudID)} {
				if a := b.post(oauth.RevokePath, by.proof("token", token)); a.status != http.StatusOK || a.text != "{}\n" {
					t.Errorf("%d %s", a.status, a.text)
				}
			}
		}
		if a := b.post(oauth.RevokePath, c.proof("token", classic)); a.status != http.StatusOK {
			t.Errorf("%d %s", a.status, a.text)
		}
		if b.calls(access) != http.StatusOK || b.calls(classic) != http.StatusOK || b.refresh(c, refresh).status != http.StatusOK {
			t.Error("somebody else's token was taken back")
		}
		b.refused("no token", b.post(oauth.RevokePath, c.proof()), http.StatusBadRequest, "invalid_request")
		b.refused("no client", b.post(oauth.RevokePath, client{}.proof("token", access, "client_id", "")), http.StatusUnauthorized, "invalid_client")
		b.refused("a wrong secret", b.post(oauth.RevokePath, c.proof("token", access, "client_secret", "x")), http.StatusUnauthorized, "invalid_client")
		b.refused("a wrong secret and an unknown token", b.post(oauth.RevokePath, c.proof("token", "x", "client_secret", "x")), http.StatusUnauthorized, "invalid_client")
	})
}
