package content

import (
	"context"
	"database/sql"

	"github.com/rosterhq/roster/internal/db"
)

// The methods of this file walk through everything of a site in a fixed order, some at a time: each call takes where the one
// before ended. q is one snapshot for all of them.

// SpacesAfter returns the spaces after a key, by key.
func (st *Store) SpacesAfter(ctx context.Context, q db.Querier, site int64, key string, limit int) ([]Space, error) {
	return db.All(ctx, q, scanSpace, `SELECT `+spaceColumns+` FROM spaces s WHERE s.site_id = $1 AND s.space_key > $2 ORDER BY s.space_key LIMIT $3`, site, key, limit)
}

// TopAfter returns what stands at the top of a space after an ID, by ID, with its bodies.
func (st *Store) TopAfter(ctx context.Context, q db.Querier, site, space, after int64, limit int) ([]Page, error) {
	return db.All(ctx, q, scanWhole, `SELECT `+pageColumns+`, c.body FROM content c
		WHERE c.site_id = $1 AND c.space_id = $2 AND c.content_id > $3 AND c.parent_id IS NULL ORDER BY c.content_id LIMIT $4`, site, space, after, limit)
}

// BelowAfter returns what stands right below content, after other such content or the zero page, by type and ID, with its bodies.
func (st *Store) BelowAfter(ctx context.Context, q db.Querier, site, parent int64, after Page, limit int) ([]Page, error) {
	return db.All(ctx, q, scanWhole, `SELECT `+pageColumns+`, c.body FROM content c
		WHERE c.site_id = $1 AND c.parent_id = $2 AND (c.kind, c.content_id) > ($3, $4) ORDER BY c.kind, c.content_id LIMIT $5`,
		site, parent, after.Type, after.ID, limit)
}

func scanWhole(rows *sql.Rows) (p Page, err error) { return p, p.scan(rows, &p.Body) }

// Watch says who watches one thing: content by its ID, a label by its name, a space by its key.
type Watch struct {
	Watchable
	ID        int64 // of content
	AccountID string
}

// WatchesAfter returns the watches of one kind after another one or the zero watch, by what is watched and the account. Those
// of content in the trash are left out.
func (st *Store) WatchesAfter(ctx context.Context, q db.Querier, site int64, kind WatchKind, after Watch, limit int) ([]Watch, error) {
	scan := func(rows *sql.Rows) (w Watch, err error) {
		w.Kind = kind
		return w, rows.Scan(&w.ID, &w.Name, &w.AccountID)
	}
	switch kind {
	case WatchContent:
		return db.All(ctx, q, scan, `SELECT w.target_id, '', w.account_id FROM watches w
			JOIN content c ON c.site_id = w.site_id AND c.content_id = w.target_id AND c.status <> 'trashed'
			WHERE w.site_id = $1 AND w.kind = 'content' AND (w.target_id, w.account_id) > ($2, $3) ORDER BY w.target_id, w.account_id LIMIT $4`,
			site, after.ID, after.AccountID, limit)
	case WatchSpace:
		return db.All(ctx, q, scan, `SELECT 0, s.space_key, w.account_id FROM spaces s
			JOIN watches w ON w.site_id = s.site_id AND w.kind = 'space' AND w.target_id = s.space_id
			WHERE s.site_id = $1 AND s.space_key >= $2 AND (s.space_key, w.account_id) > ($2, $3) ORDER BY s.space_key, w.account_id LIMIT $4`,
			site, after.Name, after.AccountID, limit)
	}
	label, err := readLabel(after.Name)
	if after.Name != "" && err != nil {
		return nil, err
	}
	if after.Name == "" {
		label = Label{}
	}
	return db.All(ctx, q, scan, `SELECT 0, l.prefix || ':' || l.name, w.account_id FROM labels l
		JOIN watches w ON w.site_id = l.site_id AND w.kind = 'label' AND w.target_id = l.label_id
		WHERE l.site_id = $1 AND l.name_key >= $2 AND (l.name_key, l.prefix, w.account_id) > ($2, $3, $4)
		ORDER BY l.name_key, l.prefix, w.account_id LIMIT $5`, site, label.key, label.Prefix, after.AccountID, limit)
}
