package app

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/mail"
)

// The test's child is a whole server, which ends itself at a point that this variable names.
const (
	childPoint    = "ROSTER_TEST_CHILD"
	childDatabase = "ROSTER_TEST_CHILD_DB"
	childSMTP     = "ROSTER_TEST_CHILD_SMTP"
)

func init() {
	if point := os.Getenv(childPoint); point != "" {
		child(point)
	}
}

// killSelf is what a SIGKILL from outside does.
func killSelf() {
	syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

// child serves until it is killed. It says its URL and, on an empty database, its first token.
func child(point string) {
	fail := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	ctx := context.Background()
	a, err := New(ctx, Options{
		DB: os.Getenv(childDatabase), PublicURL: "https://people.example", SMTP: os.Getenv(childSMTP), MailFrom: "Roster <roster@example.org>",
		Now: time.Now, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	fail(err)
	l, err := Listen(ctx, "127.0.0.1:0")
	fail(err)
	token, err := a.Bootstrap(ctx)
	fail(err)
	w := a.post.worker
	w.Senders = 1 // so that at most one mail is under way
	w.Lease, w.Poll, w.Retry = time.Second, 50*time.Millisecond, mail.Retry{First: 50 * time.Millisecond, Most: 50 * time.Millisecond, Tries: 1000}
	w.Transport = &mortal{w.Transport, point}
	messages := 0
	a.post.outbox.NewID = func() (string, error) {
		if messages++; point == fmt.Sprintf("before message %d", messages) {
			killSelf()
		}
		id, err := uuid.NewV7()
		return id.String(), err
	}
	fmt.Println(URL(l), token)
	fail(a.Serve(ctx, l))
}

// mortal is a transport whose process ends when it begins to send, or when it has sent.
type mortal struct {
	mail.Transport
	point string
}

func (m *mortal) Send(ctx context.Context, e mail.Envelope, ready func([]int) error) []mail.Answer {
	if m.point == "claimed" {
		killSelf()
	}
	answers := m.Transport.Send(ctx, e, func(places []int) error {
		err := ready(places)
		if m.point == "ready" {
			killSelf()
		}
		return err
	})
	if m.point == "answered" {
		killSelf()
	}
	return answers
}

// points are where the server is killed between "invited" and "accepted by the mail server", or just after, and how
// many mails double by that at least and at most: only the one between the mail server's acceptance and our record.
var points = map[string]struct{ least, most int }{
	"at once":          {0, 1},
	"before message 1": {}, // the call is noted
	"before message 2": {}, // within the transaction that makes the mails
	"claimed":          {},
	"connected":        {},
	"MAIL":             {},
	"RCPT":             {},
	"ready":            {},
	"DATA":             {},
	"received":         {}, // the mail server has the message and has not said yes
	"taken":            {1, 1},
	"answered":         {1, 1},
	"recorded":         {},
}

func TestAnInvitationIsMailedWhereverTheServerIsKilled(t *testing.T) {
	for point, wants := range points {
		t.Run(point, func(t *testing.T) {
			dbtest.EachFresh(t, func(t *testing.T, url string) {
				r := receive(t)
				first := start(t, r, url, point)
				r.kill.Store(&killing{point, first.kill})
				sdk, err := confluence.NewClient(first.url, confluence.WithBearer(first.token), confluence.WithRetries(1, 0),
					confluence.WithHTTPClient(&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}))
				if err != nil {
					t.Fatal(err)
				}
				people := []string{"ada@example.com", "grace@example.com", "emmy@example.com"}
				// A server that ends itself may be gone before its answer is here.
				err = sdk.Users.Invite(t.Context(), people)
				if err != nil && (point == "at once" || point == "recorded") {
					t.Fatal(err)
				}
				switch point {
				case "at once":
					first.kill()
				case "recorded":
					first.settled(people)
					first.kill()
				}
				first.dead()

				second := start(t, r, url, "nowhere")
				second.settled(people)
				second.kill()
				second.dead()
				doubled := 0
				for _, who := range people {
					got := r.to(who)
					ids := map[string]bool{}
					for _, m := range got {
						ids[m.id] = true
					}
					doubled += len(got) - 1
					if len(ids) != 1 || len(got) > 2 {
						t.Errorf("%s has %d copies with the IDs %v", who, len(got), ids)
					}
				}
				if doubled < wants.least || doubled > wants.most {
					t.Errorf("%d mails are doubled, want %d to %d", doubled, wants.least, wants.most)
				}
			})
		})
	}
}

// process is a running child.
type process struct {
	*testing.T
	*exec.Cmd
	url, token string
	database   string
}

func start(t *testing.T, r *receiver, database, point string) *process {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	p := &process{T: t, Cmd: exec.CommandContext(ctx, os.Args[0]), database: database}
	t.Cleanup(cancel)
	p.Env = append(os.Environ(), childPoint+"="+point, childDatabase+"="+database, childSMTP+"=smtp://127.0.0.1:"+r.port)
	p.Stderr = t.Output()
	out, err := p.StdoutPipe()
	if err == nil {
		err = p.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil && err != io.EOF {
		t.Fatal(err)
	}
	p.url, p.token, _ = strings.Cut(strings.TrimSpace(line), " ")
	if p.url == "" {
		t.Fatal("the server did not start")
	}
	return p
}

func (p *process) kill() { p.Process.Kill() }

// dead waits for the end of the process, which must have been killed.
func (p *process) dead() {
	p.Helper()
	p.Wait()
	if status, ok := p.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		p.Fatalf("the server was not killed: %v", p.ProcessState)
	}
}

// settled waits until the outbox says that everybody's mail was sent.
func (p *process) settled(people []string) {
	p.Helper()
	d, err := db.Open(p.Context(), p.database, db.Options{})
	if err != nil {
		p.Fatal(err)
	}
	defer d.Close()
	ticks := time.NewTicker(20 * time.Millisecond)
	defer ticks.Stop()
	limit := time.After(time.Minute)
	for {
		sent, _, err := db.One(p.Context(), d, db.Scalar[int], `SELECT count(*) FROM outbox_recipients WHERE state = 'sent'`)
		if err == nil && sent == len(people) {
			return
		}
		select {
		case <-ticks.C:
		case <-limit:
			p.Fatalf("%d of %d mails are sent (%v)", sent, len(people), err)
		}
	}
}
