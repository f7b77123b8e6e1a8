package site

import (
	"context"
	"math"

	"github.com/rosterhq/roster/internal/db"
)

// Newest returns up to limit sites, those made last first, from the one behind the number after, and the number behind
// which the next page begins; 0 on the last. 0 is also the first place.
func (st *Store) Newest(ctx context.Context, after int64, limit int) (page []Site, next int64, err error) {
	if after <= 0 {
		after = math.MaxInt64
	}
	page, err = db.All(ctx, st.Changes.DB, scan, `SELECT `+columns+` FROM sites s WHERE site_id < $1
		AND NOT EXISTS (SELECT 1 FROM unlisted_sites u WHERE u.site_id = s.site_id) ORDER BY site_id DESC LIMIT $2`, after, limit+1)
	if len(page) > limit {
		page = page[:limit]
		next = page[limit-1].ID
	}
	return page, next, err
}
