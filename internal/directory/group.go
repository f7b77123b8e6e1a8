package directory

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/fold"
)

// Group is a named set of accounts.
type Group struct {
	ID        string // UUID
	Version   int64
	Name      string
	UsageType string // USERBASE_GROUP or TEAM_COLLABORATION
	ManagedBy string // ADMINS, EXTERNAL, TEAM_MEMBERS or OPEN
	CreatedAt time.Time
}

const groupColumns = `g.group_id, g.version, g.name, g.usage_type, g.managed_by, g.created_at`

func scanGroup(rows *sql.Rows) (g Group, err error) {
	var created int64
	err = rows.Scan(&g.ID, &g.Version, &g.Name, &g.UsageType, &g.ManagedBy, &created)
	g.CreatedAt = time.UnixMicro(created).UTC()
	return g, err
}

func (g *Group) check() error {
	if id, err := uuid.Parse(g.ID); err != nil || id.String() != g.ID {
		return failure.Invalid.Errorf("The group ID %.100q is not a lower-case UUID.", g.ID)
	}
	if strings.TrimSpace(g.Name) == "" {
		return failure.Invalid.Errorf("The group name is empty.")
	}
	if err := checkText("group name", g.Name); err != nil {
		return err
	}
	if r, found := fold.Invisible(g.Name); found {
		return failure.Invalid.Errorf("The group name has a character that cannot be seen, %U.", r)
	}
	switch g.UsageType {
	case "USERBASE_GROUP", "TEAM_COLLABORATION":
	default:
		return failure.Invalid.Errorf("The usage type %.60q is none of USERBASE_GROUP, TEAM_COLLABORATION.", g.UsageType)
	}
	switch g.ManagedBy {
	case "ADMINS", "EXTERNAL", "TEAM_MEMBERS", "OPEN":
	default:
		return failure.Invalid.Errorf("The manager %.60q is none of ADMINS, EXTERNAL, TEAM_MEMBERS, OPEN.", g.ManagedBy)
	}
	return nil
}

// AddGroup stores a new group. An empty ID, usage type or manager takes its default.
func (d *Directory) AddGroup(ctx context.Context, site int64, by change.Actor, g Group) (Group, error) {
	err := d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		added, err := d.AddGroupIn(ctx, tx, g)
		g = added
		return err
	})
	return g, err
}

