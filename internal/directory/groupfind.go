package directory

import (
	"context"
	"database/sql"
	"strings"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/fold"
)

// FindGroups returns up to limit of the groups whose name contains text, whatever its case, by name, from the one behind
// the place after, and the place behind which the next page begins; "" on the last.
func (d *Directory) FindGroups(ctx context.Context, site int64, text, after string, limit int) (page []Group, next string, err error) {
	key := fold.Key(text)
	if !storable(after) {
		return nil, "", failure.ErrPlace
	}
	if !storable(key) {
		return nil, "", nil
	}
	pattern := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(key) + "%"
	page, err = db.All(ctx, d.db(), scanGroup, `SELECT `+groupColumns+` FROM groups g WHERE g.site_id = $1 AND g.name_key > $2
		AND g.name_key LIKE CAST($3 AS text) ESCAPE '\' ORDER BY g.name_key LIMIT CAST($4 AS bigint)`, site, after, pattern, limit+1)
	if len(page) > limit {
		page = page[:limit]
		next = fold.Key(page[limit-1].Name)
	}
	return page, next, err
}

// Membership is how many active members a group has, and what it lets them do.
type Membership struct {
	Members     int64
	Permissions []Permission
}

// MembershipOf returns that of each of these groups. It counts nobody: the length of a list is kept beside it.
func (d *Directory) MembershipOf(ctx context.Context, site int64, groups []Group) (map[string]Membership, error) {
	of := make(map[string]Membership, len(groups))
	if len(groups) == 0 {
		return of, nil
	}
	ids, lists := make([]string, len(groups)), make([]string, len(groups))
	for i, g := range groups {
		ids[i], lists[i] = g.ID, memberList(g.ID).name
	}
	in, args := db.In(lists, any(site))
	_, err := db.All(ctx, d.db(), func(rows *sql.Rows) (struct{}, error) {
		var list string
		var m Membership
		err := rows.Scan(&list, &m.Members)
		of[strings.TrimPrefix(list, memberList("").name)] = m
		return struct{}{}, err
	}, `SELECT list, CAST(SUM(entries) AS bigint) FROM list_marks WHERE site_id = $1 AND list IN (`+in+`) GROUP BY list`, args...)
	if err != nil {
		return nil, err
	}
	in, args = db.In(ids, any(site))
	held, err := db.All(ctx, d.db(), scanPair, `SELECT group_id, permission FROM global_permissions WHERE site_id = $1 AND group_id IN (`+in+`)
		ORDER BY group_id, permission`, args...)
	for _, p := range held {
		m := of[p[0]]
		m.Permissions = append(m.Permissions, Permission(p[1]))
		of[p[0]] = m
	}
	return of, err
}
