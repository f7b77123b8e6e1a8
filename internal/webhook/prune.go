package webhook

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// forget deletes all deliveries of a webhook that was removed.
func (s *Store) forget(ctx context.Context, site int64, id string) error {
	for {
		_, left, err := db.One(ctx, s.Changes.DB, db.Scalar[string], `SELECT event_id FROM webhook_deliveries WHERE site_id = $1 AND webhook_id = $2 LIMIT 1`, site, id)
		if err != nil || !left {
			return err
		}
		if err := s.Changes.DB.Aside(ctx, `DELETE FROM webhook_deliveries WHERE site_id = $1 AND webhook_id = $2 AND event_id IN (
			SELECT event_id FROM webhook_deliveries WHERE site_id = $1 AND webhook_id = $2 ORDER BY event_id LIMIT $3)`, site, id, pruned); err != nil {
			return fmt.Errorf("delete what waited for webhook %s: %w", id, err)
		}
	}
}

// pruned bounds how many deliveries one transaction deletes.
const pruned = 500

// Keep is for how long deliveries are kept, whatever becomes of them.
const Keep = 30 * 24 * time.Hour

// Prune deletes the deliveries of a site that were queued first before the given time, whatever became of them, and those
// of webhooks that are gone, and returns how many. Each step is recorded as the change that it is.
func (s *Store) Prune(ctx context.Context, site int64, before time.Time) (deleted int64, err error) {
	orphans, err := s.orphans(ctx, site)
	for _, id := range orphans {
		if err == nil {
			err = s.forget(ctx, site, id)
		}
	}
	for n := int64(pruned); err == nil && n == pruned; {
		n, err = s.prune(ctx, site, before)
		deleted += n
	}
	if err != nil {
		err = fmt.Errorf("delete deliveries of webhooks from before %s: %w", before.UTC().Format(time.RFC3339), err)
	}
	return deleted, err
}

func (s *Store) prune(ctx context.Context, site int64, before time.Time) (n int64, err error) {
	_, found, err := db.One(ctx, s.Changes.DB, db.Scalar[string], `SELECT event_id FROM webhook_deliveries WHERE site_id = $1 AND created_at < $2 LIMIT 1`,
		site, before.UnixMicro())
	if err != nil || !found {
		return 0, err
	}
	err = s.Changes.Write(ctx, site, change.Actor{Via: change.Upkeep}, func(tx *change.Tx) error {
		lanes, err := db.All(ctx, tx, func(rows *sql.Rows) (l [2]string, err error) { return l, rows.Scan(&l[0], &l[1]) }, `
			DELETE FROM webhook_deliveries WHERE site_id = $1 AND (webhook_id, event_id) IN (
				SELECT webhook_id, event_id FROM webhook_deliveries WHERE site_id = $1 AND created_at < $2 ORDER BY created_at, webhook_id, event_id LIMIT $3)
			RETURNING webhook_id, CASE WHEN state = 'queued' THEN account_id ELSE '' END`, site, before.UnixMicro(), pruned)
		if n = int64(len(lanes)); err != nil || n == 0 {
			return err
		}
		for _, lane := range lanes {
			if lane[1] != "" {
				if err := wake(ctx, tx, lane[0], lane[1]); err != nil {
					return err
				}
			}
		}
		tx.Record(change.Record{Operation: "webhook.prune", Target: "site", Fields: change.Fields{"Deliveries": {nil, n}}})
		return nil
	})
	return n, err
}

// orphans returns webhooks that are gone but for deliveries, which a node left that stopped while it removed them.
func (s *Store) orphans(ctx context.Context, site int64) ([]string, error) {
	var gone []string
	for last := ""; ; {
		id, found, err := db.One(ctx, s.Changes.DB, db.Scalar[string], `SELECT webhook_id FROM webhook_deliveries WHERE site_id = $1 AND webhook_id > $2
			ORDER BY webhook_id LIMIT 1`, site, last)
		if err != nil || !found {
			return gone, err
		}
		if _, err := s.Show(ctx, site, id); err != nil {
			if kind, _ := failure.Of(err); kind != failure.NotFound {
				return gone, err
			}
			gone = append(gone, id)
		}
		last = id
	}
}
