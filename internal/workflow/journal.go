package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/rosterhq/roster/internal/background"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/workflow/dsl"
	"github.com/rosterhq/roster/internal/workflow/erasure"
)

const (
	mostResult  = 1 << 20  // bytes of JSON that a step returns, and a run
	mostJournal = 32 << 20 // that all steps of a run return
	mostShown   = 64 << 10 // that the history shows of what is not needed to go on
	mostPending = 200      // steps that wait for their transaction
)

// errParked says that the run is stored and waits: for a time, or for a person.
var errParked = errors.New("the run waits")

// by is who writes what runs do, in records of changes.
var by = change.Actor{Via: "workflow"}

// journal is what came of the steps of one run, and the run's host. One goroutine uses it.
type journal struct {
	*Runner
	c        *claim
	program  *Program
	whole    context.Context // of the whole run: it ends with the claim, and in time
	known    map[string]Step // stored before this claim
	pending  []Step          // not stored yet
	mail     []mail.Ready    // of pending steps, not queued yet
	open     *Step           // an effect that has begun
	ordinal  int64
	size     int
	hide     redactor
	mentions mentions
}

// note adds what came of a step to what is stored next.
func (j *journal) note(ctx context.Context, s Step) error {
	j.pending = append(j.pending, s)
	if len(j.pending) < mostPending {
		return nil
	}
	return j.flush(ctx, "run.go-on")
}

// post has mail that waits queued, and stores steps where many wait.
func (j *journal) post(ctx context.Context) error {
	if len(j.mail) == 0 && len(j.pending) < mostPending {
		return nil
	}
	return j.flush(ctx, "run.go-on")
}

// flush stores what is pending in one transaction; errLost where the claim does not stand any more, and then nothing is
// stored. The record of mail is enough where there is some.
func (j *journal) flush(ctx context.Context, operation string) error {
	err := j.write(func(tx *change.Tx) error {
		if err := j.c.stands(ctx, tx); err != nil {
			return err
		}
		if err := j.store(ctx, tx); err != nil {
			return err
		}
		if len(j.mail) == 0 {
			tx.Record(change.Record{Operation: operation, Target: runTarget(j.c.id)})
		}
		return nil
	})
	if err == nil {
		j.flushed()
	}
	return err
}

// letGo stores what is pending and how far the run has come, and gives it back.
func (j *journal) letGo(ctx context.Context, operation string, p progress) error {
	err := j.write(func(tx *change.Tx) error {
		erase, err := j.c.letGo(ctx, tx, p)
		if err != nil {
			return err
		}
		if err := j.store(ctx, tx); err != nil {
			return err
		}
		if erase {
			err = erasure.RunIn(ctx, tx, j.c.id)
		}
		if err == nil && p.state.Ended() {
			err = j.program.rearm(ctx, tx, j.c.run)
		}
		tx.Record(change.Record{Operation: operation, Target: runTarget(j.c.id), Fields: change.Fields{"state": {Running, p.state}}})
		return err
	})
	if err == nil {
		j.flushed()
	}
	return err
}

func (j *journal) store(ctx context.Context, tx *change.Tx) error {
	if err := storeSteps(ctx, tx, j.c.id, j.pending); err != nil {
		return err
	}
	for _, m := range j.mail {
		if err := j.Outbox.PostIn(ctx, tx, m); err != nil {
			return fmt.Errorf("queue the mail of run %s: %w", j.c.id, err)
		}
	}
	return j.mentions.store(ctx, tx, j.c.id)
}

// flushed forgets what stands by now.
func (j *journal) flushed() {
	if len(j.mail) > 0 {
		j.Outbox.Nudge()
	}
	j.pending, j.mail = j.pending[:0], nil
	j.mentions.stored()
}

// write writes under the claim. What cannot be stored for a while is done again, or becomes uncertain.
func (j *journal) write(do func(*change.Tx) error) error {
	pauses, stop := j.Ticker(time.Second)
	defer stop()
	return background.Insist(j.whole, pauses, func(ctx context.Context) error {
		return j.Store.Changes.Write(ctx, j.c.site, by, do)
	})
}

// pause waits for a moment, or until ctx ends.
func (r *Runner) pause(ctx context.Context, d time.Duration) error {
	ticks, stop := r.Ticker(d)
	defer stop()
	select {
	case <-ticks:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// begin makes the step of a place.
func (j *journal) begin(place, task, kind string, attempt int, input any) Step {
	return Step{
		Place: place, Ordinal: j.ordinal, Task: task, Kind: kind, State: StepStarted, Attempt: int64(max(attempt, 1)),
		Input: shown(input), StartedAt: j.now(),
	}
}

// end says what came of a step.
func (j *journal) end(s *Step, output json.RawMessage, failed *dsl.Failure) {
	s.State, s.Output, s.Error, s.EndedAt = StepDone, output, failed, j.now()
	if failed != nil {
		s.State = StepFailed
	}
}

// shown encodes what only the history needs, or how large it is.
func shown(value any) json.RawMessage {
	text, err := json.Marshal(value)
	if err != nil {
		text, _ = json.Marshal(map[string]any{"error": err.Error()})
	}
	if len(text) > mostShown {
		text, _ = json.Marshal(digest(string(text)))
	}
	return text
}

// kept turns what an action returned into what is stored of it, and what the run goes on with: the same, so that nothing is
// another after a crash.
func (j *journal) kept(text []byte) (json.RawMessage, any, error) {
	if len(text) == 0 {
		text = []byte("null")
	}
	if len(text) > mostResult {
		return nil, nil, &dsl.Failure{
			Type: dsl.RuntimeError, Status: 500, Title: "The result is too large",
			Detail: fmt.Sprintf("It has %d bytes, more than %d.", len(text), mostResult),
		}
	}
	if j.size += len(text); j.size > mostJournal {
		return nil, nil, &dsl.Failure{
			Type: dsl.RuntimeError, Status: 500, Title: "The results are too large",
			Detail: fmt.Sprintf("Those of all steps have more than %d bytes.", mostJournal),
		}
	}
	v, err := decode(text)
	if err != nil {
		return nil, nil, &dsl.Failure{Type: dsl.CommunicationError, Status: 502, Title: "The result is not JSON", Detail: err.Error()}
	}
	v = j.hide.value(v)
	// Encoded anew: bytes that are no text do not get into the database.
	if text, err = json.Marshal(v); err != nil {
		return nil, nil, fmt.Errorf("encode a result: %w", err)
	}
	j.mentions.find(v)
	return text, v, nil
}
