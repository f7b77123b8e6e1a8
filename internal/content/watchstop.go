package content

import (
	"context"

	"github.com/rosterhq/roster/internal/change"
)

// StopWatching ends that an account watches what [Store.WatchesOf] lists, on its own behalf: also what it may not see any
// more. Not watching it is fine.
func (st *Store) StopWatching(ctx context.Context, site int64, by change.Actor, accountID string, kind WatchKind, id int64) error {
	return st.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		return watch{kind, id}.remove(ctx, tx, accountID)
	})
}
