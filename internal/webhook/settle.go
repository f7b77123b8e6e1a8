package webhook

import (
	"context"
	"fmt"
	"time"

	"github.com/rosterhq/roster/internal/change"
)

// sender is who settles deliveries, in records of changes.
var sender = change.Actor{Via: "webhook"}

// answer is what became of one try.
type answer struct {
	status int    // 0 where there was none
	words  string // why it failed; empty where the receiver took it
	gone   bool   // the receiver wants nothing more
}

// again gives a delivery back for another try. It does nothing where the claim does not stand any more.
func (s *Store) again(ctx context.Context, c *claim, a answer, next time.Time) error {
	err := s.Changes.DB.Aside(ctx, `UPDATE webhook_deliveries SET due_at = $5, lease = '', status = $6, words = $7
		WHERE site_id = $1 AND webhook_id = $2 AND event_id = $3 AND lease = $4`, c.site, c.ID, c.event, c.lease, next.UnixMicro(), a.status, a.words)
	if err != nil {
		err = fmt.Errorf("give delivery %s back: %w", c.event, err)
	}
	return err
}

// settle stores that a delivery is done with, and lets the next of its account be sent. It fails with errLost, and stores
// nothing, where the claim does not stand any more.
func (s *Store) settle(ctx context.Context, c *claim, a answer) error {
	state := Delivered
	if a.words != "" {
		state = Dead
	}
	err := s.Changes.Write(ctx, c.site, sender, func(tx *change.Tx) error {
		now := tx.Now.UnixMicro()
		n, err := tx.ExecContext(ctx, `UPDATE webhook_deliveries SET state = $5, due_at = NULL, lease = '', status = $6, words = $7, settled_at = $8
			WHERE site_id = $1 AND webhook_id = $2 AND event_id = $3 AND lease = $4`, c.site, c.ID, c.event, c.lease, string(state), a.status, a.words, now)
		if err != nil {
			return err
		}
		if n == 0 {
			return errLost
		}
		tx.Record(change.Record{Operation: "webhook." + string(state), Target: target(c.ID), Fields: change.Fields{"Event": {nil, c.event}}})
		if a.gone {
			if err := disable(ctx, tx, c.ID, a.words); err != nil {
				return err
			}
		}
		return wake(ctx, tx, c.ID, c.account)
	})
	if err != nil {
		err = fmt.Errorf("settle delivery %s: %w", c.event, err)
	}
	return err
}

// wake makes the first delivery that waits of an account due, unless one is already.
func wake(ctx context.Context, tx *change.Tx, id, account string) error {
	_, err := tx.ExecContext(ctx, `UPDATE webhook_deliveries SET due_at = $4
		WHERE site_id = $1 AND webhook_id = $2 AND event_id = (
			SELECT event_id FROM webhook_deliveries WHERE site_id = $1 AND webhook_id = $2 AND account_id = $3 AND state = 'queued'
			ORDER BY seq, event_id LIMIT 1)
		AND NOT EXISTS (
			SELECT 1 FROM webhook_deliveries WHERE site_id = $1 AND webhook_id = $2 AND account_id = $3 AND due_at IS NOT NULL)`,
		tx.Site, id, account, tx.Now.UnixMicro())
	return err
}

// disable ends a webhook that its receiver wants nothing more of. What waits for it stays.
func disable(ctx context.Context, tx *change.Tx, id, why string) error {
	n, err := tx.ExecContext(ctx, `UPDATE webhooks SET enabled = FALSE, disabled_why = $3, updated_at = $4 WHERE site_id = $1 AND webhook_id = $2 AND enabled`,
		tx.Site, id, why, tx.Now.UnixMicro())
	if err != nil || n == 0 {
		return err
	}
	tx.Record(change.Record{Operation: "webhook.disable", Target: target(id), Fields: change.Fields{"Enabled": {true, false}}})
	return settleCursor(ctx, tx)
}
