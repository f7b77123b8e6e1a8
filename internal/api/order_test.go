package api

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/site"
)

// checksInOrder are what a request can fail on, in the order in which it is looked at, and what the failure alone is
// answered with: as documented, and as observed.
var checksInOrder = []struct {
	name                 string
	documented, observed int
}{
	{"edge", 431, 431},
	{"credential that cannot be read", 401, 401},
	{"credential that nobody has", 403, 403},
	{"scope", 401, 401},
	{"can use", 403, 403},
	{"parameters", 400, 400},
	{"xsrf", 403, 403},
	{"permission", 403, 403},
	{"existence", 403, 403},
}

// failing is a request to watch a page for somebody that fails on these checks and on no other.
func (s *testSite) failing(faults ...string) ask {
	fails := func(name string) bool { return slices.Contains(faults, name) }
	page, query := strconv.Itoa(onPage), []string{}
	if fails("existence") {
		page = "999999"
	}
	if fails("permission") {
		query = append(query, "accountId="+accountID(colleague))
	}
	header := http.Header{xsrfHeader: {"no-check"}}
	if fails("parameters") {
		query = append(query, "accountId=%zz")
	}
	if fails("xsrf") {
		header.Del(xsrfHeader)
	}
	a := ask{method: http.MethodPost, path: "/wiki/rest/api/user/watch/content/" + page + "?" + strings.Join(query, "&"), header: header, base: s.gateway()}
	who, scopes := person, []string{"write:confluence-content"}
	if fails("can use") {
		who = unlicensed
	}
	if fails("scope") {
		scopes = []string{"read:jira-work"}
	}
	a.role = who + " with " + scopes[0]
	if s.secrets[a.role] == "" {
		s.token(a.role, who, scopes...)
	}
	if fails("credential that nobody has") {
		a.role = "wrong"
	}
	if fails("credential that cannot be read") {
		header.Set("Authorization", "Basic !!!")
	}
	if fails("edge") {
		header.Set("X-Filler", strings.Repeat("x", largestHeaders))
	}
	return a
}

// Whatever else is wrong with a request, the first check that it fails is the one that it is refused for.
func TestARequestIsRefusedForTheFirstCheckThatItFails(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			s.strangers()
			alone := make([]response, len(checksInOrder))
			bodies := map[string]string{}
			for i, check := range checksInOrder {
				want := check.documented
				if f == site.Observed {
					want = check.observed
				}
				alone[i] = s.ask(s.failing(check.name))
				if alone[i].status != want {
					t.Errorf("%s, %s alone: %d %s, want %d", f, check.name, alone[i].status, alone[i].body, want)
				}
				said := fmt.Sprint(alone[i].status, alone[i].body)
				// Real sites say the same to whom they do not know and to who may not use them.
				if same := bodies[said]; same != "" && !(f == site.Observed && check.name == "can use") {
					t.Errorf("%s: %s and %s are answered alike, so their order cannot be seen: %s", f, same, check.name, said)
				}
				bodies[said] = check.name
			}
			for i, first := range checksInOrder {
				for _, later := range checksInOrder[i+1:] {
					if got := s.ask(s.failing(first.name, later.name)); got.status != alone[i].status || got.body != alone[i].body {
						t.Errorf("%s, %s and %s: %d %s", f, first.name, later.name, got.status, got.body)
					}
				}
			}
			every := make([]string, len(checksInOrder))
			for i, check := range checksInOrder {
				every[i] = check.name
			}
			for i := range every {
				if got := s.ask(s.failing(every[i:]...)); got.body != alone[i].body {
					t.Errorf("%s, from %s on: %d %s", f, every[i], got.status, got.body)
				}
			}
			if got := s.ask(s.failing()); got.status != 204 {
				t.Errorf("%s: nothing wrong is answered with %d %s", f, got.status, got.body)
			}
		}
	})
}

// Scopes are looked at before there is a path: a token that could not call anything there does not learn what is there.
func TestAPathThatIsNotThereIsOutOfEveryScope(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			s.token("scoped", admin, "read:confluence-user", "write:confluence-content")
			for _, a := range []ask{{path: "/wiki/rest/api/nothing"}, {path: "/wiki/api/v2/nothing"}, {method: http.MethodPut, path: userPathOf}} {
				a.role, a.base = "scoped", s.gateway()
				got := s.ask(a)
				if got.status != 401 || got.body != `{"code":401,"message":"Unauthorized; scope does not match"}` || got.header.Get("X-Failure-Category") != "FAILURE_CLIENT_SCOPE_CHECK" {
					t.Errorf("%s: %s %s: %d %s", f, a.method, a.path, got.status, got.body)
				}
				a.role = admin
				if got := s.ask(a); got.status != 404 && got.status != 405 {
					t.Errorf("%s: %s %s by a classic token: %d %s", f, a.method, a.path, got.status, got.body)
				}
			}
		}
	})
}

// A site whose gateway address somebody guessed is not there for the token of another site, to the byte.
func TestASiteIsAbsentForTheTokensOfOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			ours, theirs := newSite(t, d, inFidelity(f)), newSite(t, d, inFidelity(f))
			ours.token("scoped", admin, "read:confluence-user")
			for _, role := range []string{admin, "scoped"} {
				stray := http.Header{"Authorization": {"Bearer " + ours.secrets[role]}}
				for _, path := range []string{userPathOf + "/current", "/rest/api/user/current", v2BulkPath, "/wiki/rest/api/nothing"} {
					there := theirs.ask(ask{path: path, base: theirs.gateway(), header: stray})
					absent := theirs.ask(ask{path: path, base: theirs.server + "/ex/confluence/00000000-0000-4000-8000-000000000000", header: stray})
					if there.status != 404 || there.status != absent.status || there.body != absent.body {
						t.Errorf("%s, %s of %s: %d %s, and for no site %d %s", f, path, role, there.status, there.body, absent.status, absent.body)
					}
				}
			}
		}
	})
}
