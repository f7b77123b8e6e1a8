package workflow_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/internal/workflow/dsl"
	"github.com/rosterhq/roster/internal/workflow/letter"
)

// BenchmarkRuns gets users and mails them, as many at once as there are slots: runs/s is from the start of the runs until the
// last mail is with a server that takes everything at once, runs-without-mail/s until the last run is over. The site answers from memory. first-step is how long a single run
// takes from its start to its first request, on a machine that has nothing else to do.
func BenchmarkRuns(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmarkRuns(b, filepath.Join(b.TempDir(), "bench.db")) })
	b.Run("postgres", func(b *testing.B) {
		if url, err := dbtest.NewSchema("bench_" + strings.ReplaceAll(time.Now().Format("150405.000000"), ".", "_")); err == nil {
			benchmarkRuns(b, url)
		} else {
			b.Skip(err)
		}
	})
}

// benchmarkRuns is long because it is one story: a node is made, warmed up, loaded and measured.
func benchmarkRuns(b *testing.B, url string) {
	d, err := db.Open(b.Context(), url, db.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	asked := make(chan time.Time, 1)
	n := nodeOn(d, "bench", "", slog.New(slog.NewTextHandler(io.Discard, nil)))
	n.store.Read = func([]byte) (*workflow.Program, error) { return benched, nil }
	n.runner.Compose, n.runner.Poll = letter.Compose, time.Second
	n.worker.Poll, n.worker.Transport = time.Second, hand(mail.Answer{Outcome: mail.Accepted})
	n.worker.Senders = 64
	n.runner.Local = func(context.Context, int64) (string, http.RoundTripper, error) {
		return "https://people.example", trip(func(r *http.Request) *http.Response {
			select {
			case asked <- time.Now():
			default:
			}
			return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(benchedUser)), Request: r, Header: http.Header{}}
		}), nil
	}
	if err := n.store.PutConnection(b.Context(), site, operator, workflow.Connection{Name: "here", Kind: workflow.Local}, "a token"); err != nil {
		b.Fatal(err)
	}
	if _, err := n.store.Put(b.Context(), site, operator, workflow.Draft{Text: []byte("bench"), Connection: "here", Enabled: true}); err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	var all sync.WaitGroup
	all.Go(func() { n.runner.Run(ctx) })
	all.Go(func() { n.worker.Run(ctx) })
	start := func() {
		if _, _, err := n.store.Start(ctx, site, change.Actor{Via: change.API}, workflow.Start{Workflow: "bench", Input: ada}); err != nil {
			b.Error(err)
		}
	}
	left := func(query string) func() bool {
		return func() bool {
			n, _, err := db.One(ctx, d, db.Scalar[int], query)
			return err == nil && n == 0
		}
	}
	settled := left(`SELECT (SELECT count(*) FROM workflow_runs WHERE due_at IS NOT NULL) + (SELECT count(*) FROM outbox WHERE due_at IS NOT NULL)`)
	var first time.Duration
	const singles = 50
	for range singles {
		began := time.Now()
		start()
		first += (<-asked).Sub(began)
		eventually(b, "the run is over", settled)
		for len(asked) > 0 {
			<-asked
		}
	}
	b.ResetTimer()
	var next atomic.Int64
	var starters sync.WaitGroup
	for range 64 {
		starters.Go(func() {
			for next.Add(1) <= int64(b.N) {
				start()
			}
		})
	}
	starters.Wait()
	ended := left(`SELECT count(*) FROM workflow_runs WHERE due_at IS NOT NULL`)
	for !ended() {
		<-time.After(20 * time.Millisecond)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "runs-without-mail/s")
	for !settled() {
		<-time.After(50 * time.Millisecond)
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "runs/s")
	b.ReportMetric(float64(first.Microseconds())/singles/1000, "first-step-ms")
	stop()
	all.Wait()
}

const benchedUser = `{"type":"known","accountId":"557058:ada","accountType":"atlassian","email":"ada@example.com","publicName":"Ada Lovelace",` +
	`"displayName":"Ada Lovelace","timeZone":"Europe/London","isExternalCollaborator":false,"profilePicture":{"path":"/wiki/aa-avatar/557058:ada","width":48,"height":48,` +
	`"isDefault":false},"operations":[{"operation":"use","targetType":"application"}],"_expandable":{"personalSpace":""},"_links":{"self":"https://people.example/wiki/rest/api/user?accountId=557058:ada"}}`

// benched is the program of [BenchmarkRuns].
var benched = func() *workflow.Program {
	p := programOf("bench", func(ctx context.Context, facts workflow.Facts, host dsl.Host) (any, error) {
		user, err := call(ctx, host, "get", "confluence.getUser", map[string]any{"accountId": facts.Input["accountId"]})
		if err != nil {
			return nil, err
		}
		return call(ctx, host, "send", "mail.send", map[string]any{"to": facts.Input["to"], "subject": "A user", "template": "user", "data": user})
	})
	p.Text = "bench"
	return p
}()
