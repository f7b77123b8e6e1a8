package auth_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

func (b *bed) authenticator() *auth.Authenticator {
	return &auth.Authenticator{Directory: b.d, Uses: b.uses, Now: b.d.Changes.Now}
}

func TestAnotherSitesPageCannotCallByASession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		ada := b.account(directory.Account{DisplayName: "Ada"}, b.users)
		secret, err := b.d.AddSession(t.Context(), b.site.ID, b.site.CloudID, operator, ada.ID, "test")
		if err != nil {
			t.Fatal(err)
		}
		call := func(method string, header http.Header) (auth.Caller, error) {
			r := httptest.NewRequest(method, "http://people.example/wiki/rest/api/user/watch/label/x", nil)
			r.Header = header.Clone()
			r.AddCookie(&http.Cookie{Name: auth.SessionCookie, Value: secret})
			return b.authenticator().Caller(t.Context(), site.Found{Site: b.site}, r)
		}
		for _, ours := range []http.Header{{}, {"Sec-Fetch-Site": {"same-origin"}}, {"Sec-Fetch-Site": {"none"}}, {"Origin": {"http://people.example"}}} {
			for _, method := range []string{"GET", "POST"} {
				if c, err := call(method, ours); err != nil || c.Kind != auth.Session || c.Standing.AccountID != ada.ID {
					t.Errorf("%s %v: %+v (%v)", method, ours, c, err)
				}
			}
		}
		for _, theirs := range []http.Header{
			{"Sec-Fetch-Site": {"cross-site"}},
			{"Sec-Fetch-Site": {"same-site"}},
			{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"http://people.example"}},
			{"Origin": {"null"}},
			{"Origin": {"http://evil.example"}},
			{"Origin": {"http://people.example:8080"}},
			{"Sec-Fetch-Site": {"odd"}},
		} {
			for _, method := range []string{"POST", "PUT", "DELETE", "PATCH"} {
				if c, err := call(method, theirs); kind(err) != failure.Forged || c.Kind != auth.Anonymous {
					t.Errorf("%s %v: %+v (%v)", method, theirs, c, err)
				}
			}
		}
	})
}

func TestAPageSeesTheSessionAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		ada := b.account(directory.Account{DisplayName: "Ada"}, b.users)
		token, _ := b.token(ada.ID, directory.Token{})
		session, err := b.d.AddSession(t.Context(), b.site.ID, b.site.CloudID, operator, ada.ID, "test")
		if err != nil {
			t.Fatal(err)
		}
		browser := func(secret string) auth.Caller {
			t.Helper()
			c, err := b.authenticator().Browser(t.Context(), b.site, secret)
			if err != nil {
				t.Error(err)
			}
			return c
		}
		if c := browser(session); c.Kind != auth.Session || c.Standing.AccountID != ada.ID {
			t.Errorf("%+v", c)
		}
		for _, secret := range []string{"", "x", token, session + "x", directory.NewSecret(b.site.CloudID), directory.NewSecret("00000000-0000-4000-8000-000000000000")} {
			if c := browser(secret); c.Kind != auth.Anonymous || c.Standing.AccountID != "" {
				t.Errorf("%s: %+v", secret, c)
			}
		}
		if _, err := b.d.Change(t.Context(), b.site.ID, operator, ada.ID, func(a *directory.Account) error { a.Status = directory.Inactive; return nil }); err != nil {
			t.Fatal(err)
		}
		if c := browser(session); c.Kind != auth.Anonymous {
			t.Errorf("deactivated: %+v", c)
		}
	})
}
