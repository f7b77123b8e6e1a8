package admin_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/rosteradmin"
)

func basic(email, token string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(email+":"+token))
}

func TestOnlyASiteAdministratorDoesThisAndInAStandInAnybodyWithoutACredential(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, standIn := range []bool{false, true} {
			for _, fidelity := range []site.Fidelity{site.Documented, site.Observed} {
				b := serving(t, d, standIn)
				p := b.site(dbtest.Name(t)+"-"+string(fidelity)+map[bool]string{true: "-dev"}[standIn], func(s *site.Site) { s.Settings.Fidelity = fidelity })
				forge, err := b.admin(p).Apps.Register(t.Context(), rosteradmin.NewApp{Kind: rosteradmin.Forge, Name: "Bot", Scopes: []string{"read:confluence-user"}})
				b.ok(err)
				atlas, err := b.admin(p).Apps.Register(t.Context(), rosteradmin.NewApp{Kind: rosteradmin.Connect, Name: "Atlas", Scopes: []string{"ADMIN"}})
				b.ok(err)
				asAda, err := b.admin(p).Apps.Token(t.Context(), forge.ClientID, rosteradmin.NewAppToken{AsUser: "ada"})
				b.ok(err)
				none := map[bool]int{false: 401, true: 200}[standIn]
				for _, tt := range []struct {
					who, authorization string
					want               int
				}{
					{"nobody", "", none},
					{"an administrator", "Bearer " + p.token, 200},
					{"an administrator by Basic", basic("ada@example.com", p.token), 200},
					{"an administrator's token with another address", basic("bob@example.com", p.token), 401},
					{"somebody else", "Bearer " + b.token(p, "bob"), 403},
					{"an administrator's scoped token", "Bearer " + b.token(p, "ada", "read:confluence-user"), 403},
					{"an app as an administrator", "Bearer " + asAda.Token, 403},
					{"an app as itself", "Bearer " + b.token(p, forge.AccountID), 403},
					{"a Connect app", b.jwt(atlas), 401}, // which is signed for another path
					{"an unknown token", "Bearer " + directory.NewSecret(p.CloudID), 401},
					{"nonsense", "Bearer x y", 401},
					{"an unknown scheme", "Digest x", 401},
				} {
					var header []string
					if tt.authorization != "" {
						header = []string{"Authorization", tt.authorization}
					}
					for _, path := range []string{"/_roster/apps", "/_roster/tokens", "/_roster/accounts", "/_roster/accounts/bob/watches", "/_roster/apps/" + forge.ClientID} {
						if got := b.ask(http.MethodGet, p.url+path, "", header...); got.status != tt.want {
							t.Errorf("%s, stand-in %v: %s asks for %s: %d %s", fidelity, standIn, tt.who, path, got.status, got.body)
						}
					}
					status := b.ask(http.MethodPost, p.url+"/_roster/tokens", `{"kind":"service"}`, header...).status
					if tt.want == 200 && status != 201 || tt.want != 200 && status != tt.want {
						t.Errorf("%s, stand-in %v: %s makes a token: %d", fidelity, standIn, tt.who, status)
					}
				}
			}
		}
	})
}

func TestAnotherSitesPageCannotUseASessionNorAStandIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, standIn := range []bool{false, true} {
			b := serving(t, d, standIn)
			p := b.site(dbtest.Name(t) + map[bool]string{true: "-dev"}[standIn])
			session, err := b.dir.AddSession(t.Context(), p.ID, p.CloudID, operator, "ada", "browser")
			b.ok(err)
			cookie := []string{"Cookie", auth.SessionCookie + "=" + session}
			if standIn {
				cookie = nil
			}
			for _, tt := range []struct {
				from []string
				want int
			}{
				{nil, 201},
				{[]string{"Sec-Fetch-Site", "same-origin"}, 201},
				{[]string{"Origin", b.url}, 201},
				{[]string{"Sec-Fetch-Site", "cross-site"}, 403},
				{[]string{"Sec-Fetch-Site", "same-site"}, 403},
				{[]string{"Origin", "https://evil.example"}, 403},
				{[]string{"Origin", "null"}, 403},
			} {
				got := b.ask(http.MethodPost, p.url+"/_roster/tokens", `{"kind":"service"}`, append(tt.from, cookie...)...)
				if got.status != tt.want || got.header.Get("Access-Control-Allow-Origin") != "" {
					t.Errorf("stand-in %v, %v: %d %s", standIn, tt.from, got.status, got.body)
				}
			}
			// What a page can send without asking first is not taken.
			if got := b.ask(http.MethodPost, p.url+"/_roster/tokens", `{"kind":"service"}`, append([]string{"Content-Type", "text/plain"}, cookie...)...); got.status != 415 {
				t.Errorf("as plain text: %d %s", got.status, got.body)
			}
		}
	})
}

