package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/rosterhq/roster/internal/change"
)

// pruned bounds how many entries one transaction deletes, but for those of its last seal.
const pruned = 5000

// Prune deletes the entries of a site that were sealed before the given time, and returns how many. Their seals stay,
// so that the rest can still be checked. Each step is recorded as the change that it is.
func (t *Trail) Prune(ctx context.Context, site int64, before time.Time) (deleted int64, err error) {
	for {
		head, err := t.Changes.Head(ctx, site)
		if err != nil {
			return deleted, err
		}
		seals, err := t.Changes.Seals(ctx, site, head.Pruned, page)
		if err != nil {
			return deleted, err
		}
		last := head.Pruned
		for _, s := range seals {
			if !s.At.Before(before) || last-head.Pruned >= pruned {
				break
			}
			last = s.Last
		}
		if last == head.Pruned {
			return deleted, nil
		}
		n, err := t.prune(ctx, site, head.Pruned, last)
		if err != nil || n == 0 {
			return deleted, err
		}
		deleted += n
	}
}

// prune deletes what stands after one seq and up to another. Where another node has done so, it does nothing.
func (t *Trail) prune(ctx context.Context, site, from, to int64) (n int64, err error) {
	err = t.Changes.Write(ctx, site, change.Actor{Via: change.Upkeep}, func(tx *change.Tx) error {
		n, err = tx.ExecContext(ctx, `UPDATE change_heads SET pruned = $3 WHERE site_id = $1 AND pruned = $2`, site, from, to)
		if err != nil || n == 0 {
			return err
		}
		tx.Record(change.Record{Operation: "audit.prune", Target: "site", Fields: change.Fields{"Seq": {from, to}}})
		n, err = tx.ExecContext(ctx, `DELETE FROM changes WHERE site_id = $1 AND seq > $2 AND seq <= $3`, site, from, to)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("delete entries %d to %d: %w", from+1, to, err)
	}
	return n, nil
}
