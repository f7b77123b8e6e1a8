package content

import (
	"context"

	"github.com/rosterhq/roster/internal/db"
)

// FindWatched looks for something to watch as every watch operation does first, by a querier of the test's.
func (st *Store) FindWatched(ctx context.Context, q db.Querier, site int64, v Viewer, w Watchable) error {
	_, err := st.watched(ctx, q, site, v, w)
	return err
}

// LineOf is the query that looks for content and all that stands above it.
var LineOf = lineOf
