package app_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/site"
)

func TestAPageThatPointsItsNameHereGetsNothingOfAStandIn(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		a := open(t, database, func(o *app.Options) { o.StandIn, o.PublicURL = true, "https://people.example:8443" })
		secret := bootstrap(t, a)
		if _, err := a.Sites.Add(t.Context(), byCLI, site.Site{Name: "acme", Hosts: []string{"acme.test"}}); err != nil {
			t.Fatal(err)
		}
		handler := a.Handler("http://127.0.0.1")
		ask := func(host, path, authorization string) int {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(`{"kind":"service"}`))
			r.Host = host
			r.Header.Set("Content-Type", "application/json")
			if authorization != "" {
				r.Header.Set("Authorization", authorization)
			}
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			return w.Code
		}
		for _, host := range []string{"127.0.0.1:8080", "[::1]:8080", "localhost", "roster:8080", "dev.localhost", "people.example:8443", "acme.test", "example.atlassian.net"} {
			if got := ask(host, "/_roster/tokens", ""); got != http.StatusCreated {
				t.Errorf("%s: %d", host, got)
			}
		}
		for _, host := range []string{"evil.example", "127.0.0.1.evil.example", "evil.example:8080", "localhost.evil.example", "EVIL.example."} {
			for _, path := range []string{"/_roster/tokens", "/_site/main/_roster/tokens", "/_roster/sites", "/login/as", "/_site/main/login/as"} {
				if got := ask(host, path, ""); got != http.StatusForbidden {
					t.Errorf("%s%s: %d", host, path, got)
				}
			}
			if got := ask(host, "/_roster/tokens", "Bearer "+secret); got != http.StatusCreated {
				t.Errorf("with a credential, %s: %d", host, got)
			}
		}
	})
}