func TestAnAnswerIsNotKeptAndARefusalSpeaksV1(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := serving(t, d, false)
		p := b.site(dbtest.Name(t))
		for _, header := range [][]string{{"Authorization", "Bearer " + p.token}, nil} {
			got := b.ask(http.MethodGet, p.url+"/_roster/apps", "", header...)
			if got.header.Get("Cache-Control") != "no-store" || got.header.Get("X-Content-Type-Options") != "nosniff" ||
				got.header.Get("Content-Type") != "application/json" || got.header.Get("X-Roster-Request-Id") == "" {
				t.Errorf("%v", got.header)
			}
			if header == nil && !strings.HasPrefix(got.body, `{"statusCode":401,"data":{"authorized":false,`) {
				t.Error(got.body)
			}
		}
	})
}

func TestAPathOrMethodThatIsNotThereIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := serving(t, d, false)
		p := b.site(dbtest.Name(t))
		for _, tt := range []struct {
			method, path string
			want         int
			allow        string
		}{
			{"PUT", "/_roster/apps", 405, "GET, HEAD, POST"},
			{"PATCH", "/_roster/apps/x", 405, "DELETE, GET, HEAD"},
			{"GET", "/_roster/apps/x/block", 405, "POST"},
			{"POST", "/_roster/tokens/x", 405, "DELETE"},
			{"GET", "/_roster/apps/x/y", 404, ""},
			{"GET", "/_roster/apps/", 404, ""},
			{"GET", "/_roster/apps/nothing", 404, ""},
			{"GET", "/_roster/apps/%00", 404, ""},
			{"GET", "/_roster/apps/%ff", 404, ""},
			{"GET", "/_roster/apps/..%2f..", 404, ""},
			{"GET", "/_roster/apps/'%20OR%201=1", 404, ""},
			{"GET", "/_roster/apps/" + strings.Repeat("a", 5000), 404, ""},
			{"DELETE", "/_roster/tokens/%00", 404, ""},
			{"DELETE", "/_roster/tokens/00000000-0000-0000-0000-000000000000", 404, ""},
			{"GET", "/_roster/appsx", 404, ""},
			{"GET", "/wiki/_roster/apps", 404, ""},
			{"GET", "/_roster/tokens?limit=0", 400, ""},
			{"GET", "/_roster/tokens?limit=201", 400, ""},
			{"GET", "/_roster/tokens?limit=1&limit=1", 400, ""},
			{"GET", "/_roster/tokens?after=x", 400, ""},
			{"GET", "/_roster/tokens?accountId=%00", 400, ""},
			{"GET", "/_roster/tokens?%zz", 400, ""},
			{"GET", "/_roster/tokens?start=1", 400, ""},
			{"HEAD", "/_roster/apps", 200, ""},
		} {
			got := b.ask(tt.method, p.url+tt.path, "", "Authorization", "Bearer "+p.token)
			if got.status != tt.want || got.header.Get("Allow") != tt.allow {
				t.Errorf("%s %.60s: %d, Allow %q, %s", tt.method, tt.path, got.status, got.header.Get("Allow"), got.body)
			}
		}
		gateway := b.url + "/ex/confluence/" + p.CloudID + "/_roster/apps"
		if got := b.ask(http.MethodGet, gateway, "", "Authorization", "Bearer "+p.token); got.status != 404 {
			t.Errorf("through the gateway: %d", got.status)
		}
		if got := b.ask(http.MethodGet, b.url+"/_site/nothing/_roster/apps", "", "Authorization", "Bearer "+p.token); got.status != 404 {
			t.Errorf("of no site: %d", got.status)
		}
	})
}
