package content

import (
	"context"
	"strconv"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Watchable names something that can be watched: content by its ID, a label by its name as [ParseLabel] reads it,
// a space by its key.
type Watchable struct {
	Kind WatchKind
	Name string
}

// WatchKind is a kind of thing that can be watched.
type WatchKind string

const (
	WatchContent WatchKind = "content"
	WatchLabel   WatchKind = "label"
	WatchSpace   WatchKind = "space"
)

// Watching reports whether an account watches something. What v may not see is Forbidden like what is missing; an
// account that nobody has is NotFound.
func (st *Store) Watching(ctx context.Context, site int64, v Viewer, w Watchable, accountID string) (bool, error) {
	at, err := st.watched(ctx, st.db(), site, v, w)
	if err != nil {
		return false, err
	}
	if _, err := statusOf(ctx, st.db(), site, accountID); err != nil {
		return false, err
	}
	return at.by(ctx, st.db(), site, accountID)
}

// Watch makes an account watch something, on behalf of v. Watching it already is fine. Errors are those of
// [Store.Watching]; a closed account is as if nobody had it.
func (st *Store) Watch(ctx context.Context, site int64, by change.Actor, v Viewer, w Watchable, accountID string) error {
	return st.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		at, err := st.watched(ctx, tx, site, v, w)
		if err != nil {
			return err
		}
		return at.open(ctx, tx, accountID)
	})
}

// WatchIn makes an account watch content or a space that is there, inside a transaction, whoever may see it.
func (st *Store) WatchIn(ctx context.Context, tx *change.Tx, kind WatchKind, id int64, accountID string) error {
	return watch{kind, id}.open(ctx, tx, accountID)
}

// Unwatch ends that an account watches something, on behalf of v. Not watching it is fine. Errors are those of
// [Store.Watch].
func (st *Store) Unwatch(ctx context.Context, site int64, by change.Actor, v Viewer, w Watchable, accountID string) error {
	return st.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		at, err := st.watched(ctx, tx, site, v, w)
		if err != nil {
			return err
		}
		if err := openAccount(ctx, tx, site, accountID); err != nil {
			return err
		}
		return at.remove(ctx, tx, accountID)
	})
}

// Watchers returns the account IDs of those who watch content or a space, by ID, and whether there are more. Whether
// the viewer may see it is for the caller to have checked.
func (st *Store) Watchers(ctx context.Context, site int64, kind WatchKind, id int64, start, limit int) (ids []string, more bool, err error) {
	ids, err = db.All(ctx, st.db(), db.Scalar[string], `SELECT account_id FROM watches
		WHERE site_id = $1 AND kind = $2 AND target_id = $3 ORDER BY account_id LIMIT $4 OFFSET $5`, site, string(kind), id, limit+1, start)
	return ids[:min(limit, len(ids))], len(ids) > limit, err
}

// watch is the place of something among the watches.
type watch struct {
	kind WatchKind
	id   int64 // of the content, label or space
}

func (w watch) target() string { return string(w.kind) + ":" + strconv.FormatInt(w.id, 10) }

// by reports whether an account watches it.
func (w watch) by(ctx context.Context, q db.Querier, site int64, accountID string) (bool, error) {
	_, found, err := db.One(ctx, q, db.Scalar[int64], `SELECT created_at FROM watches
		WHERE site_id = $1 AND kind = $2 AND target_id = $3 AND account_id = $4`, site, string(w.kind), w.id, accountID)
	return found, err
}

// open is add for an account that may be missing or closed.
func (w watch) open(ctx context.Context, tx *change.Tx, accountID string) error {
	if err := openAccount(ctx, tx, tx.Site, accountID); err != nil {
		return err
	}
	return w.add(ctx, tx, accountID)
}

// add lets an account that exists watch it, and records nothing where it does already.
func (w watch) add(ctx context.Context, tx *change.Tx, accountID string) error {
	_, added, err := db.One(ctx, tx, db.Scalar[int64], `INSERT INTO watches (site_id, kind, target_id, account_id, created_at)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING created_at`, tx.Site, string(w.kind), w.id, accountID, tx.Now.UnixMicro())
	if added {
		tx.Record(change.Record{Operation: "watch.add", Target: w.target(), Fields: change.Fields{"Watcher": {nil, accountID}}})
	}
	return err
}

// remove is the opposite of add.
func (w watch) remove(ctx context.Context, tx *change.Tx, accountID string) error {
	_, removed, err := db.One(ctx, tx, db.Scalar[int64], `DELETE FROM watches
		WHERE site_id = $1 AND kind = $2 AND target_id = $3 AND account_id = $4 RETURNING created_at`, tx.Site, string(w.kind), w.id, accountID)
	if removed {
		tx.Record(change.Record{Operation: "watch.remove", Target: w.target(), Fields: change.Fields{"Watcher": {accountID, nil}}})
	}
	return err
}

// closed is the status of an account that was deleted.
const closed = "closed"

var errNoWatcher = failure.NotFound.Errorf("There is no user with this account ID.")

// openAccount returns errNoWatcher for an account that is missing or closed.
func openAccount(ctx context.Context, q db.Querier, site int64, accountID string) error {
	status, err := statusOf(ctx, q, site, accountID)
	if err == nil && status == closed {
		err = errNoWatcher
	}
	return err
}

// statusOf returns an account's status, or errNoWatcher.
func statusOf(ctx context.Context, q db.Querier, site int64, accountID string) (string, error) {
	if checkLine("account ID", accountID) != nil {
		return "", errNoWatcher
	}
	status, found, err := db.One(ctx, q, db.Scalar[string], `SELECT status FROM accounts WHERE site_id = $1 AND account_id = $2`, site, accountID)
	if err == nil && !found {
		err = errNoWatcher
	}
	return status, err
}
