package workflow

import (
	"context"
	"fmt"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
)

// pruned bounds how many runs one transaction deletes.
const pruned = 200

// Prune deletes the runs of a site that ended before a time, with their steps, and returns how many. Those that failed may
// be kept for longer: only those that ended before failed go. Files that nothing follows any more go too. Each step is
// recorded as the change that it is.
func (s *Store) Prune(ctx context.Context, site int64, before, failed time.Time) (deleted int64, err error) {
	for _, ended := range []struct {
		state  State
		before time.Time
	}{{Succeeded, before}, {Cancelled, before}, {Failed, failed}} {
		found := true
		for found && err == nil {
			_, found, err = db.One(ctx, s.Changes.DB, db.Scalar[int],
				`SELECT 1 FROM workflow_runs WHERE site_id = $1 AND state = $2 AND ended_at < $3 LIMIT 1`, site, string(ended.state), ended.before.UnixMicro())
			if err == nil && found {
				var n int64
				n, err = s.prune(ctx, site, ended.state, ended.before)
				deleted += n
			}
		}
	}
	if err == nil {
		err = s.pruneTexts(ctx, site)
	}
	if err != nil {
		err = fmt.Errorf("delete runs that ended before %s: %w", before.UTC().Format(time.RFC3339), err)
	}
	return deleted, err
}

// prune deletes those that ended first, with all that is only of them.
func (s *Store) prune(ctx context.Context, site int64, state State, before time.Time) (n int64, err error) {
	err = s.Changes.Write(ctx, site, change.Actor{Via: change.Upkeep}, func(tx *change.Tx) error {
		for _, table := range []string{"workflow_steps", "workflow_mentions", "workflow_runs"} {
			n, err = tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE site_id = $1 AND run_id IN (
				SELECT run_id FROM workflow_runs WHERE site_id = $1 AND state = $2 AND ended_at < $3 ORDER BY ended_at, run_id LIMIT $4)`,
				site, string(state), before.UnixMicro(), pruned)
			if err != nil {
				return err
			}
		}
		if n > 0 {
			tx.Record(change.Record{Operation: "run.prune", Target: "site", Fields: change.Fields{"Runs": {nil, n}}})
		}
		return nil
	})
	return n, err
}

// unused selects the files of the site $1 that nothing follows.
const unused = `SELECT hash FROM workflow_texts t WHERE site_id = $1
	AND NOT EXISTS (SELECT 1 FROM workflows w WHERE w.site_id = t.site_id AND w.hash = t.hash)
	AND NOT EXISTS (SELECT 1 FROM workflow_runs r WHERE r.site_id = t.site_id AND r.hash = t.hash) LIMIT 200`

func (s *Store) pruneTexts(ctx context.Context, site int64) error {
	_, found, err := db.One(ctx, s.Changes.DB, db.Scalar[string], unused, site)
	if err != nil || !found {
		return err
	}
	return s.Changes.Write(ctx, site, change.Actor{Via: change.Upkeep}, func(tx *change.Tx) error {
		n, err := tx.ExecContext(ctx, `DELETE FROM workflow_texts WHERE site_id = $1 AND hash IN (`+unused+`)`, site)
		if n > 0 {
			tx.Record(change.Record{Operation: "workflow.prune", Target: "site", Fields: change.Fields{"Files": {nil, n}}})
		}
		return err
	})
}
