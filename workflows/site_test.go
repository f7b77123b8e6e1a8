package workflows_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/workflow/dsl"
	"github.com/rosterhq/roster/rosteradmin"
	"github.com/rosterhq/roster/rostertest"
)

// asking has every action of a site answered by that site.
func asking(t *testing.T, site *rostertest.Site) map[string]func(map[string]any) any {
	t.Helper()
	client, err := confluence.NewClient(site.URL, confluence.WithBasicAuth(site.Admin.Email, site.Admin.Token))
	if err != nil {
		t.Fatal(err)
	}
	admin, err := rosteradmin.NewClient(site.URL, rosteradmin.WithBasicAuth(site.Admin.Email, site.Admin.Token))
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string]func(map[string]any) any{}
	for _, a := range catalogue {
		answers[a.Name] = func(with map[string]any) any {
			r, err := a.Request(with)
			if err != nil {
				return &dsl.Failure{Type: dsl.ValidationError, Status: 400, Detail: err.Error()}
			}
			do := client.Do
			if strings.HasPrefix(r.Path, "/_roster/") {
				do = admin.Do
			}
			var text json.RawMessage
			var out any = &text
			if !a.Answers() {
				out = nil
			}
			err = do(t.Context(), r.Method, r.Path, r.Query, r.Body, out)
			if refused, ok := errors.AsType[*confluence.Error](err); ok {
				return &dsl.Failure{Type: dsl.CommunicationError, Status: refused.StatusCode, Detail: refused.Message}
			}
			if err != nil {
				t.Errorf("%s: %v", a.Name, err)
				return nil
			}
			if len(text) == 0 {
				return nil
			}
			return says(string(text))(nil)
		}
	}
	return answers
}

func TestTheWorkflowsRunAgainstASite(t *testing.T) {
	t.Parallel()
	site := rostertest.NewSite(t)
	grace := site.Person("grace.hopper@example.com").AccountID
	answers := asking(t, site)

	t.Run("get-user-and-mail", func(t *testing.T) {
		d, _, err := run(t, "get-user-and-mail", map[string]any{"accountId": grace, "to": "people@example.com"}, nil, answers)
		if err != nil {
			t.Fatal(err)
		}
		m := onlyMail(t, d)
		for _, words := range []string{"Grace Hopper\n", grace, "America/New_York", "May do", "Personal space"} {
			if !strings.Contains(m.Text, words) || !strings.Contains(m.HTML, strings.TrimSpace(words)) {
				t.Errorf("%q is missing in\n%s", words, m.Text)
			}
		}
	})
	t.Run("get-user-and-mail without an account", func(t *testing.T) {
		d, _, err := run(t, "get-user-and-mail", map[string]any{"accountId": "nobody", "to": "people@example.com"}, nil, answers)
		if err == nil || !strings.Contains(err.Error(), "no user with this account ID") || len(d.mailed) != 0 {
			t.Errorf("%v, %d mails", err, len(d.mailed))
		}
	})
	t.Run("offboarding", func(t *testing.T) {
		for i := range 27 { // more than the API tells at once
			answers["confluence.createUserProperty"](map[string]any{"userId": grace, "key": fmt.Sprintf("left-%02d", i), "value": map[string]any{"n": i}})
		}
		d, _, err := run(t, "offboarding", map[string]any{"accountId": grace, "manager": "ada.lovelace@example.com"}, nil, answers)
		if err != nil {
			t.Fatal(err)
		}
		m := onlyMail(t, d)
		for _, words := range []string{"engineering", "marketing", "watched space", "SCI", "left-00", "left-26"} {
			if !strings.Contains(m.Text, words) {
				t.Errorf("%q is missing in\n%s", words, m.Text)
			}
		}
	})
}

func TestTheWorkflowsForManyPeopleRunAgainstASite(t *testing.T) {
	t.Parallel()
	site := rostertest.NewSite(t)
	grace := site.Person("grace.hopper@example.com").AccountID
	answers := asking(t, site)

	t.Run("notify-space-watchers", func(t *testing.T) {
		d, _, err := run(t, "notify-space-watchers", map[string]any{"spaceKey": "SCI", "subject": "News", "text": "All is well."}, nil, answers)
		if err != nil {
			t.Fatal(err)
		}
		if all := recipients(d); !strings.Contains(strings.Join(all, " "), "grace.hopper@example.com") {
			t.Errorf("it mails %v", all)
		}
	})
	t.Run("deactivated-people-report", func(t *testing.T) {
		d, _, err := run(t, "deactivated-people-report", map[string]any{}, nil, answers)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{site.Admin.Email}, recipients(d)); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("stale-token-reminder", func(t *testing.T) {
		if _, _, err := run(t, "stale-token-reminder", map[string]any{"days": 1}, nil, answers); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("welcome-mail", func(t *testing.T) {
		d, _, err := run(t, "welcome-mail", map[string]any{}, map[string]any{"type": "invitation.accepted", "accountId": grace}, answers)
		if err != nil {
			t.Fatal(err)
		}
		if m := onlyMail(t, d); m.To[0].Address != "grace.hopper@example.com" {
			t.Errorf("it mails %v", m.To)
		}
	})
}
