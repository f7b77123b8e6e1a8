package content

import (
	"context"
	"slices"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
)

// CheckWatchersIn reports why [Store.WatchIn] would refuse these accounts, before anything is written.
func (st *Store) CheckWatchersIn(ctx context.Context, tx *change.Tx, accounts []string) error {
	for _, id := range accounts {
		if err := openAccount(ctx, tx, tx.Site, id); err != nil {
			return err
		}
	}
	return nil
}

// WatchingIn returns those of these accounts that watch content or a space, sorted.
func (st *Store) WatchingIn(ctx context.Context, q db.Querier, site int64, kind WatchKind, id int64, accounts []string) ([]string, error) {
	list, args := db.In(storable(accounts), any(site), string(kind), id)
	watching, err := db.All(ctx, q, db.Scalar[string], `SELECT account_id FROM watches
		WHERE site_id = $1 AND kind = $2 AND target_id = $3 AND account_id IN (`+list+`)`, args...)
	slices.Sort(watching)
	return watching, err
}

// WatchLabelIn makes an account watch a label that is read by [ParseLabel], whether anything has the label or not.
func (st *Store) WatchLabelIn(ctx context.Context, tx *change.Tx, name, accountID string) error {
	l, err := ParseLabel(name)
	if err != nil {
		return err
	}
	id, err := st.labelID(ctx, tx, l)
	if err != nil {
		return err
	}
	return watch{WatchLabel, id}.open(ctx, tx, accountID)
}

// WatchesLabelIn reports whether an account watches a label that is read by [ParseLabel].
func (st *Store) WatchesLabelIn(ctx context.Context, q db.Querier, site int64, name, accountID string) (bool, error) {
	l, err := ParseLabel(name)
	if err != nil {
		return false, err
	}
	id, found, err := db.One(ctx, q, db.Scalar[int64], `SELECT label_id FROM labels WHERE site_id = $1 AND name_key = $2 AND prefix = $3`, site, l.key, l.Prefix)
	if err != nil || !found {
		return false, err
	}
	return watch{WatchLabel, id}.by(ctx, q, site, accountID)
}

// UnwatchIn ends that an account watches content or a space, inside a transaction. Not watching it is fine.
func (st *Store) UnwatchIn(ctx context.Context, tx *change.Tx, kind WatchKind, id int64, accountID string) error {
	return watch{kind, id}.remove(ctx, tx, accountID)
}
