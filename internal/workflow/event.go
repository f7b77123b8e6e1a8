package workflow

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/event"
	"github.com/rosterhq/roster/internal/failure"
)

// Taker is the kind of taker of events that a store is: see [event.OpenIn].
const Taker = "workflows"

// TakeIn starts the workflows that an event starts, each once. What a run did starts no workflow that led to the run, so
// that a chain of runs ends. It is an [event.Taker].
func (s *Store) TakeIn(ctx context.Context, tx *change.Tx, events []event.Event) error {
	all, err := db.All(ctx, tx, scanWorkflow, selectWorkflow+` AND event <> '' AND enabled ORDER BY name`, tx.Site)
	if err != nil {
		return fmt.Errorf("look for workflows that events start: %w", err)
	}
	for _, e := range events {
		after, err := ledTo(ctx, tx, e)
		if err != nil {
			return err
		}
		for _, w := range all {
			if w.Event != string(e.Type) || slices.Contains(after, w.Name) {
				continue
			}
			facts, err := plainly(e)
			if err != nil {
				return err
			}
			d, err := s.draw(ctx, tx, tx.Site, w, nil, Run{Key: "event:" + e.ID + ":" + w.Name, Cause: Cause{Kind: ByEvent, At: e.At, Event: facts, After: after}})
			if err == nil {
				_, _, err = d.startIn(ctx, tx)
			}
			if err != nil {
				return fmt.Errorf("start workflow %s by event %s: %w", w.Name, e.ID, err)
			}
		}
	}
	return nil
}

// ledTo returns the workflows whose runs led to an event, the first of them first. Of a run whose account was erased
// only its own workflow is known.
func ledTo(ctx context.Context, tx *change.Tx, e event.Event) ([]string, error) {
	if e.Run == "" {
		return nil, nil
	}
	r, err := needRun(ctx, tx, tx.Site, e.Run)
	if kind, _ := failure.Of(err); err != nil && kind == failure.NotFound {
		return nil, nil
	}
	return append(r.Cause.After, r.Workflow), err
}

// plainly returns an event in values of JSON.
func plainly(e event.Event) (any, error) {
	text, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode event %s: %w", e.ID, err)
	}
	return decode(text)
}

// listenIn lets the store hear of events on the transaction's site while a workflow waits for some.
func listenIn(ctx context.Context, tx *change.Tx) error {
	_, found, err := db.One(ctx, tx, db.Scalar[string], `SELECT name FROM workflows WHERE site_id = $1 AND event <> '' AND enabled LIMIT 1`, tx.Site)
	if err != nil {
		return fmt.Errorf("look for workflows that events start: %w", err)
	}
	if found {
		return event.OpenIn(ctx, tx, Taker)
	}
	return event.CloseIn(ctx, tx, Taker)
}
