package api

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/site"
)

func TestLinksNameTheSiteWhicheverWayItWasReached(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			host := dbtest.Name(t) + ".example"
			public := newSite(t, d, inFidelity(f), func(s *site.Site) { s.PublicURL, s.Hosts = "https://"+host, []string{host} })
			named := newSite(t, d, inFidelity(f))
			for _, way := range []struct {
				what string
				s    *testSite
				ask  ask
				want string
			}{
				{"its name", public, ask{}, "https://" + host},
				{"its host", public, ask{base: public.server, host: host}, "https://" + host},
				{"its host, with a port and in capitals", public, ask{base: public.server, host: strings.ToUpper(host) + ":8443"}, "https://" + host},
				{"the gateway", public, ask{base: public.gateway()}, "https://" + host},
				{"its name, without a public URL", named, ask{}, named.baseSite},
				{"the gateway, without a public URL", named, ask{base: named.gateway()}, named.baseSite},
			} {
				for path, self := range map[string]string{
					"/wiki/rest/api/user/current":                       "/rest/api/user?accountId=" + accountID(person),
					"/wiki/rest/api/user?accountId=" + accountID(guest): "/rest/api/user?accountId=" + accountID(guest),
					"/wiki/rest/api/user/anonymous":                     "/rest/api/user/anonymous",
					"/wiki/rest/api/group?start=2&limit=1&accessType=":  "/rest/api/group?accessType=",
				} {
					a := way.ask
					a.role, a.path = person, path
					checkLinks(t, way.what, way.s.ask(a), way.want, self)
				}
				a := way.ask
				a.role, a.method, a.path, a.body = person, "POST", v2BulkPath, `{"accountIds":["x"]}`
				if link := way.s.ask(a).header.Get("Link"); link != "<"+way.want+`/wiki>; rel="base"` {
					t.Errorf("by %s, Link is %s", way.what, link)
				}
			}
		}
	})
}

func checkLinks(t *testing.T, what string, got response, base, self string) {
	t.Helper()
	var answer struct {
		Links confluence.Links `json:"_links"`
	}
	if err := json.Unmarshal([]byte(got.body), &answer); err != nil || got.status != 200 {
		t.Fatalf("by %s: %d %s", what, got.status, got.body)
	}
	l := answer.Links
	if l["base"] != base+"/wiki" || l["context"] != "/wiki" || l["self"] != base+"/wiki"+self {
		t.Errorf("by %s: %v, want %s and %s", what, l, base, self)
	}
}

func TestTheGatewayTakesPathsWithAndWithoutWiki(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.token("scoped", person, "read:confluence-user")
		for _, role := range []string{person, "scoped"} {
			long := s.ask(ask{role: role, base: s.gateway(), path: "/wiki/rest/api/user/current"})
			short := s.ask(ask{role: role, base: s.gateway(), path: "/rest/api/user/current"})
			if long.status != 200 {
				t.Errorf("%s: %d %s", role, long.status, long.body)
			}
			alike(t, "with and without /wiki", long, short)
		}
		for _, path := range []string{"", "/", "/wiki", "/wiki/wiki/rest/api/user/current", "/_site/" + s.Name + "/wiki/rest/api/user/current"} {
			if got := s.ask(ask{role: person, base: s.gateway(), path: path}); got.status != 404 {
				t.Errorf("%q through the gateway: %d", path, got.status)
			}
		}
	})
}

func TestTheTenantsInfoIsForEverybody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		if got := s.get("", "/_edge/tenant_info"); got.status != 200 || got.body != `{"cloudId":"`+s.CloudID+`"}` {
			t.Errorf("%d %s", got.status, got.body)
		}
	})
}
