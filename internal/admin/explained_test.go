package admin_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/explain"
)

// It is long because it is a table: a row a situation.
func TestEachRefusalIsExplainedToAdministrators(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, open := serving(t, d, false), serving(t, d, true)
		p := b.site(dbtest.Name(t))
		gone := b.token(p, "ada")
		all, err := b.dir.Tokens(t.Context(), p.ID, "ada")
		b.ok(err)
		var goneID string
		for _, one := range all {
			if goneID == "" || one.ID > goneID {
				goneID = one.ID
			}
		}
		_, err = b.dir.RevokeToken(t.Context(), p.ID, operator, goneID)
		b.ok(err)
		by := func(token string) []string { return []string{"Authorization", "Bearer " + token} }
		bob, scoped, ada := b.token(p, "bob"), b.token(p, "ada", "read:confluence-user"), p.token
		forged := []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}
		inStandIn := strings.Replace(p.url, b.url, open.url, 1)
		for _, tt := range []struct {
			name         string
			b            *bed
			got          answer
			check        explain.Check
			says, caller string
			route        string
		}{
			{"nobody", b, b.ask("GET", p.url+"/_roster/apps", ""), explain.Credential, "shows no credential", "anonymous", "/_roster/apps"},
			{"an unknown token", b, b.ask("GET", p.url+"/_roster/tokens", "", by(directory.NewSecret(p.CloudID))...), explain.Credential, "No token of this site has this secret", "not recognized", "/_roster/tokens"},
			{"a revoked token", b, b.ask("GET", p.url+"/_roster/apps", "", by(gone)...), explain.Credential, "was revoked at", "not recognized", "/_roster/apps"},
			{"nonsense", b, b.ask("GET", p.url+"/_roster/apps", "", by("x y")...), explain.Credential, "", "not recognized", "/_roster/apps"},
			{"somebody else", b, b.ask("GET", p.url+"/_roster/apps", "", by(bob)...), explain.Permission, "No group of the account holds the permission", auth.Token.String(), "/_roster/apps"},
			{"a scoped token", b, b.ask("DELETE", p.url+"/_roster/apps/x", "", by(scoped)...), explain.Permission, "No scope lets a credential of this kind", auth.ScopedToken.String(), "/_roster/apps/{id}"},
			{"another site's page", open, open.ask("POST", inStandIn+"/_roster/tokens", `{}`, forged...), explain.XSRF, "Another site sent", "anonymous", "/_roster/tokens"},
			{"no app", b, b.ask("GET", p.url+"/_roster/apps/hush-hush", "", by(ada)...), explain.Existence, "no such app", auth.Token.String(), "/_roster/apps/{id}"},
			{"no token", b, b.ask("DELETE", p.url+"/_roster/tokens/hush-hush", "", by(ada)...), explain.Existence, "no such token", auth.Token.String(), "/_roster/tokens/{id}"},
			{"no path", b, b.ask("GET", p.url+"/_roster/apps/x/hush-hush", "", by(ada)...), explain.Route, "nothing at this path", auth.Token.String(), ""},
			{"no method", b, b.ask("PUT", p.url+"/_roster/apps/x/block", "", by(ada)...), explain.Route, "does not take", auth.Token.String(), "/_roster/apps/{id}/block"},
			{"no body", b, b.ask("POST", p.url+"/_roster/apps", `{`, by(ada)...), explain.Parameters, "", auth.Token.String(), "/_roster/apps"},
			{"another scope", b, b.ask("POST", p.url+"/_roster/apps", `{"kind":"oauth","name":"Notes","scopes":["hush-hush"]}`, by(ada)...), explain.Parameters, "asks for the scope …", auth.Token.String(), "/_roster/apps"},
			{"a query", b, b.ask("GET", p.url+"/_roster/tokens?hush-hush=1", "", by(ada)...), explain.Parameters, "… is no parameter", auth.Token.String(), "/_roster/tokens"},
		} {
			id := tt.got.header.Get(explain.Header)
			got, err := tt.b.why.Find(p.ID, id)
			if err != nil || got.Site != p.ID || got.Status != tt.got.status || got.Status < 400 || got.RequestID != tt.got.header.Get("X-Roster-Request-Id") {
				t.Errorf("%s: %d %s: %+v, %v", tt.name, tt.got.status, tt.got.body, got, err)
			}
			if got.Check != tt.check || !strings.Contains(got.Reason, tt.says) || got.Reason == "" || got.CallerKind != tt.caller || got.Route != tt.route || got.Kind == "" {
				t.Errorf("%s: %+v", tt.name, got)
			}
			if strings.Contains(got.Reason+got.Remedy+got.Route, "hush") || strings.Contains(got.Reason, "left out") || (got.AccountID == "") == (tt.caller == auth.Token.String() || tt.caller == auth.ScopedToken.String()) {
				t.Errorf("%s: %+v", tt.name, got)
			}
		}
		if served := b.ask(http.MethodGet, p.url+"/_roster/apps", "", by(ada)...); served.status != 200 || served.header.Get(explain.Header) != "" {
			t.Errorf("served: %d %v", served.status, served.header)
		}
	})
}
