package api

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

// viewers are those who look, in the columns of the golden.
var viewers = []string{"self", person, guest, external, app, approved, administrator, admin, "anonymous"}

// shownBy are the reads that show a person, each by a path to that person in its answer.
var shownBy = []struct {
	name string
	ask  func(role string) ask
	at   []string
}{
	{"get", func(r string) ask { return ask{path: "/wiki/rest/api/user?expand=details&accountId=" + accountID(r)} }, nil},
	{"current", func(string) ask { return ask{path: "/wiki/rest/api/user/current?expand=details"} }, nil},
	{"bulk", func(r string) ask {
		return ask{path: "/wiki/rest/api/user/bulk?expand=details&accountId=" + accountID(r)}
	}, []string{"results"}},
	{"users-bulk", func(r string) ask {
		return ask{method: "POST", path: "/wiki/api/v2/users-bulk", body: `{"accountIds":["` + accountID(r) + `"]}`}
	}, []string{"results"}},
	{"search", func(r string) ask {
		return ask{path: "/wiki/rest/api/search/user?expand=details&cql=" + url.QueryEscape("user = "+accountID(r))}
	}, []string{"results", "user"}},
	{"members", func(r string) ask {
		return ask{path: "/wiki/rest/api/group/" + groupID("users") + "/membersByGroupId?expand=details"}
	}, []string{"results"}},
}

func TestEveryReadShowsAViewerTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, with("anonymousAccess", "true"), with("anonymousProfiles", "true"))
		choose := func(to directory.Audience) {
			_, err := s.dir.Change(t.Context(), s.ID, operator, accountID(colleague), func(a *directory.Account) error {
				a.Visibility = directory.EveryField(to)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		var out strings.Builder
		for _, to := range []directory.Audience{directory.Anyone, directory.Organization, directory.OnlyMe} {
			choose(to)
			fmt.Fprintf(&out, "# shown to %s\n\n%-11s", to, "")
			for _, v := range viewers {
				fmt.Fprintf(&out, " %-49s", v)
			}
			out.WriteString("\n")
			for _, read := range shownBy {
				fmt.Fprintf(&out, "%-11s", read.name)
				for _, v := range viewers {
					fmt.Fprintf(&out, " %-49s", s.seen(v, read.ask(colleague), read.at, read.name == "current"))
				}
				out.WriteString("\n")
			}
			out.WriteString("\n")
		}
		golden(t, "visibility.golden", trimLines(out.String()))
	})
}

// seen names what a viewer sees of colleague in an answer.
func (s *testSite) seen(viewer string, a ask, at []string, current bool) string {
	s.t.Helper()
	switch {
	case viewer == "self":
		a.role = colleague
	case current:
		return "-"
	case viewer != "anonymous":
		a.role = viewer
	}
	got := s.ask(a)
	var answer any
	if err := json.Unmarshal([]byte(got.body), &answer); err != nil || got.status != 200 {
		s.t.Fatalf("%s by %s: %d %s", a.path, viewer, got.status, got.body)
	}
	for _, step := range at {
		list, ok := answer.(map[string]any)[step].([]any)
		if !ok {
			answer = answer.(map[string]any)[step]
			continue
		}
		answer = list[0]
		for _, entry := range list {
			if entry.(map[string]any)["accountId"] == accountID(colleague) {
				answer = entry
			}
		}
	}
	return fieldsSeen(s.t, answer.(map[string]any))
}

// fieldsSeen names the fields that are not hidden, and fails where one is hidden in another form than it should.
func fieldsSeen(t *testing.T, user map[string]any) string {
	t.Helper()
	var seen []string
	see := func(name string, value, hidden any) {
		if value != hidden {
			seen = append(seen, name)
		}
	}
	see("email", user["email"], "")
	see("timeZone", user["timeZone"], nil)
	see("picture", user["profilePicture"] != nil, false)
	see("name", user["displayName"], user["publicName"])
	if details, ok := user["details"].(map[string]any); ok {
		for _, part := range []string{"business", "personal"} {
			filled := 0
			for _, v := range details[part].(map[string]any) {
				if v != "" {
					filled++
				}
			}
			if filled > 0 {
				seen = append(seen, part)
			}
		}
	}
	for _, key := range []string{"email", "timeZone", "profilePicture", "displayName", "publicName"} {
		if _, present := user[key]; !present {
			t.Errorf("%s is absent", key)
		}
	}
	if len(seen) == 0 {
		return "nothing"
	}
	return strings.Join(seen, ",")
}

func trimLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}
