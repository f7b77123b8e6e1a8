package api

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/site"
)

// atAcme gives a site a public URL. Each has its own, yet answers show them all as that of acme.example, so that
// goldens can hold them.
func atAcme(s *site.Site) { s.PublicURL = "https://" + s.Name + ".example" }

// acme returns text with the site's public URL as that of acme.example.
func (s *testSite) acme(text string) string {
	return strings.ReplaceAll(text, s.Name+".example", "acme.example")
}

// readsOf are requests whose answers stand byte for byte in a golden.
func readsOf() []ask {
	user := func(role, more string) string { return "/wiki/rest/api/user?accountId=" + accountID(role) + more }
	bulk := strings.Join(ids(public, nobody, hidden, public), "&accountId=")
	return []ask{
		{role: person, path: user(colleague, "")},
		{role: person, path: user(colleague, "&expand=operations,personalSpace&expand=details.business,nonsense")},
		{role: person, path: user(colleague, "&expand=details")},
		{role: person, path: user(hidden, "&expand=details,personalSpace")},
		{role: person, path: user(nonLatin, "&expand=personalSpace,isExternalCollaborator")},
		{role: app, path: user(colleague, "")},
		{role: person, path: "/wiki/rest/api/user/current"},
		{path: "/wiki/rest/api/user/current?expand=operations"},
		{path: "/wiki/rest/api/user/anonymous"},
		{path: "/wiki/rest/api/user/anonymous?expand=operations"},
		{role: person, path: "/wiki/rest/api/user/memberof?accountId=" + accountID(person) + "&limit=1"},
		{role: person, path: "/wiki/rest/api/user/memberof?accountId=" + accountID(person) + "&limit=1&start=1"},
		{role: person, path: "/wiki/rest/api/user/bulk?accountId=" + bulk + "&limit=3"},
		{role: person, path: "/wiki/rest/api/user/bulk?accountId=" + url.QueryEscape(strings.Join(ids(colleague, person), ",")) + "&expand=operations"},
		{role: approved, path: "/wiki/rest/api/user/email?accountId=" + accountID(hidden)},
		{role: approved, path: "/wiki/rest/api/user/email/bulk?accountId=" + strings.Join(ids(hidden, nobody, person, closed), ",")},
		{role: person, path: "/wiki/rest/api/search/user?cql=" + url.QueryEscape(`user.fullname ~ "full col"`) + "&expand=operations"},
		{role: person, path: "/wiki/rest/api/search/user?cql=type%3Duser&limit=1&start=1"},
		{role: person, path: "/wiki/rest/api/search/user?cql=type%3Duser&limit=0"},
		{role: person, path: "/wiki/rest/api/group?limit=2"},
		{role: person, path: "/wiki/rest/api/group?accessType=admin&start=5"},
		{role: person, path: "/wiki/rest/api/group/by-id?id=" + groupID("Engineering")},
		{role: person, path: "/wiki/rest/api/group/picker?query=USER&shouldReturnTotalSize=true"},
		{role: person, path: "/wiki/rest/api/group/" + groupID("Engineering") + "/membersByGroupId?limit=1&start=1&expand=operations&shouldReturnTotalSize=true"},
		{role: person, path: "/wiki/rest/api/group/" + groupID("empty") + "/membersByGroupId"},
		{role: person, method: "POST", path: "/wiki/api/v2/users-bulk", body: `{"accountIds":["` + strings.Join(ids(hidden, nobody, colleague, hidden, customer), `","`) + `"]}`},
		{role: person, method: "POST", path: "/wiki/api/v2/users-bulk", body: `{"accountIds":["nobody"]}`},
		{
			role: person, method: "POST", path: "/wiki/api/v2/user/access/check-access-by-email",
			body: `{"emails":["Person@Example.com","person@example.com","deactivated@example.com","x@example.com","no address"]}`,
		},
	}
}

var duration = regexp.MustCompile(`"searchDuration":\d+`)

func TestEveryReadAnswersTheseBytes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var out strings.Builder
		for _, f := range bothFidelities {
			s := newSite(t, d, atAcme, inFidelity(f), with("anonymousAccess", "true"))
			fmt.Fprintf(&out, "# %s\n\n", f)
			for _, a := range readsOf() {
				got := s.ask(a)
				method := a.method
				if method == "" {
					method = "GET"
				}
				who := a.role
				if who == "" {
					who = "anonymous"
				}
				fmt.Fprintf(&out, "%s %s %s\n  by %s: %d %s", method, a.path, a.body, who, got.status, got.header.Get("Content-Type"))
				if link := got.header.Get("Link"); link != "" {
					fmt.Fprintf(&out, ", Link: %s", link)
				}
				fmt.Fprintf(&out, "\n  %s\n\n", duration.ReplaceAllString(got.body, `"searchDuration":0`))
			}
		}
		golden(t, "reads.golden", out.String())
	})
}
