package event

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
)

// OpenIn lets a kind of taker hear of what happens on the transaction's site from now on. Where it does already,
// nothing changes.
func OpenIn(ctx context.Context, tx *change.Tx, taker string) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO event_cursors (site_id, taker, seq, since)
		VALUES ($1, $2, (SELECT COALESCE(max(last_seq), 0) FROM change_heads WHERE site_id = $1), $3) ON CONFLICT DO NOTHING`,
		tx.Site, taker, tx.Now.UnixMicro())
	if err != nil {
		err = fmt.Errorf("open the events of %s: %w", taker, err)
	}
	return err
}

// CloseIn ends that a kind of taker hears of the transaction's site. What happens from now on is lost to it, and the
// site costs nothing.
func CloseIn(ctx context.Context, tx *change.Tx, taker string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM event_cursors WHERE site_id = $1 AND taker = $2`, tx.Site, taker)
	if err != nil {
		err = fmt.Errorf("close the events of %s: %w", taker, err)
	}
	return err
}

// cursor is how far a taker has read the record of a site.
type cursor struct {
	site    int64
	cloudID string
	taker   string
	seq     int64
	since   time.Time
}

// behindQuery reads the cursors of all sites: see db.Global. It looks at one row for each site that the taker hears of.
const behindQuery = `SELECT c.site_id, s.cloud_id, c.taker, c.seq, c.since FROM event_cursors c
	JOIN sites s ON s.site_id = c.site_id JOIN change_heads h ON h.site_id = c.site_id
	WHERE c.taker = $1 AND h.last_seq > c.seq ORDER BY c.site_id`

// behind returns the cursors of a taker that something was recorded after.
func behind(ctx context.Context, q db.Querier, taker string) ([]cursor, error) {
	all, err := db.All(ctx, q, func(rows *sql.Rows) (c cursor, err error) {
		var since int64
		err = rows.Scan(&c.site, &c.cloudID, &c.taker, &c.seq, &since)
		c.since = time.UnixMicro(since).UTC()
		return c, err
	}, behindQuery, taker)
	if err != nil {
		err = fmt.Errorf("look for what happened: %w", err)
	}
	return all, err
}

// errFenced says that another node has gone on with the cursor in the meantime.
var errFenced = errors.New("another reader was faster")

const advanceQuery = `UPDATE event_cursors SET seq = $1 WHERE site_id = $2 AND taker = $3 AND seq = $4 AND since = $5`

// advanceIn moves the cursor in the transaction in which its taker takes events in; errFenced where it stands elsewhere by now.
func (c cursor) advanceIn(ctx context.Context, tx *change.Tx, seq int64) error {
	n, err := tx.ExecContext(ctx, advanceQuery, seq, c.site, c.taker, c.seq, c.since.UnixMicro())
	if err == nil && n == 0 {
		err = errFenced
	}
	return err
}

// skip moves the cursor past entries that no event follows from. It leaves no record, which would be the next entry to
// skip. Where the cursor stands elsewhere by now, nothing happens, and the next step is fenced.
func (c cursor) skip(ctx context.Context, d *db.DB, seq int64) error {
	return d.Aside(ctx, advanceQuery, seq, c.site, c.taker, c.seq, c.since.UnixMicro())
}
