package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/workflow"
)

// Journal runs workflows without a server, against any site. What they did is in a database of their user's own, so that
// a run which is interrupted goes on where it was.
type Journal struct {
	Workflows *workflow.Store
	Outbox    *mail.Outbox

	runner *workflow.Runner
	worker *mail.Worker // nil where no mail is sent
}

// NewJournal opens a journal in a database. smtp and from are as in [Options]: without them a step that sends mail fails.
// hosts are those that may be called by http.
func NewJournal(changes *change.Log, smtp, from string, hosts []string, mailLog io.Writer, log *slog.Logger) (*Journal, error) {
	post, err := openPost(smtp, from, mailLog)
	if err != nil {
		return nil, err
	}
	j := &Journal{Workflows: Workflows(changes), Outbox: mail.NewOutbox(changes)}
	j.runner = workflow.NewRunner(j.Workflows, described{}, log)
	j.runner.Remote = &http.Client{Timeout: time.Minute} // whoever runs it chose the address
	j.runner.AllowHTTP = func(_ context.Context, _ int64, host string) (bool, error) { return slices.Contains(hosts, host), nil }
	j.runner.Lease = lostRun
	if post != nil {
		j.runner.Outbox, j.runner.From = j.Outbox, post.from
		j.worker = mail.NewWorker(j.Outbox, post.transport, log)
	}
	return j, nil
}

// lostRun is how long a run of a process that was killed waits for the next one.
const lostRun = 10 * time.Second

// Follow runs what is due, and returns the run with this ID when it has ended and its mail is settled. Without patience it
// returns as soon as the run, or its mail, waits for a time to come, and says until when: zero where nothing waits.
func (j *Journal) Follow(ctx context.Context, site int64, id string, patient bool) (workflow.Run, time.Time, error) {
	for {
		if _, err := j.runner.Drain(ctx); err != nil {
			return workflow.Run{}, time.Time{}, fmt.Errorf("run what is due: %w", err)
		}
		if j.worker != nil {
			if _, err := j.worker.Drain(ctx); err != nil {
				return workflow.Run{}, time.Time{}, fmt.Errorf("send what is due: %w", err)
			}
		}
		r, err := j.Workflows.Run(ctx, site, id)
		if err != nil {
			return r, time.Time{}, err
		}
		next, err := j.goesOn(ctx, site, r)
		if err != nil || next.IsZero() || !patient && r.State != workflow.Running {
			return r, next, err
		}
		timer := time.NewTimer(max(time.Until(next), 50*time.Millisecond))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return r, next, ctx.Err()
		}
	}
}

// goesOn is when there is something to do again for a run or its mail, zero for never.
func (j *Journal) goesOn(ctx context.Context, site int64, r workflow.Run) (time.Time, error) {
	next := r.DueAt
	for _, s := range r.Steps {
		if s.MessageID == "" {
			continue
		}
		e, err := j.Outbox.Show(ctx, site, s.MessageID)
		if err != nil {
			return next, err
		}
		if !e.DueAt.IsZero() && (next.IsZero() || e.DueAt.Before(next)) {
			next = e.DueAt
		}
	}
	return next, nil
}
