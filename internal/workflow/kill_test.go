package workflow_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

// What a child process is told in its environment.
const (
	childPoint = "ROSTER_WORKFLOW_CHILD" // where it says so and waits to be killed
	childDB    = "ROSTER_WORKFLOW_DB"
	childSite  = "ROSTER_WORKFLOW_SITE"
	childFile  = "ROSTER_WORKFLOW_FILE"
)

// reach is where a child waits to be killed, if it was told so.
func reach(point string) {
	if os.Getenv(childPoint) == point {
		fmt.Println("reached " + point)
		select {}
	}
}

// child is a process that starts a run and does all that is due, until it is killed.
func child() {
	ctx := context.Background()
	d, err := db.Open(ctx, os.Getenv(childDB), db.Options{Throwaway: true})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	n := nodeOn(d, "killed", os.Getenv(childSite), slog.New(slog.NewTextHandler(os.Stdout, nil)))
	name := strings.Fields(os.Getenv(childFile))[0]
	_, _, started := n.store.Start(ctx, site, operator, workflow.Start{Workflow: name, Input: ada})
	reach("started")
	_, ran := n.runner.Drain(ctx)
	reach("ended")
	_, sent := n.worker.Drain(ctx)
	reach("recorded")
	fmt.Println("the child ended at no point:", errors.Join(started, ran, sent))
	os.Exit(1)
}

// node is a process's part in the work: runs and mail.
type node struct {
	store  *workflow.Store
	runner *workflow.Runner
	worker *mail.Worker
}

// nodeOn makes a node on a database, whose clock is the wall's.
func nodeOn(d *db.DB, name, people string, log *slog.Logger) *node {
	changes := change.New(d)
	store, outbox := workflow.NewStore(changes, readFixed), mail.NewOutbox(changes)
	r := workflow.NewRunner(store, actions, log)
	r.Node, r.Outbox, r.From, r.Compose = name, outbox, mail.Address{Address: "roster@example.org"}, func(args map[string]any) (mail.Message, error) {
		reach("before mail")
		return compose(args)
	}
	r.Poll = 20 * time.Millisecond
	r.Remote = &http.Client{Transport: mortal{}}
	w := mail.NewWorker(outbox, posting(people), log)
	w.Lease, w.Poll = r.Lease, 20*time.Millisecond
	w.Retry = mail.Retry{First: 20 * time.Millisecond, Most: 20 * time.Millisecond, Tries: 1000}
	return &node{store, r, w}
}

// mortal sends requests from a process that may be killed around them.
type mortal struct{}

func (mortal) RoundTrip(r *http.Request) (*http.Response, error) {
	reach("before call")
	got, err := http.DefaultTransport.RoundTrip(r)
	reach("after call")
	return got, err
}

// posting is a transport to a receiver that speaks HTTP.
type posting string

func (p posting) Send(ctx context.Context, e mail.Envelope, ready func([]int) error) []mail.Answer {
	if err := ready([]int{0}); err != nil {
		return []mail.Answer{{Outcome: mail.Later, Words: err.Error()}}
	}
	got, err := http.Post(string(p)+"/mail/"+e.ID, "message/rfc822", strings.NewReader(string(e.Data)))
	if err != nil {
		return []mail.Answer{{Outcome: mail.Unknown, Words: err.Error()}}
	}
	got.Body.Close()
	reach("accepted")
	return []mail.Answer{{Outcome: mail.Accepted}}
}

// ending is an output whose process may be killed when it is about to be stored.
type ending string

func (e ending) MarshalJSON() ([]byte, error) {
	reach("before end")
	return []byte(`"` + string(e) + `"`), nil
}

// fixed are the programs that children know too.
var fixed = map[string]program{
	"mail-user": func(ctx context.Context, facts workflow.Facts, host dsl.Host) (any, error) {
		reach("claimed")
		user, err := call(ctx, host, "get", "confluence.getUser", map[string]any{"accountId": facts.Input["accountId"]})
		if err != nil {
			return nil, err
		}
		reach("after get")
		if _, err := call(ctx, host, "send", "mail.send", map[string]any{"to": facts.Input["to"], "data": user}); err != nil {
			return nil, err
		}
		reach("before mail's commit")
		if err := host.Wait(ctx, "/do/wait", 0); err != nil {
			return nil, err
		}
		reach("after mail's commit")
		return ending("over"), nil
	},
	"group": func(ctx context.Context, _ workflow.Facts, host dsl.Host) (any, error) {
		_, err := call(ctx, host, "create", "confluence.createGroup", map[string]any{"name": "engineers"})
		reach("after effect")
		return ending("over"), err
	},
	"watch": func(ctx context.Context, _ workflow.Facts, host dsl.Host) (any, error) {
		_, err := call(ctx, host, "watch", "confluence.addWatch", map[string]any{"contentId": "42"})
		reach("after effect")
		return ending("over"), err
	},
}

// readFixed reads a file of the children: the name of a program, and how its mail is delivered.
func readFixed(text []byte) (*workflow.Program, error) {
	name, delivery, _ := strings.Cut(string(text), " ")
	run := fixed[name]
	if run == nil {
		return nil, fmt.Errorf("there is no program %s", name)
	}
	sum := sha256.Sum256(text)
	return &workflow.Program{
		Name: name, Text: string(text), Hash: hex.EncodeToString(sum[:]), Delivery: delivery, Run: run,
		CheckInput: func(map[string]any) error { return nil },
	}, nil
}