// AddGroupIn is [Directory.AddGroup] inside a transaction.
func (d *Directory) AddGroupIn(ctx context.Context, tx *change.Tx, g Group) (Group, error) {
	if g.ID == "" {
		id, err := uuid.NewV7()
		if err != nil {
			return g, err
		}
		g.ID = id.String()
	}
	if g.UsageType == "" {
		g.UsageType = "USERBASE_GROUP"
	}
	if g.ManagedBy == "" {
		g.ManagedBy = "ADMINS"
	}
	if err := g.check(); err != nil {
		return g, err
	}
	g.Version, g.CreatedAt = 1, tx.Now
	n, err := tx.ExecContext(ctx, `INSERT INTO groups (site_id, group_id, version, name, name_key, usage_type, managed_by, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		tx.Site, g.ID, g.Version, g.Name, fold.Key(g.Name), g.UsageType, g.ManagedBy, g.CreatedAt.UnixMicro())
	if err != nil {
		return g, err
	}
	if n == 0 {
		return g, failure.Conflict.Errorf("A group named %q exists already.", g.Name)
	}
	tx.Record(change.Record{Operation: "group.create", Target: "group:" + g.ID, Version: 1, Fields: change.Fields{"Name": {nil, g.Name}}})
	return g, groupList.add(ctx, tx, fold.Key(g.Name))
}

// Group returns the group with this ID.
func (d *Directory) Group(ctx context.Context, site int64, id string) (Group, error) {
	return d.group(ctx, d.db(), site, `g.group_id = $2`, id, id)
}

// GroupNamed returns the group with this ID or name, whatever its case.
func (d *Directory) GroupNamed(ctx context.Context, site int64, ref string) (Group, error) {
	return d.GroupNamedIn(ctx, d.db(), site, ref)
}

// GroupNamedIn is [Directory.GroupNamed] inside a transaction.
func (d *Directory) GroupNamedIn(ctx context.Context, q db.Querier, site int64, ref string) (Group, error) {
	if uuid.Validate(ref) == nil {
		g, err := d.group(ctx, q, site, `g.group_id = $2`, ref, ref)
		if kind, _ := failure.Of(err); err == nil || kind != failure.NotFound {
			return g, err
		}
	}
	return d.group(ctx, q, site, `g.name_key = $2`, fold.Key(ref), ref)
}

func (d *Directory) group(ctx context.Context, q db.Querier, site int64, where, key, ref string) (Group, error) {
	missing := failure.NotFound.Errorf("There is no group %.200q.", ref)
	if !storable(key) {
		return Group{}, missing
	}
	g, found, err := db.One(ctx, q, scanGroup, `SELECT `+groupColumns+` FROM groups g WHERE g.site_id = $1 AND `+where, site, key)
	if err == nil && !found {
		err = missing
	}
	return g, err
}

// Groups returns a page of all groups, by name, and how many there are. A permission other than "" leaves
// only the groups that hold it.
func (d *Directory) Groups(ctx context.Context, site int64, permission Permission, start, limit int) ([]Group, int64, error) {
	if permission != "" {
		groups, err := db.All(ctx, d.db(), scanGroup, `SELECT `+groupColumns+` FROM groups g
			JOIN global_permissions p ON p.site_id = g.site_id AND p.group_id = g.group_id
			WHERE g.site_id = $1 AND p.permission = $2 ORDER BY g.name_key`, site, string(permission))
		return cut(groups, start, limit), int64(len(groups)), err
	}
	from, offset, total, err := groupList.seek(ctx, d.db(), site, start)
	if err != nil || int64(start) >= total {
		return nil, total, err
	}
	groups, err := db.All(ctx, d.db(), scanGroup, `SELECT `+groupColumns+` FROM groups g
		WHERE g.site_id = $1 AND g.name_key >= $2 ORDER BY g.name_key LIMIT $3 OFFSET $4`, site, from, limit, offset)
	return groups, total, err
}

// PickGroups returns a page of the groups whose name contains text, whatever its case, by name, and how many there are.
func (d *Directory) PickGroups(ctx context.Context, site int64, text string, start, limit int) ([]Group, int64, error) {
	key := fold.Key(text)
	if !storable(key) {
		return nil, 0, nil
	}
	pattern := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(key) + "%"
	const where = ` FROM groups g WHERE g.site_id = $1 AND g.name_key LIKE $2 ESCAPE '\'`
	total, _, err := db.One(ctx, d.db(), db.Scalar[int64], `SELECT count(*)`+where, site, pattern)
	if err != nil || int64(start) >= total {
		return nil, total, err
	}
	groups, err := db.All(ctx, d.db(), scanGroup, `SELECT `+groupColumns+where+` ORDER BY g.name_key LIMIT $3 OFFSET $4`, site, pattern, limit, start)
	return groups, total, err
}

// DeleteGroup removes a group, its memberships and its permissions. The group of a site's last administrator stays.
func (d *Directory) DeleteGroup(ctx context.Context, site int64, by change.Actor, ref string) error {
	return d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		g, err := d.GroupNamedIn(ctx, tx, site, ref)
		if err != nil {
			return err
		}
		return d.deleteGroup(ctx, tx, g)
	})
}

func (d *Directory) deleteGroup(ctx context.Context, tx *change.Tx, g Group) error {
	if err := d.keepAdministrator(ctx, tx, ofGroup(g.ID)); err != nil {
		return err
	}
	n, err := tx.ExecContext(ctx, `DELETE FROM global_permissions WHERE site_id = $1 AND permission = 'use' AND group_id = $2`, tx.Site, g.ID)
	if err == nil && n > 0 {
		err = d.relicenseAll(ctx, tx, g.ID)
	}
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM groups WHERE site_id = $1 AND group_id = $2`, tx.Site, g.ID); err != nil {
		return err
	}
	if err := memberList(g.ID).drop(ctx, tx); err != nil {
		return err
	}
	tx.Record(change.Record{Operation: "group.delete", Target: "group:" + g.ID, Version: g.Version + 1, Access: true, Fields: change.Fields{"Name": {g.Name, nil}}})
	return groupList.remove(ctx, tx, fold.Key(g.Name))
}

// storable reports whether a text key could be in the database at all.
func storable(key string) bool { return len(key) <= 1024 && validText(key) }

// cut returns the part of a list that begins at start and holds at most limit entries.
func cut[T any](list []T, start, limit int) []T {
	start = min(start, len(list))
	return list[start:min(len(list), start+min(limit, len(list)))]
}
