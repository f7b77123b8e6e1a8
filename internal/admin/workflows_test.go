package admin_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/rosteradmin"
)

const greeting = `
document: {dsl: 1.0.0, namespace: test, name: greeting, version: 1.0.0, title: A greeting}
input:
  schema:
    format: json
    document: {type: object, required: [to], properties: {to: {type: string}, times: {type: integer, default: 1}}}
do:
  - mail: {call: mail.send, with: {to: '${ .to }', subject: Hello, text: Hello}}
`

// refusedWith tells whether an error is an answer of this status, with these words.
func refusedWith(err error, status int, words string) bool {
	e, ok := errors.AsType[*confluence.Error](err)
	return ok && e.StatusCode == status && strings.Contains(e.Message, words)
}

func TestWorkflowsAreStoredSwitchedAndDeleted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := serving(t, d, false)
		p := b.site(dbtest.Name(t))
		c := b.admin(p)
		_, err := c.Workflows.Put(t.Context(), rosteradmin.WorkflowDraft{Text: strings.Replace(greeting, "call:", "cal:", 1)})
		if !refusedWith(err, 400, "line 8, column") {
			t.Errorf("a wrong file: %v", err)
		}
		_, err = c.Workflows.Put(t.Context(), rosteradmin.WorkflowDraft{Text: greeting, Connection: "none"})
		if !refusedWith(err, 400, `no connection "none"`) {
			t.Errorf("a missing connection: %v", err)
		}
		put, err := c.Workflows.Put(t.Context(), rosteradmin.WorkflowDraft{Text: greeting})
		if err != nil || put.Name != "greeting" || !put.Enabled || put.Title != "A greeting" {
			t.Fatalf("%+v %v", put, err)
		}
		b.ok(c.Workflows.Enable(t.Context(), "greeting", false))
		if _, err := c.Runs.Start(t.Context(), "greeting", rosteradmin.RunStart{Input: map[string]any{"to": "ada@example.com"}}); !refusedWith(err, 400, "switched off") {
			t.Errorf("a run of one that is switched off: %v", err)
		}
		shown, err := c.Workflows.Show(t.Context(), "greeting")
		if err != nil || shown.Enabled || shown.Text != greeting {
			t.Errorf("%+v %v", shown, err)
		}
		list, err := c.Workflows.List(t.Context())
		if err != nil || len(list) != 1 || list[0].Text != "" || list[0].Hash != put.Hash {
			t.Errorf("%+v %v", list, err)
		}
		b.ok(c.Workflows.Remove(t.Context(), "greeting"))
		if _, err := c.Workflows.Show(t.Context(), "greeting"); !errors.Is(err, confluence.ErrNotFound) {
			t.Error(err)
		}
	})
}

func TestRunsAreStartedOnceListedAndCancelled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := serving(t, d, false)
		p := b.site(dbtest.Name(t))
		c := b.admin(p)
		_, err := c.Workflows.Put(t.Context(), rosteradmin.WorkflowDraft{Text: greeting})
		b.ok(err)
		start := rosteradmin.RunStart{Input: map[string]any{"to": "ada@example.com"}, Key: "monday"}
		run, err := c.Runs.Start(t.Context(), "greeting", start)
		if err != nil || run.State != rosteradmin.RunQueued || string(run.Input) != `{"times":1,"to":"ada@example.com"}` || run.Actor != "ada" {
			t.Fatalf("%+v %v", run, err)
		}
		if again, err := c.Runs.Start(t.Context(), "greeting", start); err != nil || again.ID != run.ID {
			t.Errorf("%+v %v", again, err)
		}
		start.Input["to"] = "bob@example.com"
		if _, err := c.Runs.Start(t.Context(), "greeting", start); !refusedWith(err, 409, "idempotency key") {
			t.Errorf("the same key with another input: %v", err)
		}
		if _, err := c.Runs.Start(t.Context(), "greeting", rosteradmin.RunStart{Input: map[string]any{"times": "two"}}); !refusedWith(err, 400, "times") {
			t.Errorf("a wrong input: %v", err)
		}
		if _, err := c.Runs.Start(t.Context(), "nothing", rosteradmin.RunStart{}); !errors.Is(err, confluence.ErrNotFound) {
			t.Error(err)
		}
		for range 2 {
			_, err := c.Runs.Start(t.Context(), "greeting", rosteradmin.RunStart{Input: map[string]any{"to": "bob@example.com"}})
			b.ok(err)
		}
		var listed []string
		for one, err := range c.Runs.Matching(t.Context(), rosteradmin.RunFilter{Workflow: "greeting", State: rosteradmin.RunQueued}) {
			b.ok(err)
			listed = append(listed, one.ID)
		}
		if len(listed) != 3 || listed[2] != run.ID {
			t.Errorf("%v", listed)
		}
		var page rosteradmin.RunPage
		b.ok(c.Do(t.Context(), http.MethodGet, "/_roster/runs", map[string][]string{"limit": {"2"}}, nil, &page))
		if len(page.Results) != 2 || page.Next != listed[1] {
			t.Errorf("%+v", page)
		}
		if _, err := c.Runs.Resend(t.Context(), run.ID); !refusedWith(err, 409, "Nothing") {
			t.Errorf("nothing is uncertain: %v", err)
		}
		ended, err := c.Runs.Cancel(t.Context(), run.ID)
		if err != nil || ended.State != rosteradmin.RunCancelled || ended.EndedAt.IsZero() {
			t.Errorf("%+v %v", ended, err)
		}
		if _, err := c.Runs.Cancel(t.Context(), run.ID); !refusedWith(err, 409, "") {
			t.Errorf("cancelled twice: %v", err)
		}
		for _, id := range []string{"nothing", "01890000-0000-7000-8000-000000000000"} {
			if _, err := c.Runs.Show(t.Context(), id); !errors.Is(err, confluence.ErrNotFound) {
				t.Errorf("%s: %v", id, err)
			}
		}
	})
}

func TestConnectionsAndSecretsAreNeverTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := serving(t, d, false)
		p := b.site(dbtest.Name(t))
		c := b.admin(p)
		b.ok(c.Connections.Put(t.Context(), rosteradmin.Connection{Name: "here", Kind: "local", Email: "ada@example.com", Secret: "hush-hush"}))
		b.ok(c.Secrets.Put(t.Context(), "pager", "hush-hush"))
		for _, path := range []string{"connections", "secrets"} {
			got := b.ask(http.MethodGet, p.url+"/_roster/"+path, "", "Authorization", "Bearer "+p.token)
			if got.status != 200 || strings.Contains(got.body, "hush") {
				t.Errorf("%s: %d %s", path, got.status, got.body)
			}
		}
		list, err := c.Connections.List(t.Context())
		if err != nil || len(list) != 1 || list[0].Name != "here" || list[0].Email != "ada@example.com" {
			t.Errorf("%+v %v", list, err)
		}
		if err := c.Connections.Put(t.Context(), rosteradmin.Connection{Name: "there", Kind: "remote", BaseURL: "ftp://x", Secret: "hush-hush"}); !refusedWith(err, 400, "base URL") {
			t.Error(err)
		}
		b.ok(c.Connections.Remove(t.Context(), "here"))
		b.ok(c.Secrets.Remove(t.Context(), "pager"))
		if err := c.Secrets.Remove(t.Context(), "pager"); !errors.Is(err, confluence.ErrNotFound) {
			t.Error(err)
		}
	})
}
