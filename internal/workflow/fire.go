package workflow

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// dueSchedules reads the workflows of all sites: see db.Global.
const dueSchedules = `SELECT site_id, name FROM workflows WHERE next_at <= $1 ORDER BY next_at, site_id, name LIMIT 100`

// fire starts the workflows whose schedule says so by now.
func (r *Runner) fire(ctx context.Context) error {
	for {
		type due struct {
			site int64
			name string
		}
		list, err := db.All(ctx, r.Store.Changes.DB, func(rows *sql.Rows) (d due, err error) { return d, rows.Scan(&d.site, &d.name) },
			dueSchedules, r.now().UnixMicro())
		if err != nil || len(list) == 0 {
			return err
		}
		for _, d := range list {
			if err := r.Store.fire(ctx, d.site, d.name); err != nil {
				return fmt.Errorf("start workflow %s by its schedule: %w", d.name, err)
			}
		}
	}
}

// fire starts a workflow by its schedule. The key of the run is the instant, so there is one run an instant, whoever starts
// it. Of instants that were missed, one run makes up for all. A file that cannot be read any more has no next instant.
func (s *Store) fire(ctx context.Context, site int64, name string) error {
	return s.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		w, found, err := workflow(ctx, tx, site, name)
		if err != nil || !found || w.NextAt.IsZero() || w.NextAt.After(tx.Now) {
			return err
		}
		p, err := s.program(ctx, tx, site, w.Hash)
		var next time.Time
		if err == nil {
			next, err = s.startAt(ctx, tx, w, p)
		}
		if kind, words := failure.Of(err); err != nil && (kind == failure.Internal || kind == failure.Unavailable) {
			return err
		} else if err != nil {
			next = time.Time{}
			tx.Record(change.Record{Operation: "workflow.stop", Target: target(name), Fields: change.Fields{"reason": {nil, words}}})
		}
		w.NextAt = next
		return w.store(ctx, tx)
	})
}

// startAt starts the run of an instant, and returns the next one.
func (s *Store) startAt(ctx context.Context, tx *change.Tx, w Workflow, p *Program) (time.Time, error) {
	d, err := s.draw(ctx, tx, tx.Site, w, nil, Run{
		Key: "at:" + w.Name + ":" + w.NextAt.UTC().Format(time.RFC3339Nano), Cause: Cause{Kind: BySchedule, At: w.NextAt},
	})
	if err != nil {
		return time.Time{}, err
	}
	r, again, err := d.startIn(ctx, tx)
	if err != nil {
		return time.Time{}, err
	}
	if again {
		tx.Record(change.Record{Operation: "workflow.schedule", Target: target(w.Name)})
	}
	if p.Schedule.After > 0 {
		if r.State.Ended() {
			return tx.Now.Add(p.Schedule.After), nil
		}
		return time.Time{}, nil
	}
	return p.Schedule.following(w.NextAt, tx.Now)
}
