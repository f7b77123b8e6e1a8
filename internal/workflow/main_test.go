package workflow_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/action"
	"github.com/rosterhq/roster/internal/background/clock"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

func TestMain(m *testing.M) {
	if os.Getenv(childPoint) != "" {
		child()
	}
	dbtest.Main(m)
}

// actions are those that the tests' programs call.
var actions = action.All(action.Catalogue{
	{
		Name: "confluence.getUser", Method: "GET", Path: "/wiki/rest/api/user", Repeatable: true,
		Parameters: []action.Parameter{{Name: "accountId", Type: "string", In: "query", Required: true}},
	},
	{
		Name: "confluence.createGroup", Method: "POST", Path: "/wiki/rest/api/group", Effect: true,
		Parameters: []action.Parameter{{Name: "name", Type: "string", In: "body", Required: true}},
	},
	{
		Name: "confluence.addWatch", Method: "POST", Path: "/wiki/rest/api/user/watch/content/{contentId}", Effect: true, Repeatable: true,
		Parameters: []action.Parameter{{Name: "contentId", Type: "string", In: "path", Required: true}},
	},
	{
		Name: "confluence.removeWatch", Method: "DELETE", Path: "/wiki/rest/api/user/watch/content/{contentId}", Effect: true, Repeatable: true,
		Parameters: []action.Parameter{{Name: "contentId", Type: "string", In: "path", Required: true}, {Name: "X-Mark", Type: "string", In: "header"}},
		Example:    []byte("null"),
	},
})

// program is what a test runs in the place of a file.
type program func(ctx context.Context, facts workflow.Facts, host dsl.Host) (any, error)

// world is a store in a database of its own, with a site of Confluence that its connection leads to.
type world struct {
	*testing.T
	url    string
	db     *db.DB
	clock  *clock.Clock
	store  *workflow.Store
	outbox *mail.Outbox
	people *confluence

	mu       sync.Mutex
	programs map[string]*workflow.Program
	happened int // events
}

const site = 7

var operator = change.Actor{Via: change.CLI, AccountID: "557058:operator"}

// each runs test on both engines, each time in a world of its own.
func each(t *testing.T, test func(w *world)) {
	t.Helper()
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		test(newWorld(t, url))
	})
}

