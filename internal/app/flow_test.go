package app

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/rosteradmin"
	"github.com/rosterhq/roster/workflows"
)

// running is a server that does all that one does, with the people ada, who administers it, and bob, whose address only
// administrators may see.
type running struct {
	*testing.T
	app   *App
	site  site.Site
	admin *rosteradmin.Client
	mail  *receiver
	token map[string]string
	url   string
}

func run(t *testing.T, database string) running {
	t.Helper()
	r := running{T: t, mail: receive(t), token: map[string]string{}}
	var err error
	r.app, err = New(t.Context(), Options{
		DB: database, Now: time.Now, Log: slog.New(slog.DiscardHandler), SMTP: "smtp://127.0.0.1:" + r.mail.port, MailFrom: "Roster <roster@example.org>",
		Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	})
	r.ok(err)
	_, err = r.app.Bootstrap(t.Context())
	r.ok(err)
	r.site, err = r.app.Sites.Named(t.Context(), "")
	r.ok(err)
	by := change.Actor{Via: change.CLI}
	shy := directory.DefaultVisibility()
	shy[directory.EmailField] = directory.OnlyMe
	groups, _, err := r.app.Directory.Groups(t.Context(), r.site.ID, "", 0, 10)
	r.ok(err)
	for _, a := range []directory.Account{
		{ID: "ada", Email: "ada@example.com", PublicName: "Ada", DisplayName: "Ada"},
		{ID: "bob", Email: "bob@example.com", PublicName: "Bob", DisplayName: "Bob <b>", Visibility: shy},
		{ID: "eve", Email: "eve@example.com", PublicName: "Eve", DisplayName: "Eve"},
	} {
		var member []string
		for _, g := range groups {
			if held, err := r.app.Directory.Granted(t.Context(), r.site.ID, g.ID); err != nil {
				t.Fatal(err)
			} else if a.ID == "ada" || !strings.Contains(string(join(held)), "admin") {
				member = append(member, g.ID)
			}
		}
		_, err := r.app.Directory.Add(t.Context(), r.site.ID, by, a, member...)
		r.ok(err)
		r.token[a.ID] = directory.NewSecret(r.site.CloudID)
		_, err = r.app.Directory.AddToken(t.Context(), r.site.ID, by, a.ID, directory.Token{}, r.token[a.ID])
		r.ok(err)
	}
	l, err := Listen(t.Context(), "127.0.0.1:0")
	r.ok(err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.app.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		r.app.Close()
	})
	r.url = URL(l)
	r.admin, err = rosteradmin.NewClient(r.url, rosteradmin.WithBearer(r.token["ada"]))
	r.ok(err)
	return r
}

func join(held []directory.Permission) (all string) {
	for _, p := range held {
		all += string(p) + " "
	}
	return all
}

func (r running) ok(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// store stores a workflow of the library that calls as an account.
func (r running) store(name, account string) {
	r.Helper()
	f, ok := workflows.Named(name)
	if !ok {
		r.Fatalf("there is no workflow %s", name)
	}
	r.ok(r.admin.Connections.Put(r.Context(), rosteradmin.Connection{Name: account, Kind: "local", Email: account + "@example.com", Secret: r.token[account]}))
	_, err := r.admin.Workflows.Put(r.Context(), rosteradmin.WorkflowDraft{Text: string(f.Text), Connection: account})
	r.ok(err)
}

// until waits for something to be so, and fails if it takes too long.
func (r running) until(what string, so func() bool) {
	r.Helper()
	for end := time.Now().Add(30 * time.Second); !so(); <-time.After(5 * time.Millisecond) {
		if time.Now().After(end) {
			r.Fatalf("%s: it never came to that", what)
		}
	}
}

// finished waits for a run to end.
func (r running) finished(id string) rosteradmin.Run {
	r.Helper()
	var got rosteradmin.Run
	r.until("run "+id, func() bool {
		var err error
		got, err = r.admin.Runs.Show(r.Context(), id)
		r.ok(err)
		return got.State.Ended()
	})
	return got
}

func (r *receiver) all() []taken {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]taken{}, r.taken...)
}

func TestAUserIsGotAndMailedAsFarAsTheConnectionsAccountMaySeeThem(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		r := run(t, database)
		for i, tt := range []struct {
			as   string
			sees bool
		}{{"ada", true}, {"eve", false}} {
			r.store("get-user-and-mail", tt.as)
			start := rosteradmin.RunStart{Input: map[string]any{"accountId": "bob", "to": tt.as + "@example.com", "expand": "operations"}}
			run, err := r.admin.Runs.Start(t.Context(), "get-user-and-mail", start)
			r.ok(err)
			if got := r.finished(run.ID); got.State != rosteradmin.RunSucceeded {
				t.Fatalf("%s: %+v", tt.as, got)
			}
			r.until("mail", func() bool { return len(r.mail.all()) == i+1 })
			m := r.mail.all()[i]
			if len(m.to) != 1 || m.to[0] != tt.as+"@example.com" || strings.Contains(m.data, "bob@example.com") != tt.sees || !strings.Contains(m.data, "Bob &lt;b&gt;") {
				t.Errorf("%s: to %v\n%s", tt.as, m.to, m.data)
			}
		}
		run, err := r.admin.Runs.Start(t.Context(), "get-user-and-mail", rosteradmin.RunStart{Input: map[string]any{"accountId": "nobody", "to": "ada@example.com"}})
		r.ok(err)
		got := r.finished(run.ID)
		if got.State != rosteradmin.RunFailed || got.Error == nil || got.Error.Detail != "There is no user with this account ID." {
			t.Errorf("an unknown account: %+v", got)
		}
		if n := len(r.mail.all()); n != 2 {
			t.Errorf("%d messages", n)
		}
	})
}

