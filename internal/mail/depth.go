package mail

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/rosterhq/roster/internal/db"
)

// Waiting are the states in which something is left to do, in the order in which a message meets them.
var Waiting = []State{Queued, Sending, Uncertain}

// Depth counts, by state, the recipients of a site's messages for whom something is left to do.
func (o *Outbox) Depth(ctx context.Context, site int64) (map[State]int64, error) {
	type row struct {
		state State
		n     int64
	}
	rows, err := db.All(ctx, o.Changes.DB, func(rows *sql.Rows) (r row, err error) { return r, rows.Scan(&r.state, &r.n) },
		`SELECT state, count(*) FROM outbox_recipients WHERE site_id = $1 AND state IN ('queued', 'sending', 'uncertain') GROUP BY state`, site)
	if err != nil {
		return nil, fmt.Errorf("count the outbox: %w", err)
	}
	depth := map[State]int64{}
	for _, r := range rows {
		depth[r.state] = r.n
	}
	return depth, nil
}
