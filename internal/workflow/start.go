package workflow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

// Start asks for a run.
type Start struct {
	Workflow string
	Input    map[string]any // values of JSON
	Key      string         // an idempotency key: who starts with one again gets the run that there is; empty for none
}

const (
	mostKey   = 255
	mostInput = 256 << 10 // bytes of JSON
)

// Start queues a run and returns it; again says that it was there, started with the same key. A key that stands for
// another start is a Conflict, an input that the workflow does not take is Invalid, and so is a workflow that is switched off.
func (s *Store) Start(ctx context.Context, site int64, by change.Actor, start Start) (r Run, again bool, err error) {
	if len(start.Key) > mostKey || !utf8.ValidString(start.Key) || strings.Contains(start.Key, "\x00") {
		return r, false, failure.Invalid.Errorf("An idempotency key is text of at most %d bytes.", mostKey)
	}
	key := ""
	if start.Key != "" {
		key = "key:" + start.Key
	}
	// A workflow that is changed at this moment is started as it was.
	w, err := needWorkflow(ctx, s.Changes.DB, site, start.Workflow)
	if err == nil && !w.Enabled {
		err = failure.Invalid.Errorf("Workflow %q is switched off.", w.Name)
	}
	if err != nil {
		return r, false, err
	}
	d, err := s.draw(ctx, s.Changes.DB, site, w, start.Input, Run{Actor: by.AccountID, Key: key, Cause: Cause{Kind: ByHand}})
	if err != nil {
		return r, false, err
	}
	err = s.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		r, again, err = d.startIn(ctx, tx)
		return err
	})
	if err == nil && !again {
		s.Nudge()
	}
	return r, again, err
}

// drawn is a run that can be started.
type drawn struct {
	run     Run
	body    string // hash of what the start asks for
	refused error  // why there is no such run, unless there is one by its key
	mentions
}

// draw does what takes long of starting a run of a workflow, of which r says why and who. Nobody is there to hear that the
// input of one which starts by itself is wrong, so it will have failed.
func (s *Store) draw(ctx context.Context, q db.Querier, site int64, w Workflow, input map[string]any, r Run) (d drawn, err error) {
	r.Workflow, r.Hash, r.Connection, r.State = w.Name, w.Hash, w.Connection, Queued
	d.mentions = mentions{}
	if d.body, err = bodyHash(w.Name, input); err != nil {
		return d, err
	}
	if r.ID, err = s.NewID(); err != nil {
		return d, fmt.Errorf("make the ID of a run: %w", err)
	}
	whole, err := plainInput(input)
	if err != nil {
		return d, err
	}
	wrong, err := s.wrong(ctx, q, site, w, whole)
	if err != nil {
		return d, err
	}
	if r.Input, err = json.Marshal(whole); err != nil {
		return d, failure.Invalid.Errorf("The input is not JSON: %s.", err)
	}
	switch {
	case wrong != nil && r.Cause.Kind == ByHand:
		d.refused = failure.Invalid.Errorf("%s", wrong.Detail)
	case len(r.Input) > mostInput:
		d.refused = failure.TooLarge.Errorf("The input has more than %d bytes.", mostInput)
	case wrong != nil:
		r.State, r.Error = Failed, wrong
	}
	d.find(whole)
	d.find(r.Cause.Event)
	d.run = r
	return d, nil
}

// startIn queues the run. Of several with one key, only the first is made.
func (d drawn) startIn(ctx context.Context, tx *change.Tx) (r Run, again bool, err error) {
	r = d.run
	if r.Key != "" {
		if r, found, err := byKey(ctx, tx, r.Key, d.body); err != nil || found {
			return r, found, err
		}
	}
	if d.refused != nil {
		return r, false, d.refused
	}
	r.CreatedAt, r.DueAt = tx.Now, tx.Now
	if r.State == Failed {
		r.StartedAt, r.EndedAt, r.DueAt = tx.Now, tx.Now, time.Time{}
	}
	if err := r.insert(ctx, tx, d.body); err != nil {
		return r, false, err
	}
	if err := d.store(ctx, tx, r.ID); err != nil {
		return r, false, err
	}
	tx.Record(change.Record{Operation: "run.start", Target: runTarget(r.ID), Fields: change.Fields{"workflow": {nil, r.Workflow}}})
	return r, false, nil
}

