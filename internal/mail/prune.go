package mail

import (
	"context"
	"fmt"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
)

// pruned bounds how many messages one transaction deletes.
const pruned = 500

// Prune deletes the messages of a site that were settled for all their recipients before the given time, and returns how many.
// Mail that still waits, or that is uncertain, stays however old it is. Each step is recorded as the change that it is.
func (o *Outbox) Prune(ctx context.Context, site int64, before time.Time) (deleted int64, err error) {
	_, found, err := db.One(ctx, o.Changes.DB, db.Scalar[int], `SELECT 1 FROM outbox WHERE site_id = $1 AND settled_at < $2 LIMIT 1`,
		site, before.UnixMicro())
	for err == nil && found {
		var n int64
		if n, err = o.prune(ctx, site, before); err == nil {
			deleted += n
		}
		found = n == pruned
	}
	if err != nil {
		err = fmt.Errorf("delete mail that was settled before %s: %w", before.UTC().Format(time.RFC3339), err)
	}
	return deleted, err
}

// prune deletes those that were settled first.
func (o *Outbox) prune(ctx context.Context, site int64, before time.Time) (n int64, err error) {
	err = o.Changes.Write(ctx, site, change.Actor{Via: change.Upkeep}, func(tx *change.Tx) error {
		n, err = tx.ExecContext(ctx, `
			DELETE FROM outbox WHERE site_id = $1 AND message_id IN (
				SELECT message_id FROM outbox WHERE site_id = $1 AND settled_at < $2 ORDER BY settled_at, message_id LIMIT $3)`,
			site, before.UnixMicro(), pruned)
		if n > 0 {
			tx.Record(change.Record{Operation: "mail.prune", Target: "site", Fields: change.Fields{"Messages": {nil, n}}})
		}
		return err
	})
	return n, err
}