// killedAt lets a child start a run and do what is due, and kills it at a point.
func killedAt(w *world, file, point string) {
	w.Helper()
	w.store.Read = readFixed
	if _, err := w.store.Put(w.Context(), site, operator, workflow.Draft{Text: []byte(file), Connection: "people", Enabled: true}); err != nil {
		w.Fatal(err)
	}
	victim := exec.Command(os.Args[0])
	victim.Env = append(os.Environ(), childPoint+"="+point, childDB+"="+w.url, childSite+"="+w.people.URL, childFile+"="+file)
	out, err := victim.StdoutPipe()
	if err != nil {
		w.Fatal(err)
	}
	victim.Stderr = victim.Stdout
	if err := victim.Start(); err != nil {
		w.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() != "reached "+point {
			w.Errorf("the child says: %s", lines.Text())
		}
		_ = victim.Process.Kill()
	}
	_, _ = victim.Process.Wait()
}

// survivors lets two other nodes do what is due, until the only run is in a state and all mail is settled. Their clock is
// beyond the end of the lease of whoever was killed: nothing has to be waited for, and nothing is lost by being slow.
func survivors(w *world, want workflow.State, names ...string) workflow.Run {
	w.Helper()
	ctx, stop := context.WithCancel(w.Context())
	var all sync.WaitGroup
	var first *node
	for _, name := range names {
		n := nodeOn(w.open(), name, w.people.URL, slog.New(slog.NewTextHandler(io.Discard, nil)))
		n.store.Changes.Now = func() time.Time { return time.Now().Add(2 * n.runner.Lease) }
		first = n
		all.Go(func() { n.runner.Run(ctx) })
		all.Go(func() { n.worker.Run(ctx) })
	}
	var run workflow.Run
	eventually(w, "the run is "+string(want), func() bool {
		list, err := first.store.Runs(ctx, site, workflow.Filter{})
		if err != nil || len(list) != 1 {
			w.Fatal(list, err)
		}
		run = list[0]
		depth, err := first.runner.Outbox.Depth(ctx, site)
		return err == nil && run.State == want && depth[mail.Queued]+depth[mail.Sending] == 0
	})
	stop()
	all.Wait()
	run, err := first.store.Run(w.Context(), site, run.ID)
	if err != nil {
		w.Fatal(err)
	}
	return run
}

// delivered returns the IDs of the copies of mail that arrived.
func (c *confluence) delivered() (ids []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for what, n := range c.asked {
		if id, ok := strings.CutPrefix(what, "POST /mail/"); ok {
			ids = append(ids, slices.Repeat([]string{id}, n)...)
		}
	}
	return ids
}

// A process that dies loses no run and doubles no mail, but for the one place where nobody can know: between the mail
// server's acceptance and our record of it. There a copy more leaves, with the same Message-ID, or the mail is parked.
func TestAKilledProcessLosesNoRun(t *testing.T) {
	for _, point := range []string{
		"started", "claimed", "before call", "after get", "before mail", "before mail's commit", "after mail's commit", "before end", "ended", "accepted", "recorded",
	} {
		for _, delivery := range []mail.Delivery{mail.AtLeastOnce, mail.AtMostOnce} {
			t.Run(point+" "+string(delivery), func(t *testing.T) {
				each(t, func(w *world) {
					killedAt(w, "mail-user "+string(delivery), point)
					copies, want := 1, workflow.Succeeded
					if point == "accepted" && delivery == mail.AtLeastOnce {
						copies = 2
					} else if point == "accepted" {
						want = workflow.Uncertain
					}
					run := survivors(w, want, "second", "third")
					ids := w.people.delivered()
					if len(ids) != copies || len(slices.Compact(ids)) != 1 {
						w.Errorf("%d copies arrived, not %d: %v", len(ids), copies, ids)
					}
					if len(run.Steps) != 3 || run.Steps[1].MessageID != ids[0] {
						w.Errorf("the steps are %+v", run.Steps)
					}
				})
			})
		}
	}
}

// A write is noted before it leaves, so that whoever finds it without an answer knows.
func TestAKilledProcessDoublesNoWrite(t *testing.T) {
	for _, tt := range []struct {
		file, point, path string
		least, most       int
		state             workflow.State
	}{
		{"group", "before call", createGroup, 0, 0, workflow.Uncertain},
		{"group", "after call", createGroup, 1, 1, workflow.Uncertain},
		{"group", "after effect", createGroup, 1, 1, workflow.Succeeded},
		{"watch", "before call", "POST /wiki/rest/api/user/watch/content/42", 1, 1, workflow.Succeeded},
		{"watch", "after call", "POST /wiki/rest/api/user/watch/content/42", 2, 2, workflow.Succeeded},
		{"watch", "after effect", "POST /wiki/rest/api/user/watch/content/42", 1, 1, workflow.Succeeded},
	} {
		t.Run(tt.file+" "+tt.point, func(t *testing.T) {
			each(t, func(w *world) {
				killedAt(w, tt.file, tt.point)
				survivors(w, tt.state, "second", "third")
				if n := w.people.times(tt.path); n < tt.least || n > tt.most {
					w.Errorf("it was asked %d times", n)
				}
			})
		})
	}
}

func TestANodeTakesUpAtOnceWhatItHadWhenItWasKilled(t *testing.T) {
	each(t, func(w *world) {
		killedAt(w, "mail-user", "after get")
		for _, name := range []string{"other", "", "killed"} {
			n := nodeOn(w.db, name, w.people.URL, slog.New(slog.NewTextHandler(io.Discard, nil)))
			n.runner.Lease = time.Hour                                                     // within which a claim is looked for
			n.store.Changes.Now = func() time.Time { return time.Now().Add(-time.Minute) } // long before the lease ends
			if claimed, err := n.runner.Drain(t.Context()); err != nil || claimed != map[bool]int{true: 1}[name == "killed"] {
				w.Errorf("node %q took up %d runs, %v", name, claimed, err)
			}
		}
	})
}
