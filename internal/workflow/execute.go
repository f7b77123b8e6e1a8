package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

// run runs a claimed run as far as it gets, and stores that.
func (r *Runner) run(ctx context.Context, c *claim) {
	whole, release := r.Store.held.add(ctx, c)
	defer release()
	j := &journal{Runner: r, c: c, whole: whole, known: map[string]Step{}, mentions: mentions{}}
	output, err := j.execute()
	if err = j.settle(ctx, output, err); err != nil {
		r.Log.Warn("how far a run has come is not stored", "run", c.id, "error", err)
	}
}

// execute runs the file from its start, with what is known already.
func (j *journal) execute() (output any, err error) {
	defer caught(&err)
	if j.c.attempts > j.Tries {
		return nil, &dsl.Failure{
			Type: dsl.RuntimeError, Status: 500, Title: "The run was given up",
			Detail: fmt.Sprintf("It was interrupted %d times without coming any further.", j.Tries),
		}
	}
	if err := j.c.read(); err != nil {
		return nil, err
	}
	j.mentions.find(j.c.facts.Input)
	j.mentions.find(j.c.facts.Cause)
	j.mentions.stored() // by the start of the run
	ctx := context.WithoutCancel(j.whole)
	if j.program, err = j.Store.program(ctx, j.Store.Changes.DB, j.c.site, j.c.run.Hash); err != nil {
		if kind, words := failure.Of(err); kind != failure.Internal && kind != failure.Unavailable {
			err = &dsl.Failure{Type: dsl.ConfigurationError, Status: 500, Title: "The workflow's file cannot be read", Detail: words}
		}
		return nil, err
	}
	if !j.c.fresh {
		steps, err := readSteps(ctx, j.Store.Changes.DB, j.c.site, j.c.id)
		if err != nil {
			return nil, err
		}
		for _, s := range steps {
			j.known[s.Place] = s
			j.size += len(s.Output)
		}
	}
	if j.program.Timeout > 0 {
		rest := j.c.facts.StartedAt.Add(j.program.Timeout).Sub(j.now())
		var stop context.CancelFunc
		j.whole, stop = context.WithTimeoutCause(j.whole, rest, errTimeout)
		defer stop()
	}
	if j.whole.Err() != nil {
		return nil, context.Cause(j.whole)
	}
	return j.program.Run(j.whole, j.c.facts, j)
}

// settle stores what came of the run, unless that is stored or another's to say.
func (j *journal) settle(ctx context.Context, output any, err error) error {
	failed, isFailure := errors.AsType[*dsl.Failure](err)
	switch cause := context.Cause(j.whole); {
	case errors.Is(err, errParked), errors.Is(err, errLost), errors.Is(cause, errLost):
		return nil
	case err == nil:
		return j.succeed(ctx, output)
	case errors.Is(cause, errTimeout):
		return j.fail(ctx, &dsl.Failure{
			Type: dsl.TimeoutError, Status: 408, Title: "The run took too long",
			Detail: fmt.Sprintf("Its workflow allows %s.", j.program.Timeout),
		})
	case ctx.Err() != nil:
		return j.giveBack(context.WithoutCancel(ctx), j.c, j.now(), 0) // we were stopped; that is not the run's fault
	case isFailure:
		return j.fail(ctx, failed)
	}
	j.Log.Warn("a run stopped, and is tried again", "run", j.c.id, "attempt", j.c.attempts, "error", j.hide.text(err.Error()))
	pause := min(time.Second<<min(j.c.attempts, 8), 5*time.Minute)
	return j.giveBack(context.WithoutCancel(ctx), j.c, j.now().Add(pause), j.c.attempts)
}

func (j *journal) succeed(ctx context.Context, output any) error {
	text, err := json.Marshal(j.hide.value(output))
	if err != nil {
		return j.fail(ctx, &dsl.Failure{Type: dsl.RuntimeError, Status: 500, Title: "The output is not JSON", Detail: err.Error()})
	}
	if len(text) > mostResult {
		return j.fail(ctx, &dsl.Failure{
			Type: dsl.RuntimeError, Status: 500, Title: "The output is too large",
			Detail: fmt.Sprintf("It has %d bytes, more than %d.", len(text), mostResult),
		})
	}
	return j.ended(ctx, progress{state: Succeeded, output: text})
}

func (j *journal) fail(ctx context.Context, f *dsl.Failure) error {
	hidden := *f
	hidden.Title, hidden.Detail = j.hide.text(f.Title), j.hide.text(f.Detail)
	return j.ended(ctx, progress{state: Failed, failed: &hidden})
}

// ended stores the end of the run. What began and has no end may have been done.
func (j *journal) ended(ctx context.Context, p progress) error {
	if j.open != nil {
		j.open.State = StepUncertain
		j.pending = append(j.pending, *j.open)
	}
	return j.letGo(ctx, "run.end", p)
}

// rearm has the schedule start the workflow again, where it does so after each run.
func (p *Program) rearm(ctx context.Context, tx *change.Tx, r Run) error {
	if p == nil || p.Schedule.After <= 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `UPDATE workflows SET next_at = $1 WHERE site_id = $2 AND name = $3 AND hash = $4 AND enabled AND next_at IS NULL`,
		tx.Now.Add(p.Schedule.After).UnixMicro(), tx.Site, r.Workflow, r.Hash)
	if err != nil {
		return fmt.Errorf("set when workflow %s starts next: %w", r.Workflow, err)
	}
	return nil
}
