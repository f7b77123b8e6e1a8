package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/oauth"
	"github.com/rosterhq/roster/internal/web"
)

func TestWhatTheAuthorizationEndpointShowsIsExplainedToAdministrators(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		store := &explain.Store{}
		b := newBed(t, d, func(s *web.Server) { s.Refusals = store })
		id := b.register()
		blocked := b.register(func(r *directory.Registration) { r.Blocked = true })
		b.add(directory.Account{ID: "stranger", Email: "stranger@example.com", DisplayName: "Stranger"})
		b.add(directory.Account{ID: "bot", Type: directory.App, DisplayName: "Bot"}, b.home)
		w, nobody, session := b.signed("ada"), "web browser", auth.Session.String()
		for _, tt := range []struct {
			name   string
			got    answer
			check  explain.Check
			says   string
			caller string
		}{
			{"an unknown app", w.get(ask("nobody")), explain.Parameters, "No site has an app with this client ID.", nobody},
			{"a blocked app", w.get(ask(blocked)), explain.Parameters, "The app " + blocked + " is blocked", nobody},
			{"another redirect URI", w.get(ask(id, "redirect_uri", "https://evil.example/callback")), explain.Parameters, "not one that the app is registered with", nobody},
			{"two apps", w.get(ask(id) + "&client_id=x"), explain.Parameters, "more than once", nobody},
			{"a link that is none", w.get("/authorize?%zz"), explain.Parameters, "not encoded", nobody},
			{"who may not use the site", b.signed("stranger").get(ask(id)), explain.CanUse, "No group of the account holds", session},
			{"who is no person", b.signed("bot").get(ask(id)), explain.Permission, "Only a person", session},
			{"another site's page", w.do(http.MethodPost, ask(id), nil, http.Header{"Origin": {"https://evil.example"}}), explain.XSRF, "Another site's page", nobody},
			{"another method", w.do(http.MethodPut, ask(id), nil, nil), explain.Route, "takes GET, HEAD and POST", nobody},
		} {
			got, err := store.Find(b.site.ID, tt.got.header.Get(explain.Header))
			if err != nil || tt.got.status < 400 || got.Status != tt.got.status || got.Site != b.site.ID || got.Route != oauth.AuthorizePath {
				t.Errorf("%s: %d, %+v, %v", tt.name, tt.got.status, got, err)
			}
			if got.Check != tt.check || !strings.Contains(got.Reason, tt.says) || got.CallerKind != tt.caller || strings.Contains(got.Reason, "evil") || (got.AccountID == "") == (tt.caller == session) {
				t.Errorf("%s: %+v", tt.name, got)
			}
		}
		for _, got := range []answer{w.get(ask(id)), w.get(ask(id, "scope", "everything")), b.browser().get("/login"), b.browser().do(http.MethodPut, "/login", nil, nil)} {
			if got.header.Get(explain.Header) != "" {
				t.Errorf("%d %v", got.status, got.header)
			}
		}
	})
}