func newWorld(t *testing.T, url string) *world {
	t.Helper()
	w := &world{T: t, url: url, clock: clock.New(), programs: map[string]*workflow.Program{}, people: serve(t)}
	w.db = w.open()
	changes := &change.Log{DB: w.db, Now: w.clock.Now}
	w.store = workflow.NewStore(changes, w.read)
	w.outbox = mail.NewOutbox(changes)
	err := w.store.PutConnection(t.Context(), site, operator, workflow.Connection{
		Name: "people", Kind: workflow.Remote, BaseURL: w.people.URL, Email: "bot@example.com",
	}, "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// open opens the world's database once more, as another node does.
func (w *world) open() *db.DB {
	w.Helper()
	d, err := db.Open(w.Context(), w.url, db.Options{Throwaway: true})
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() {
		if err := d.Close(); err != nil {
			w.Error(err)
		}
	})
	return d
}

// read reads a file of the tests: the name of a program.
func (w *world) read(text []byte) (*workflow.Program, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.programs[string(text)]
	if p == nil {
		return nil, fmt.Errorf("line 1: there is no program %s", text)
	}
	return p, nil
}

// put stores a workflow that runs a program.
func (w *world) put(name string, run program, settings ...func(*workflow.Program)) {
	w.Helper()
	p := programOf(name, run)
	for _, set := range settings {
		set(p)
	}
	w.mu.Lock()
	w.programs[p.Text] = p
	w.mu.Unlock()
	if _, err := w.store.Put(w.Context(), site, operator, workflow.Draft{Text: []byte(p.Text), Connection: "people", Enabled: true}); err != nil {
		w.Fatal(err)
	}
}

var texts atomic.Int64

// programOf makes a program whose text is another one each time.
func programOf(name string, run program) *workflow.Program {
	text := fmt.Sprintf("%s %d", name, texts.Add(1))
	sum := sha256.Sum256([]byte(text))
	return &workflow.Program{
		Name: name, Title: name, Text: text, Hash: hex.EncodeToString(sum[:]), Run: run,
		CheckInput: func(input map[string]any) error {
			if _, there := input["wrong"]; there {
				return errors.New("input: wrong is not a member")
			}
			return nil
		},
	}
}

// runner returns a runner whose time is the world's.
func (w *world) runner(settings ...func(*workflow.Runner)) *workflow.Runner {
	r := workflow.NewRunner(w.store, actions, slog.New(slog.NewTextHandler(io.Discard, nil)))
	r.Outbox, r.From, r.Compose = w.outbox, mail.Address{Address: "roster@example.org"}, compose
	r.Remote, r.Ticker = http.DefaultClient, w.clock.Ticker
	for _, set := range settings {
		set(r)
	}
	return r
}

// compose makes a message of arguments, as package letter does.
func compose(args map[string]any) (m mail.Message, err error) {
	to, _ := args["to"].(string)
	if to == "" {
		return m, failure.Invalid.Errorf("to: a mail needs somebody")
	}
	text, _ := args["text"].(string)
	data, err := json.Marshal(args["data"])
	return mail.Message{To: []mail.Address{{Address: to}}, Subject: "Hello", Text: text + string(data) + "\n"}, err
}

// drain runs what is due, and returns how many runs that were.
func (w *world) drain(settings ...func(*workflow.Runner)) int {
	w.Helper()
	n, err := w.runner(settings...).Drain(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return n
}

// start starts a run and returns its ID.
func (w *world) start(name string, input map[string]any) string {
	w.Helper()
	r, _, err := w.store.Start(w.Context(), site, operator, workflow.Start{Workflow: name, Input: input})
	if err != nil {
		w.Fatal(err)
	}
	return r.ID
}

// show returns a run.
func (w *world) show(id string) workflow.Run {
	w.Helper()
	r, err := w.store.Run(w.Context(), site, id)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

// is fails the test where a run is not in a state.
func (w *world) is(id string, want workflow.State) workflow.Run {
	w.Helper()
	r := w.show(id)
	if r.State != want {
		w.Errorf("the run is %s, not %s: %+v", r.State, want, r.Error)
	}
	if want != workflow.Uncertain && r.DueAt.IsZero() == r.EndedAt.IsZero() {
		w.Errorf("a run that is %s is due at %v and ended at %v", r.State, r.DueAt, r.EndedAt)
	}
	return r
}

// mails returns the messages that were queued.
func (w *world) mails() []mail.Message {
	w.Helper()
	all, err := w.outbox.Captured(w.Context(), site)
	if err != nil {
		w.Fatal(err)
	}
	return all
}

// lacks fails the test where the database holds a text in what is kept of runs.
func (w *world) lacks(text string) {
	w.Helper()
	rows, err := db.All(w.Context(), w.db, db.Scalar[string], `
		SELECT input || output || error || cause || actor FROM workflow_runs WHERE site_id = $1
		UNION ALL SELECT input || output || error FROM workflow_steps WHERE site_id = $1
		UNION ALL SELECT account_id FROM workflow_mentions WHERE site_id = $1
		UNION ALL SELECT detail FROM changes WHERE site_id = $1`, site)
	if err != nil {
		w.Fatal(err)
	}
	for _, row := range rows {
		if strings.Contains(row, text) {
			w.Errorf("%q is in %s", text, row)
		}
	}
}

// confluence is a site that knows everybody and counts what it is asked.
type confluence struct {
	*httptest.Server
	mu    sync.Mutex
	asked map[string]int // by method and path
	hook  func(w http.ResponseWriter, r *http.Request) bool
}

func serve(t testing.TB) *confluence {
	c := &confluence{asked: map[string]int{}}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

func (c *confluence) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.asked[r.Method+" "+r.URL.Path]++
	hook := c.hook
	c.mu.Unlock()
	if hook != nil && hook(w, r) {
		return
	}
	id := r.URL.Query().Get("accountId")
	if id == "nobody" {
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `{"statusCode":404,"message":"No user found with account ID nobody"}`)
		return
	}
	json.NewEncoder(w).Encode(map[string]any{"accountId": id, "displayName": "Ada Lovelace", "email": "ada@example.com"})
}

// times returns how often something was asked.
func (c *confluence) times(what string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked[what]
}

const (
	getUser     = "GET /wiki/rest/api/user"
	createGroup = "POST /wiki/rest/api/group"
)

// call calls an action at a place that is named as the task.
func call(ctx context.Context, host dsl.Host, task, action string, with map[string]any) (any, error) {
	return host.Call(ctx, dsl.Call{Place: "/do/" + task, Task: task, Action: action, With: with, Attempt: 1})
}

// mailUser gets a user and mails it.
func mailUser(ctx context.Context, facts workflow.Facts, host dsl.Host) (any, error) {
	user, err := call(ctx, host, "get", "confluence.getUser", map[string]any{"accountId": facts.Input["accountId"]})
	if err != nil {
		return nil, err
	}
	return call(ctx, host, "send", "mail.send", map[string]any{"to": facts.Input["to"], "text": "About a user: ", "data": user})
}

var ada = map[string]any{"accountId": "557058:ada", "to": "boss@example.com"}

// eventually waits until something holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	end := time.Now().Add(2 * time.Minute)
	for !holds() {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
		<-time.After(time.Millisecond)
	}
}

func kindOf(err error) failure.Kind {
	kind, _ := failure.Of(err)
	return kind
}
