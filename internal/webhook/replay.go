package webhook

import (
	"context"
	"fmt"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Replay queues a delivery that is dead or delivered once more, with all its tries. It goes out under the same ID, after
// what runs or is tried again of its account. One that is queued already is a Conflict.
func (s *Store) Replay(ctx context.Context, site int64, by change.Actor, id, eventID string) error {
	err := s.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		if _, err := show(ctx, tx, site, id); err != nil {
			return err
		}
		d, found, err := db.One(ctx, tx, scanDelivery, `SELECT `+deliveryColumns+` FROM webhook_deliveries
			WHERE site_id = $1 AND webhook_id = $2 AND event_id = $3`, site, id, eventID)
		if err != nil {
			return err
		}
		if !found {
			return errNoDelivery
		}
		if d.State == Queued {
			return failure.Conflict.Errorf("The delivery is queued already.")
		}
		return requeue(ctx, tx, id, []Delivery{d})
	})
	if err == nil {
		s.Nudge()
	}
	return err
}

// replayed bounds how many deliveries one transaction queues again.
const replayed = 200

// ReplaySince queues the dead deliveries once more whose events happened at this time or later, and returns how many.
func (s *Store) ReplaySince(ctx context.Context, site int64, by change.Actor, id string, since time.Time) (n int, err error) {
	if _, err := s.Show(ctx, site, id); err != nil {
		return 0, err
	}
	// Each batch goes on after the last of the one before, so that a delivery that dies again meanwhile comes once.
	for after := ""; ; {
		var some []Delivery
		err := s.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
			some, err = db.All(ctx, tx, scanDelivery, `SELECT `+deliveryColumns+` FROM webhook_deliveries
				WHERE site_id = $1 AND webhook_id = $2 AND state = 'dead' AND at >= $3 AND event_id > $4
				ORDER BY event_id LIMIT $5`, site, id, since.UnixMicro(), after, replayed)
			if err != nil || len(some) == 0 {
				return err
			}
			return requeue(ctx, tx, id, some)
		})
		if err != nil {
			return n, fmt.Errorf("replay deliveries since %s: %w", since.UTC().Format(time.RFC3339), err)
		}
		if n += len(some); len(some) < replayed {
			s.Nudge()
			return n, nil
		}
		after = some[len(some)-1].EventID
	}
}

// requeue queues settled deliveries again and makes the first of each account due where none is.
func requeue(ctx context.Context, tx *change.Tx, id string, all []Delivery) error {
	events := make([]string, len(all))
	accounts := map[string]bool{}
	for i, d := range all {
		events[i], accounts[d.AccountID] = d.EventID, true
	}
	for from := 0; from < len(events); from += lookUps {
		in, args := db.In(events[from:min(from+lookUps, len(events))], any(tx.Site), id, tx.Now.UnixMicro())
		if _, err := tx.ExecContext(ctx, `UPDATE webhook_deliveries
			SET state = 'queued', attempts = 0, due_at = NULL, status = 0, words = '', settled_at = NULL, queued_at = $3
			WHERE site_id = $1 AND webhook_id = $2 AND event_id IN (`+in+`)`, args...); err != nil {
			return err
		}
	}
	for account := range accounts {
		if err := wake(ctx, tx, id, account); err != nil {
			return err
		}
	}
	tx.Record(change.Record{Operation: "webhook.replay", Target: target(id), Fields: change.Fields{"Deliveries": {nil, len(all)}}})
	return nil
}
