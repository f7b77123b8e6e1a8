package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

func TestAPanicIsLoggedWholeAndShownAsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		changes := change.New(d)
		sites := &site.Store{Changes: changes}
		settings := site.DefaultSettings()
		settings.AnonymousAccess = true
		name := dbtest.Name(t)
		if _, err := sites.Add(t.Context(), change.Actor{Via: change.CLI}, site.Site{Name: name, Settings: settings}); err != nil {
			t.Fatal(err)
		}
		var logged strings.Builder
		s := &Server{
			Sites: &site.Resolver{Sites: sites, Named: true},
			Auth:  &auth.Authenticator{Directory: &directory.Directory{Changes: changes}, Now: time.Now},
			Log:   slog.New(slog.NewTextHandler(&logged, nil)),
			router: newRouter([]operation{{
				id: "boom", route: "GET /wiki/rest/api/boom", needs: canUse, status: 200,
				serve: do(func(*Server, context.Context, *call, nothing) (nothing, error) { panic("the engine is on fire") }),
			}}),
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/_site/"+name+"/wiki/rest/api/boom", nil))
		if w.Code != 500 || strings.Contains(w.Body.String(), "fire") || !strings.Contains(w.Body.String(), `"statusCode":500`) {
			t.Errorf("a panic answered %d %s", w.Code, w.Body)
		}
		if !strings.Contains(logged.String(), "the engine is on fire") || !strings.Contains(logged.String(), w.Header().Get("X-Roster-Request-Id")) {
			t.Errorf("a panic logged %s", logged.String())
		}
	})
}
