package workflow

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

// Step is what came of one task of a run, at one place: a turn and an attempt.
type Step struct {
	Place     string
	Ordinal   int64 // in the order of the run
	Task      string
	Kind      string // the action that it calls, or what else it is
	State     StepState
	Attempt   int64
	Input     json.RawMessage // without secrets and bodies of mail; nil where it is erased
	Output    json.RawMessage // nil where there is none
	Error     *dsl.Failure    // nil where nothing failed
	StartedAt time.Time
	EndedAt   time.Time // zero before
	MessageID string    // of the mail that it sends; empty for none
}

// StepState is how far a step has come.
type StepState string

const (
	StepStarted   StepState = "started" // it may have been done, and may not
	StepWaiting   StepState = "waiting"
	StepUncertain StepState = "uncertain" // nobody knows whether it was done
	StepDone      StepState = "done"
	StepFailed    StepState = "failed"
)

func readSteps(ctx context.Context, q db.Querier, site int64, run string) ([]Step, error) {
	all, err := db.All(ctx, q, scanStep, `
		SELECT place, ordinal, task, kind, state, attempt, input, output, error, started_at, ended_at, COALESCE(message_id, '')
		FROM workflow_steps WHERE site_id = $1 AND run_id = $2 ORDER BY ordinal, started_at`, site, run)
	if err != nil {
		return nil, fmt.Errorf("read the steps of run %s: %w", run, err)
	}
	return all, nil
}

func scanStep(rows *sql.Rows) (s Step, err error) {
	var input, output, failed string
	var started, ended int64
	if err := rows.Scan(&s.Place, &s.Ordinal, &s.Task, &s.Kind, &s.State, &s.Attempt, &input, &output, &failed, &started, &ended, &s.MessageID); err != nil {
		return s, err
	}
	s.Input, s.Output, s.StartedAt, s.EndedAt = raw(input), raw(output), moment(started), moment(ended)
	s.Error, err = readFailure(failed)
	return s, err
}

// storeSteps stores steps of a run, each in the place of what was stored of it before.
func storeSteps(ctx context.Context, tx *change.Tx, run string, steps []Step) error {
	if len(steps) == 0 {
		return nil
	}
	_, err := tx.Insert(context.WithoutCancel(ctx), `INSERT INTO workflow_steps (site_id, run_id, place, ordinal, task, kind, state, attempt, input, output, error, started_at, ended_at, message_id)`,
		`ON CONFLICT (site_id, run_id, place) DO UPDATE SET state = excluded.state, attempt = excluded.attempt, output = excluded.output,
			error = excluded.error, ended_at = excluded.ended_at, message_id = excluded.message_id`, rowsOf(tx.Site, run, steps))
	if err != nil {
		return fmt.Errorf("store steps of run %s: %w", run, err)
	}
	return nil
}

func rowsOf(site int64, run string, steps []Step) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i := range steps {
			s := &steps[i]
			if !yield([]any{
				site, run, s.Place, s.Ordinal, s.Task, s.Kind, string(s.State), s.Attempt, string(s.Input), string(s.Output), encodeFailure(s.Error),
				micros(s.StartedAt), micros(s.EndedAt), orNil(s.MessageID),
			}) {
				return
			}
		}
	}
}

func orNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// encodeFailure is the opposite of readFailure.
func encodeFailure(f *dsl.Failure) string {
	if f == nil {
		return ""
	}
	text, _ := json.Marshal(f) // a struct of texts and a number
	return string(text)
}
