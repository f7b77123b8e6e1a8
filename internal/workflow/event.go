package workflow

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/event"
)

// Taker is the kind of taker of events that a store is: see [event.OpenIn].
const Taker = "workflows"

// TakeIn starts the workflows that an event starts, each once. It is an [event.Taker].
func (s *Store) TakeIn(ctx context.Context, tx *change.Tx, events []event.Event) error {
	all, err := db.All(ctx, tx, scanWorkflow, selectWorkflow+` AND event <> '' AND enabled ORDER BY name`, tx.Site)
	if err != nil {
		return fmt.Errorf("look for workflows that events start: %w", err)
	}
	for _, e := range events {
		for _, w := range all {
			if w.Event != string(e.Type) {
				continue
			}
			facts, err := plainly(e)
			if err != nil {
				return err
			}
			if _, _, err := s.startIn(ctx, tx, w, nil, "", "event:"+e.ID+":"+w.Name, Cause{Kind: ByEvent, At: e.At, Event: facts}); err != nil {
				return fmt.Errorf("start workflow %s by event %s: %w", w.Name, e.ID, err)
			}
		}
	}
	return nil
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
