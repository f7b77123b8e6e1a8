package api

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// Each kind of person stands in a golden as every read of people shows it to an ordinary person.
func TestEveryKindOfPersonIsAnsweredByEveryRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var out strings.Builder
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			fmt.Fprintf(&out, "# %s\n", f)
			for _, role := range append(roles, nobody) {
				id := accountID(role)
				fmt.Fprintf(&out, "\n%s\n", role)
				for _, a := range []ask{
					{path: "/wiki/rest/api/user?expand=operations&accountId=" + id},
					{path: "/wiki/rest/api/user/bulk?accountId=" + id},
					{path: "/wiki/rest/api/user/memberof?accountId=" + id},
					{path: "/wiki/rest/api/search/user?cql=" + url.QueryEscape("user = "+id)},
					{path: "/wiki/rest/api/search/user?sitePermissionTypeFilter=all&cql=" + url.QueryEscape("user = "+id)},
					{path: "/wiki/rest/api/search/user?sitePermissionTypeFilter=externalCollaborator&cql=" + url.QueryEscape("user = "+id)},
					{path: "/wiki/rest/api/group/" + groupID("users") + "/membersByGroupId"},
					{method: "POST", path: "/wiki/api/v2/users-bulk", body: `{"accountIds":["` + id + `"]}`},
					{method: "POST", path: "/wiki/api/v2/user/access/check-access-by-email", body: `{"emails":["` + role + `@example.com"]}`},
					{role: approved, path: "/wiki/rest/api/user/email?accountId=" + id},
				} {
					if a.role == "" {
						a.role = person
					}
					got := s.ask(a)
					name, _, _ := strings.Cut(a.path, "accountId=")
					name, _, _ = strings.Cut(name, "cql=")
					name = strings.TrimRight(strings.NewReplacer("/wiki/rest/api/", "", "/wiki/api/v2/", "", groupID("users"), "users").Replace(name), "?&")
					fmt.Fprintf(&out, "  %-57s %d %s\n", name, got.status, summary(t, got.body, id))
				}
			}
			out.WriteString("\n")
		}
		golden(t, "kinds.golden", out.String())
	})
}

// summary is what an answer says that tells kinds of people apart.
func summary(t *testing.T, body, id string) string {
	t.Helper()
	var answer map[string]any
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatal(err)
	}
	if message, ok := answer["message"]; ok {
		return fmt.Sprint(message)
	}
	if without, ok := answer["emailsWithoutAccess"]; ok {
		return fmt.Sprintf("without access: %v", without)
	}
	results, list := answer["results"].([]any)
	if !list {
		return kindShown(answer)
	}
	var shown []string
	for _, r := range results {
		entry := r.(map[string]any)
		if user, ok := entry["user"].(map[string]any); ok {
			entry = user
		}
		if entry["accountId"] == id {
			shown = append(shown, kindShown(entry))
		} else if entry["type"] == "group" {
			shown = append(shown, fmt.Sprint(entry["name"]))
		}
	}
	if len(shown) == 0 {
		return "nobody"
	}
	return strings.Join(shown, ", ")
}

func kindShown(user map[string]any) string {
	var said []string
	for _, key := range []string{"type", "accountType", "accountStatus", "displayName", "publicName", "email", "isGuest", "isExternalCollaborator", "externalCollaborator", "operations"} {
		if v, ok := user[key]; ok {
			text, _ := json.Marshal(v)
			said = append(said, key+"="+string(text))
		}
	}
	return strings.Join(said, " ")
}
