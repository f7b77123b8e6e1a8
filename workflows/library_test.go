package workflows_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/action"
	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/workflow/dsl"
	"github.com/rosterhq/roster/workflows"
)

var catalogue = action.All(api.Actions())

// began is when the runs of these tests start: a Monday.
var began = time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)

// run runs one of the workflows with an input, to which its defaults are added.
func run(t *testing.T, name string, input map[string]any, trigger any, answers map[string]func(map[string]any) any) (*desk, any, error) {
	t.Helper()
	one, ok := workflows.Named(name)
	if !ok {
		t.Fatalf("there is no workflow %s", name)
	}
	file, err := dsl.Parse(one.Text, catalogue)
	if err != nil {
		t.Fatal(err)
	}
	if err := file.CheckInput(input); err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, answers: answers}
	out, err := file.Run(t.Context(), dsl.Run{ID: "01234567-89ab-7def-8123-456789abcdef", Input: input, StartedAt: began, Trigger: trigger}, d)
	return d, out, err
}

func TestEachWorkflowIsReadAndSaysWhatItIs(t *testing.T) {
	t.Parallel()
	var names []string
	for _, one := range workflows.Files() {
		names = append(names, one.Name)
		file, err := dsl.Parse(one.Text, catalogue)
		if err != nil {
			t.Errorf("%s: %v", one.Name, err)
			continue
		}
		if file.Name != one.Name || file.Title == "" || file.Summary == "" || len(file.Input) == 0 {
			t.Errorf("%s is called %q, %q: %q", one.Name, file.Name, file.Title, file.Summary)
		}
	}
	want := []string{
		"deactivated-people-report", "get-user-and-mail", "notify-space-watchers", "offboarding", "stale-token-reminder", "welcome-mail",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

// What starts by itself has nobody to fill in a form.
func TestAWorkflowThatStartsByItselfNeedsNoInput(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"deactivated-people-report", "stale-token-reminder", "welcome-mail"} {
		one, _ := workflows.Named(name)
		file, err := dsl.Parse(one.Text, catalogue)
		if err != nil {
			t.Fatal(err)
		}
		if err := file.CheckInput(map[string]any{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

const ada = `{"type":"known","accountId":"ada","accountType":"atlassian","accountStatus":"active","publicName":"Ada",
	"displayName":"Ada <Lovelace>","email":"ada@example.com","personalSpace":{"id":1,"key":"~ada","name":"Ada's space","type":"personal","status":"current"}}`

func TestAUserIsGottenAndMailed(t *testing.T) {
	t.Parallel()
	for format, attachments := range map[string]int{"html": 0, "text": 0, "json": 1} {
		var asked map[string]any
		answers := map[string]func(map[string]any) any{"confluence.getUser": func(with map[string]any) any { asked = with; return says(ada)(nil) }}
		d, _, err := run(t, "get-user-and-mail", map[string]any{"accountId": "ada", "to": "People <people@example.com>", "format": format}, nil, answers)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]any{"accountId": "ada", "expand": "operations,personalSpace"}, asked); diff != "" {
			t.Error(diff)
		}
		m := onlyMail(t, d)
		if diff := cmp.Diff([]mail.Address{{Name: "People", Address: "people@example.com"}}, m.To); diff != "" || m.Subject != "A user of Confluence" {
			t.Errorf("%q %s", m.Subject, diff)
		}
		if !strings.Contains(m.Text, "Ada <Lovelace>\n") || !strings.Contains(m.Text, "~ada") || len(m.Attachments) != attachments {
			t.Errorf("%d attachments, %s", len(m.Attachments), m.Text)
		}
		if strings.Contains(m.HTML, "<Lovelace>") || (m.HTML != "") != (format == "html") {
			t.Error(m.HTML)
		}
	}
}

func TestAnUnknownAccountFailsTheRunWithTheAPIsMessageAndMailsNothing(t *testing.T) {
	t.Parallel()
	const message = "There is no user with this account ID."
	d, _, err := run(t, "get-user-and-mail", map[string]any{"accountId": "nobody", "to": "people@example.com"}, nil, map[string]func(map[string]any) any{
		"confluence.getUser": func(map[string]any) any {
			return &dsl.Failure{Type: dsl.CommunicationError, Status: 404, Title: "Not Found", Detail: message}
		},
	})
	var failed *dsl.Failure
	if !errors.As(err, &failed) || failed.Status != 404 || failed.Detail != message || len(d.mailed) != 0 {
		t.Errorf("%v, %d mails", err, len(d.mailed))
	}
}

func TestTheReportNamesWhoWasDeactivatedThisWeekToTheAdministrators(t *testing.T) {
	t.Parallel()
	answers := map[string]func(map[string]any) any{
		"roster.listAccounts": func(with map[string]any) any {
			switch {
			case with["group"] == "g2" && with["after"] == nil:
				return says(`{"results":[{"email":"grace@example.com"},{"email":""}],"next":"r1"}`)(nil)
			case with["group"] == "g2" && with["after"] == "r1":
				return says(`{"results":[],"next":"r2"}`)(nil)
			case with["group"] == "g2" && with["after"] == "r2":
				return says(`{"results":[{"email":"emmy@example.com"}]}`)(nil)
			case with["after"] == "p1":
				return says(`{"results":[{"accountId":"c","displayName":"Carl Gauss","email":"carl@example.com","deactivatedAt":"2026-11-22T10:00:00Z"}]}`)(nil)
			}
			return says(`{"results":[
				{"accountId":"a","displayName":"Ada Lovelace","email":"ada@example.com","deactivatedAt":"2026-11-20T10:00:00Z"},
				{"accountId":"b","displayName":"Charles Babbage","email":"charles@example.com","deactivatedAt":"2026-11-15T10:00:00Z"},
				{"accountId":"d","displayName":"Sofja","email":""}],"next":"p1"}`)(nil)
		},
		"confluence.searchGroups": says(`{"results":[{"name":"site-admins-old","id":"g1"},{"name":"site-admins","id":"g2"}]}`),
	}
	d, _, err := run(t, "deactivated-people-report", map[string]any{}, nil, answers)
	if err != nil {
		t.Fatal(err)
	}
	m := onlyMail(t, d)
	if diff := cmp.Diff([]mail.Address{{Address: "grace@example.com"}, {Address: "emmy@example.com"}}, m.To); diff != "" {
		t.Error(diff)
	}
	if m.Subject != "Deactivated in the last 7 days: 2" || !strings.Contains(m.Text, "since 2026-11-16T07:00:00Z") {
		t.Errorf("%q\n%s", m.Subject, m.Text)
	}
	carl, lovelace := strings.Index(m.Text, "Carl Gauss"), strings.Index(m.Text, "Ada Lovelace")
	if carl < 0 || lovelace < carl || strings.Contains(m.Text, "Babbage") || strings.Contains(m.Text, "Sofja") {
		t.Error(m.Text)
	}
}

func TestTheReportFailsWhereItsGroupIsGone(t *testing.T) {
	t.Parallel()
	d, _, err := run(t, "deactivated-people-report", map[string]any{"group": "nobody"}, nil, map[string]func(map[string]any) any{
		"roster.listAccounts": says(`{"results":[]}`), "confluence.searchGroups": says(`{"results":[]}`),
	})
	if err == nil || err.Error() != "There is no group nobody." || len(d.mailed) != 0 {
		t.Errorf("%v, %d mails", err, len(d.mailed))
	}
}

func TestWhoAcceptsAnInvitationIsWelcomedIfTheirAddressIsSeen(t *testing.T) {
	t.Parallel()
	accepted := event(t, `{"id":"evt_1","type":"invitation.accepted","site":"s","at":"2026-11-23T06:59:00Z","seq":1,"accountId":"ada","invitation":"i"}`)
	d, _, err := run(t, "welcome-mail", map[string]any{}, accepted, map[string]func(map[string]any) any{"confluence.getUser": says(ada)})
	if err != nil {
		t.Fatal(err)
	}
	m := onlyMail(t, d)
	if m.To[0].Address != "ada@example.com" || m.Subject != "Welcome" || !strings.HasPrefix(m.Text, "Hello Ada <Lovelace>,\n\nYou are in now.") {
		t.Errorf("%v %q %q", m.To, m.Subject, m.Text)
	}
	d, _, err = run(t, "welcome-mail", map[string]any{"accountId": "ada"}, nil, map[string]func(map[string]any) any{"confluence.getUser": says(ada)})
	if err != nil || onlyMail(t, d).To[0].Address != "ada@example.com" {
		t.Errorf("by hand: %v", err)
	}
	hidden := says(strings.Replace(ada, `"ada@example.com"`, `""`, 1))
	d, _, err = run(t, "welcome-mail", map[string]any{}, accepted, map[string]func(map[string]any) any{"confluence.getUser": hidden})
	if err != nil || len(d.mailed) != 0 {
		t.Errorf("%v, %d mails", err, len(d.mailed))
	}
}

func TestEachWatcherOfASpaceIsMailedAlone(t *testing.T) {
	t.Parallel()
	answers := map[string]func(map[string]any) any{
		"confluence.getWatchersForSpace": func(with map[string]any) any {
			if with["spaceKey"] != "ENG" || with["limit"] != 200 {
				t.Errorf("it asks for %v", with)
			}
			if with["start"] == 0 {
				return says(`{"size":2,"results":[{"watcher":{"email":"b@example.com"}},{"watcher":{"email":""}}],"_links":{"next":"/x"}}`)(nil)
			}
			return says(`{"size":1,"results":[{"watcher":{"email":"a@example.com"}}],"_links":{}}`)(nil)
		},
	}
	d, out, err := run(t, "notify-space-watchers", map[string]any{"spaceKey": "ENG", "subject": "News", "text": "All is well."}, nil, answers)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a@example.com", "b@example.com"}, recipients(d)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]any{"mailed": 2}, out); diff != "" || d.mailed[0].Text != "All is well.\n" {
		t.Errorf("%q %s", d.mailed[0].Text, diff)
	}
}

func TestOwnersAreRemindedOfTokensThatNobodyUses(t *testing.T) {
	t.Parallel()
	answers := map[string]func(map[string]any) any{
		"roster.listTokens": func(with map[string]any) any {
			if with["after"] == nil {
				return says(`{"results":[
					{"tokenId":"t1","accountId":"ada","label":"old","createdAt":"2026-01-01T00:00:00Z","expiresAt":"2027-01-01T00:00:00Z"},
					{"tokenId":"t2","accountId":"ada","label":"used","createdAt":"2026-01-01T00:00:00Z","expiresAt":"2027-01-01T00:00:00Z","lastUsedAt":"2026-11-20T00:00:00Z"},
					{"tokenId":"t3","accountId":"ada","label":"gone","createdAt":"2026-01-01T00:00:00Z","expiresAt":"2027-01-01T00:00:00Z","revokedAt":"2026-02-01T00:00:00Z"}],
					"next":"t3"}`)(nil)
			}
			return says(`{"results":[
				{"tokenId":"t4","accountId":"hidden","label":"old","createdAt":"2026-01-01T00:00:00Z","expiresAt":"2027-01-01T00:00:00Z"},
				{"tokenId":"t5","accountId":"ada","label":"ended","createdAt":"2026-01-01T00:00:00Z","expiresAt":"2026-06-01T00:00:00Z"},
				{"tokenId":"t6","accountId":"ada","label":"once","createdAt":"2026-01-01T00:00:00Z","expiresAt":"2027-01-01T00:00:00Z","lastUsedAt":"2026-02-01T00:00:00Z"}]}`)(nil)
		},
		"confluence.getUser": func(with map[string]any) any {
			if with["accountId"] == "hidden" {
				return says(`{"accountId":"hidden","accountStatus":"active","email":""}`)(nil)
			}
			return says(ada)(nil)
		},
	}
	d, out, err := run(t, "stale-token-reminder", map[string]any{}, nil, answers)
	if err != nil {
		t.Fatal(err)
	}
	m := onlyMail(t, d)
	if m.To[0].Address != "ada@example.com" || !strings.Contains(m.Text, "t1") || !strings.Contains(m.Text, "t6") ||
		strings.Contains(m.Text, "t2") || strings.Contains(m.Text, "t3") || strings.Contains(m.Text, "t4") || strings.Contains(m.Text, "t5") {
		t.Errorf("%v\n%s", m.To, m.Text)
	}
	if diff := cmp.Diff(map[string]any{"stale": 3}, out); diff != "" {
		t.Error(diff)
	}
}

func TestAManagerGetsTheGroupsWatchesAndPropertiesOfWhoLeaves(t *testing.T) {
	t.Parallel()
	answers := map[string]func(map[string]any) any{
		"confluence.getUser": says(ada),
		"confluence.getGroupMembershipsForUser": func(with map[string]any) any {
			if with["start"] == 0 {
				return says(`{"size":1,"results":[{"name":"engineering","id":"g1"}],"_links":{"next":"/x"}}`)(nil)
			}
			return says(`{"size":1,"results":[{"name":"site-admins","id":"g2"}],"_links":{}}`)(nil)
		},
		"roster.listWatchesOf": func(with map[string]any) any {
			if with["after"] == nil {
				return says(`{"results":[{"kind":"space","id":"1","name":"Engineering","spaceKey":"ENG"}],"next":"w1"}`)(nil)
			}
			return says(`{"results":[{"kind":"label","id":"2","name":"urgent"}]}`)(nil)
		},
		"confluence.getUserProperties": func(with map[string]any) any {
			if with["start"] == 0 {
				return says(`{"size":2,"results":[{"key":"theme"},{"key":"size"}],"_links":{"next":"/x"}}`)(nil)
			}
			return says(fmt.Sprintf(`{"size":1,"results":[{"key":"after %v"}],"_links":{}}`, with["start"]))(nil)
		},
		"confluence.getUserProperty": func(with map[string]any) any {
			return says(fmt.Sprintf(`{"key":%q,"value":{"dark":true}}`, with["key"]))(nil)
		},
	}
	d, _, err := run(t, "offboarding", map[string]any{"accountId": "ada", "manager": "charles@example.com"}, nil, answers)
	if err != nil {
		t.Fatal(err)
	}
	m := onlyMail(t, d)
	for _, words := range []string{"personal space", "Ada's space", "engineering", "site-admins", "watched space", "Engineering", "urgent", "theme", `{"dark":true}`, "after 2"} {
		if !strings.Contains(m.Text, words) {
			t.Errorf("%q is missing", words)
		}
	}
	if m.To[0].Address != "charles@example.com" || m.Subject != "What Ada <Lovelace> leaves behind" || len(m.Attachments) != 1 {
		t.Errorf("%v %q, %d attachments\n%s", m.To, m.Subject, len(m.Attachments), m.Text)
	}
	for _, name := range d.calls {
		if a, _ := catalogue.Named(name); a.Effect && name != "mail.send" {
			t.Errorf("it calls %s, which changes something", name)
		}
	}
}

func onlyMail(t *testing.T, d *desk) mail.Message {
	t.Helper()
	if len(d.mailed) != 1 {
		t.Fatalf("%d mails, to %v", len(d.mailed), recipients(d))
	}
	return d.mailed[0]
}

// recipients are the addresses of mails that have one each.
func recipients(d *desk) []string {
	var all []string
	for _, m := range d.mailed {
		for _, a := range m.To {
			all = append(all, a.Address)
		}
	}
	slices.Sort(all)
	return all
}

func event(t *testing.T, text string) any {
	t.Helper()
	return says(text)(nil)
}