// wrong tells why a workflow cannot begin with an input, to which it adds what it lacks; nil where it can.
func (s *Store) wrong(ctx context.Context, q db.Querier, site int64, w Workflow, input map[string]any) (*dsl.Failure, error) {
	p, err := s.program(ctx, q, site, w.Hash)
	if kind, words := failure.Of(err); err != nil && kind == failure.Invalid {
		return &dsl.Failure{Type: dsl.ConfigurationError, Status: 500, Title: "The workflow's file cannot be read", Detail: words}, nil
	}
	if err != nil {
		return nil, err
	}
	if err := p.CheckInput(input); err != nil {
		return &dsl.Failure{Type: dsl.ValidationError, Status: 400, Title: "The input is wrong", Detail: err.Error()}, nil
	}
	return nil, nil
}

// byKey returns the run that was started with a key; a Conflict where that asked for something else.
func byKey(ctx context.Context, tx *change.Tx, key, body string) (Run, bool, error) {
	id, found, err := db.One(ctx, tx, db.Scalar[string], `SELECT run_id FROM workflow_runs WHERE site_id = $1 AND run_key = $2`, tx.Site, key)
	if err != nil || !found {
		return Run{}, false, err
	}
	_, same, err := db.One(ctx, tx, db.Scalar[int], `SELECT 1 FROM workflow_runs WHERE site_id = $1 AND run_id = $2 AND body_hash = $3`, tx.Site, id, body)
	if err != nil {
		return Run{}, false, err
	}
	if !same {
		return Run{}, false, failure.Conflict.Errorf("The idempotency key stands for another start, of run %s.", id)
	}
	r, err := needRun(ctx, tx, tx.Site, id)
	return r, err == nil, err
}

func (r *Run) insert(ctx context.Context, tx *change.Tx, body string) error {
	cause, err := json.Marshal(r.Cause)
	if err != nil {
		return failure.Invalid.Errorf("What starts the run is not JSON: %s.", err)
	}
	var due, started, ended any
	if !r.DueAt.IsZero() {
		due = r.DueAt.UnixMicro()
	}
	if r.State == Failed {
		started, ended = micros(r.StartedAt), micros(r.EndedAt)
	}
	n, err := tx.ExecContext(ctx, `
		INSERT INTO workflow_runs (site_id, run_id, workflow, hash, connection, state, input, output, error, cause, run_key, body_hash, actor,
			attempts, due_at, node, lease, created_at, started_at, ended_at, erased)
		VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8, $9, $10, $11, $12, 0, $13, '', '', $14, $15, $16, false) ON CONFLICT DO NOTHING`,
		tx.Site, r.ID, r.Workflow, r.Hash, r.Connection, string(r.State), string(r.Input), encodeFailure(r.Error), string(cause), orNil(r.Key), body, r.Actor,
		due, r.CreatedAt.UnixMicro(), started, ended)
	if err != nil {
		return fmt.Errorf("store run %s: %w", r.ID, err)
	}
	if n == 0 {
		return failure.Conflict.Errorf("The run is being started at this moment; try again.")
	}
	return nil
}

// bodyHash is the same for the same start: JSON's objects are encoded in the order of their names.
func bodyHash(workflow string, input map[string]any) (string, error) {
	text, err := json.Marshal([]any{workflow, input})
	if err != nil {
		return "", failure.Invalid.Errorf("The input is not JSON: %s.", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// plainInput is a copy of an input in values of JSON, and never nil: what a check adds to it, the original does not get.
func plainInput(input map[string]any) (map[string]any, error) {
	text, err := json.Marshal(copied(input))
	if err != nil {
		return nil, failure.Invalid.Errorf("The input is not JSON: %s.", err)
	}
	v, err := decode(text)
	whole, _ := v.(map[string]any)
	return whole, err
}

// copied is a copy that does not change with the original, and never nil.
func copied(input map[string]any) map[string]any {
	c := make(map[string]any, len(input))
	maps.Copy(c, input)
	return c
}

// runTarget names a run in records of changes.
func runTarget(id string) string { return "run:" + id }
