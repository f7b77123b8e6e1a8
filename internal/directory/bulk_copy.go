package directory

import (
	"context"
	"database/sql"
	"maps"
	"slices"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/fold"
)

// CopyIn brings what the edits touch from another directory into this one, a scratch one that tries out what
// the edits would do there. What stands here already stays as it is. Words and marks are not brought along:
// nobody searches a scratch directory.
func (d *Directory) CopyIn(ctx context.Context, tx *change.Tx, from *Directory, edits []Edit) error {
	there := &bulk{d: from, tx: &change.Tx{Site: tx.Site}, known: map[string]Account{}, holder: map[string]string{}}
	if err := there.load(ctx, from.db(), edits); err != nil {
		return err
	}
	standing, err := d.standing(ctx, tx, slices.Collect(maps.Keys(there.known)))
	if err != nil {
		return err
	}
	var rows [][]any
	var ids, groups, refs []string
	for id, a := range there.known {
		if !standing[id] {
			ids = append(ids, id)
			rows = append(rows, accountRow(&a, a.emailKey()))
		}
	}
	if _, err := insertRows(ctx, tx, insertAccounts, `ON CONFLICT DO NOTHING`, rows, asIs); err != nil {
		return err
	}
	members, err := memberships(ctx, from.db(), tx.Site, ids)
	if err != nil {
		return err
	}
	rows = nil
	for id, in := range members {
		groups = append(groups, in...)
		for _, g := range in {
			rows = append(rows, []any{g, id, there.known[id].Status == Active})
		}
	}
	for _, e := range edits {
		refs = append(refs, e.Groups...)
	}
	if err := d.CopyGroupsIn(ctx, tx, from, groups, refs); err != nil {
		return err
	}
	_, err = insertRows(ctx, tx, `INSERT INTO memberships (site_id, group_id, account_id, listed)`, `ON CONFLICT DO NOTHING`, rows, asIs)
	return err
}

// standing tells which of these accounts there are.
func (d *Directory) standing(ctx context.Context, q *change.Tx, ids []string) (map[string]bool, error) {
	there := map[string]bool{}
	for chunk := range slices.Chunk(ids, lookUps) {
		list, args := db.In(chunk, any(q.Site))
		found, err := db.All(ctx, q, db.Scalar[string], `SELECT account_id FROM accounts WHERE site_id = $1 AND account_id IN (`+list+`)`, args...)
		if err != nil {
			return nil, err
		}
		for _, id := range found {
			there[id] = true
		}
	}
	return there, nil
}

// CopyGroupsIn is [Directory.CopyIn] for groups: those with these IDs, and those that refs name by ID or name.
func (d *Directory) CopyGroupsIn(ctx context.Context, tx *change.Tx, from *Directory, ids, refs []string) error {
	found, err := groupsByRef(ctx, from.db(), tx.Site, ids, refs)
	if err != nil {
		return err
	}
	rows := make([][]any, len(found))
	for i, g := range found {
		rows[i] = []any{g.ID, g.Version, g.Name, fold.Key(g.Name), g.UsageType, g.ManagedBy, g.CreatedAt.UnixMicro()}
	}
	_, err = insertRows(ctx, tx, `INSERT INTO groups (site_id, group_id, version, name, name_key, usage_type, managed_by, created_at)`,
		`ON CONFLICT DO NOTHING`, rows, asIs)
	return err
}

// CopyPermissionsIn brings every permission, the groups that hold one and the site's administrators from another directory.
func (d *Directory) CopyPermissionsIn(ctx context.Context, tx *change.Tx, from *Directory) error {
	held, err := db.All(ctx, from.db(), func(rows *sql.Rows) (p [2]string, err error) { return p, rows.Scan(&p[0], &p[1]) },
		`SELECT permission, group_id FROM global_permissions WHERE site_id = $1`, tx.Site)
	if err != nil {
		return err
	}
	var ids []string
	var rows [][]any
	for _, p := range held {
		ids = append(ids, p[1])
		rows = append(rows, []any{p[0], p[1]})
	}
	if err := d.CopyGroupsIn(ctx, tx, from, ids, nil); err != nil {
		return err
	}
	if _, err = insertRows(ctx, tx, `INSERT INTO global_permissions (site_id, permission, group_id)`, `ON CONFLICT DO NOTHING`, rows, asIs); err != nil {
		return err
	}
	return d.copyAdministratorsIn(ctx, tx, from)
}