const newcomer = `
document: {dsl: 1.0.0, namespace: test, name: newcomer, version: 1.0.0}
schedule: {on: {one: {with: {type: user.created}}}}
do:
  - who: {call: confluence.getUser, with: {accountId: '${ $workflow.input[0].accountId }'}}
  - mail: {call: mail.send, with: {to: ada@example.com, subject: '${ "New: " + .publicName }', text: 'Somebody is here.'}}
`

func TestWhatHappensHereStartsWorkflowsAndCallsWebhooks(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		r := run(t, database)
		called := make(chan string, 10)
		hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
			body, _ := io.ReadAll(q.Body)
			called <- string(body)
		}))
		defer hook.Close()
		r.ok(r.admin.Connections.Put(t.Context(), rosteradmin.Connection{Name: "ada", Kind: "local", Email: "ada@example.com", Secret: r.token["ada"]}))
		_, err := r.admin.Workflows.Put(t.Context(), rosteradmin.WorkflowDraft{Text: newcomer, Connection: "ada"})
		r.ok(err)
		_, err = r.admin.Webhooks.Add(t.Context(), rosteradmin.NewWebhook{URL: hook.URL, Events: []string{"user.created"}})
		r.ok(err)
		_, err = r.app.Directory.Add(t.Context(), r.site.ID, change.Actor{Via: change.CLI}, directory.Account{ID: "kurt", PublicName: "Kurt", Email: "kurt@example.com"})
		r.ok(err)
		r.until("mail", func() bool { return len(r.mail.all()) == 1 })
		if m := r.mail.all()[0]; !strings.Contains(m.data, "Subject: New: Kurt") {
			t.Errorf("%s", m.data)
		}
		var told struct{ Type, AccountID string }
		select {
		case body := <-called:
			if err := json.Unmarshal([]byte(body), &told); err != nil || told.Type != "user.created" || told.AccountID != "kurt" || strings.Contains(body, "kurt@example.com") {
				t.Errorf("%v %s", err, body)
			}
		case <-time.After(30 * time.Second):
			t.Fatal("the webhook is not called")
		}
	})
}

const rejoin = `
document: {dsl: 1.0.0, namespace: test, name: rejoin, version: 1.0.0}
schedule: {on: {one: {with: {type: group.member.added}}}}
do:
  - leave: {call: confluence.removeMemberFromGroupByGroupId, with: {groupId: '${ $workflow.input[0].group.id }', accountId: '${ $workflow.input[0].accountId }'}}
  - join: {call: confluence.addUserToGroupByGroupId, with: {groupId: '${ $workflow.input[0].group.id }', accountId: '${ $workflow.input[0].accountId }'}}
`

func TestAWorkflowThatCallsItsOwnServerByItsAddressDoesNotStartItself(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		r := run(t, database)
		r.ok(r.admin.Connections.Put(t.Context(), rosteradmin.Connection{
			Name: "outside", Kind: "remote", BaseURL: r.url, Email: "ada@example.com", Secret: r.token["ada"],
		}))
		_, err := r.admin.Workflows.Put(t.Context(), rosteradmin.WorkflowDraft{Text: rejoin, Connection: "outside"})
		r.ok(err)
		by := change.Actor{Via: change.CLI}
		g, err := r.app.Directory.AddGroup(t.Context(), r.site.ID, by, directory.Group{Name: "engineers"})
		r.ok(err)
		// The second is told when all that the first led to was.
		for i, who := range []string{"eve", "bob"} {
			_, err := r.app.Directory.AddMember(t.Context(), r.site.ID, by, g.ID, who)
			r.ok(err)
			var runs []rosteradmin.Run
			r.until("a run for "+who, func() bool {
				runs = nil
				for one, err := range r.admin.Runs.Matching(t.Context(), rosteradmin.RunFilter{}) {
					r.ok(err)
					runs = append(runs, one)
				}
				return len(runs) > i && runs[0].State.Ended()
			})
			if len(runs) != i+1 || runs[0].State != rosteradmin.RunSucceeded {
				t.Fatalf("for %s: %+v", who, runs)
			}
		}
	})
}
