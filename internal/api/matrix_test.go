package api

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

// caller is a column of the matrix: who calls, and from where.
type caller struct {
	name string
	role string                // whose token goes along
	open bool                  // on a site that lets anonymous callers in
	far  bool                  // through the gateway
	with func(scopes) []string // a token with these scopes
	by   way                   // in a way of its own
}

var callers = []caller{
	{name: "anonymous"},
	{name: "anonymous-open", open: true},
	{name: "wrong", role: "wrong"},
	{name: "revoked", role: "revoked"},
	{name: "expired", role: "expired"},
	{name: "deactivated", role: deactivated},
	{name: "unlicensed", role: unlicensed},
	{name: "customer", role: customer},
	{name: "person", role: person},
	{name: "administrator", role: administrator},
	{name: "site-admin", role: admin},
	{name: "guest", role: guest},
	{name: "external", role: external},
	{name: "app", role: app},
	{name: "approved-app", role: approved},
	{name: "classic", role: person, far: true, with: func(s scopes) []string { return strings.Fields(s.classic) }},
	{name: "granular", role: person, far: true, with: func(s scopes) []string { return strings.Fields(s.granular) }},
	{name: "scoped-app", role: approved, far: true, with: func(s scopes) []string { return strings.Fields(s.classic + " " + s.granular) }},
	{name: "scoped-on-site", role: admin, with: func(s scopes) []string { return strings.Fields(s.classic + " " + s.granular) }},
	{name: "oauth-user", by: throughApp(directory.OAuthApp, false)},
	{name: "oauth-app", by: throughApp(directory.OAuthApp, true)},
	{name: "forge-user", by: throughApp(directory.ForgeApp, false)},
	{name: "forge-app", by: throughApp(directory.ForgeApp, true)},
	{name: "connect", by: byJWT("READ", "WRITE", "ACCESS_EMAIL_ADDRESSES")},
	{name: "connect-read", by: byJWT("READ")},
	{name: "connect-user", by: throughApp(directory.ConnectApp, false)},
	{name: "session", by: bySession(person)},
	{name: "admin-session", by: bySession(admin)},
	{name: "wrong-scope", role: admin, far: true, with: func(scopes) []string { return []string{"read:jira-work"} }},
}

// strangers adds the credentials that are no good.
func (s *testSite) strangers() {
	s.secrets["wrong"] = directory.NewSecret(s.CloudID)
	s.token("revoked", admin)
	s.revoke("revoked")
	s.expiredToken("expired", admin)
}

func TestEveryOperationLetsInWhomTheMatrixSays(t *testing.T) {
	for _, f := range bothFidelities {
		t.Run(string(f), func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				shut := newSite(t, d, inFidelity(f))
				open := newSite(t, d, inFidelity(f), with("anonymousAccess", "true"), with("anonymousProfiles", "true"))
				shut.strangers()
				var out strings.Builder
				fmt.Fprintf(&out, "%-67s", "")
				for _, c := range callers {
					out.WriteString(" " + c.name)
				}
				out.WriteString("\n")
				for i := range operations {
					out.WriteString(matrixRow(t, shut, open, &operations[i]))
				}
				golden(t, "matrix_"+string(f)+".golden", out.String())
			})
		})
	}
}

// matrixRow calls an operation as everybody. Each caller meets the same site.
func matrixRow(t *testing.T, shut, open *testSite, op *operation) string {
	t.Helper()
	row := fmt.Sprintf("%-67s", op.route)
	succeeded := false
	for _, c := range callers {
		s := shut
		if c.open {
			s = open
		}
		verdict := "-" // there is no such way in
		if a, there := s.callOf(c, op); there {
			status := s.ask(a).status
			if status == op.status {
				succeeded = true
				s.undo(op)
			}
			verdict = strconv.Itoa(status)
		}
		row += fmt.Sprintf(" %-*s", len(c.name), verdict)
	}
	if !succeeded {
		t.Errorf("%s succeeded for nobody", op.route)
	}
	return strings.TrimRight(row, " ") + "\n"
}

func TestEveryOperationSucceedsWhereProfilesAreForGroups(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f), with("viewProfiles", "groups"))
			for i := range operations {
				op := &operations[i]
				if !op.needs.has(viewProfiles) {
					continue
				}
				refusal := 403
				if op.v2() {
					refusal = 404
				}
				for role, want := range map[string]int{person: refusal, colleague: op.status, administrator: op.status, admin: op.status, app: refusal} {
					a := op.request()
					if a.role = role; s.ask(a).status != want {
						t.Errorf("%s, %s by %s: not %d", f, op.id, role, want)
					}
				}
			}
			own := accountID(person)
			for _, a := range []ask{
				{path: "/wiki/rest/api/user?accountId=" + own},
				{path: "/wiki/rest/api/user/bulk?accountId=" + own},
				{path: "/wiki/rest/api/user/current"},
				{method: "POST", path: "/wiki/api/v2/users-bulk", body: `{"accountIds":["` + own + `"]}`},
			} {
				if a.role = person; s.ask(a).status != 200 {
					t.Errorf("%s: people cannot see their own record by %s", f, a.path)
				}
			}
		}
	})
}
