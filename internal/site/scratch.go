package site

import (
	"context"

	"github.com/rosterhq/roster/internal/change"
)

// ScratchIn makes the transaction's site in an empty scratch database, in which somebody tries out what a write would do to the
// site of this internal ID. Nobody reaches it.
func (st *Store) ScratchIn(ctx context.Context, tx *change.Tx) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO sites (site_id, cloud_id, name, public_url, is_default, settings, created_at)
		VALUES ($1, 'scratch', 'scratch', '', FALSE, '{}', $2)`, tx.Site, tx.Now.UnixMicro())
	return err
}
