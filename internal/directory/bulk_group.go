package directory

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/fold"
)

// GroupEdit is what is to be said of one group.
type GroupEdit struct {
	ID, Name    string             // who it is: its ID, or its name where ID is empty
	Set         func(*Group) error // edits the group as it stands, or an empty one that is to be added
	Permissions []Permission
	Granted     bool // the group is to hold exactly Permissions; otherwise they stay as they are
}

// GroupOutcome is what became of a [GroupEdit].
type GroupOutcome struct {
	Before, After    Group // Before has no ID where the group is new
	Granted, Revoked []Permission
}

// Changed reports whether anything was written.
func (o *GroupOutcome) Changed() bool {
	return o.Before != o.After || len(o.Granted)+len(o.Revoked) > 0
}

// PutGroupIn adds a group or changes the one that stands. A failure of what was asked for writes nothing.
func (d *Directory) PutGroupIn(ctx context.Context, tx *change.Tx, e GroupEdit) (GroupOutcome, error) {
	found, err := groupsByRef(ctx, tx, tx.Site, []string{e.ID}, []string{e.Name})
	if err != nil {
		return GroupOutcome{}, err
	}
	var o GroupOutcome
	for _, g := range found {
		if e.ID == "" && fold.Key(g.Name) == fold.Key(e.Name) || g.ID == e.ID {
			o.Before = g
		}
	}
	if o.After, err = o.Before.edited(e); err != nil {
		return o, err
	}
	for _, g := range found {
		if fold.Key(g.Name) == fold.Key(o.After.Name) && g.ID != o.Before.ID {
			return o, failure.Conflict.Errorf("A group named %q exists already, with another ID.", g.Name)
		}
	}
	if o.Before.ID != "" && e.Granted && !slices.Contains(e.Permissions, SiteAdmin) {
		if err := keepsAdministrator(ctx, tx, o.Before.ID); err != nil {
			return o, err
		}
	}
	if o.Before.ID == "" {
		o.After, err = d.AddGroupIn(ctx, tx, o.After)
	} else {
		o.After, err = d.changeGroup(ctx, tx, o.Before, o.After)
	}
	if err != nil || !e.Granted {
		return o, err
	}
	o.Granted, o.Revoked, err = d.grantExactly(ctx, tx, o.After.ID, e.Permissions)
	return o, err
}

// edited returns the group as the edit makes it.
func (g Group) edited(e GroupEdit) (Group, error) {
	before := g
	if g.ID == "" {
		g.ID = e.ID
	}
	if g.ID == "" {
		id, err := uuid.NewV7()
		if err != nil {
			return before, err
		}
		g.ID = id.String()
	}
	if err := e.Set(&g); err != nil {
		return before, err
	}
	if g.UsageType == "" {
		g.UsageType = "USERBASE_GROUP"
	}
	if g.ManagedBy == "" {
		g.ManagedBy = "ADMINS"
	}
	return g, g.check()
}

func (d *Directory) changeGroup(ctx context.Context, tx *change.Tx, before, g Group) (Group, error) {
	if g == before {
		return before, nil
	}
	g.Version++
	if _, err := tx.ExecContext(ctx, `UPDATE groups SET version = $3, name = $4, name_key = $5, usage_type = $6, managed_by = $7
		WHERE site_id = $1 AND group_id = $2`, tx.Site, g.ID, g.Version, g.Name, fold.Key(g.Name), g.UsageType, g.ManagedBy); err != nil {
		return before, err
	}
	fields := change.Fields{}
	for _, f := range []struct{ name, before, after string }{
		{"Name", before.Name, g.Name}, {"UsageType", before.UsageType, g.UsageType}, {"ManagedBy", before.ManagedBy, g.ManagedBy},
	} {
		if f.before != f.after {
			fields[f.name] = [2]any{f.before, f.after}
		}
	}
	tx.Record(change.Record{Operation: "group.update", Target: "group:" + g.ID, Version: g.Version, Access: true, Fields: fields})
	if fold.Key(before.Name) == fold.Key(g.Name) {
		return g, nil
	}
	if err := groupList.remove(ctx, tx, fold.Key(before.Name)); err != nil {
		return g, err
	}
	return g, groupList.add(ctx, tx, fold.Key(g.Name))
}

func (d *Directory) grantExactly(ctx context.Context, tx *change.Tx, groupID string, wanted []Permission) (granted, revoked []Permission, err error) {
	held, err := db.All(ctx, tx, db.Scalar[Permission], `SELECT permission FROM global_permissions WHERE site_id = $1 AND group_id = $2 ORDER BY permission`, tx.Site, groupID)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range wanted {
		if slices.Contains(held, p) || slices.Contains(granted, p) {
			continue
		}
		if _, err := d.GrantIn(ctx, tx, groupID, p, true); err != nil {
			return nil, nil, err
		}
		granted = append(granted, p)
	}
	for _, p := range held {
		if slices.Contains(wanted, p) {
			continue
		}
		if _, err := d.GrantIn(ctx, tx, groupID, p, false); err != nil {
			return nil, nil, err
		}
		revoked = append(revoked, p)
	}
	return granted, revoked, nil
}

// groupsByRef returns the groups that have one of these IDs, or one of refs as ID or name, in no order.
func groupsByRef(ctx context.Context, q db.Querier, site int64, ids, refs []string) ([]Group, error) {
	var keys []string
	for _, ref := range refs {
		if uuid.Validate(ref) == nil {
			ids = append(ids, ref)
		}
		if key := fold.Key(ref); storable(key) {
			keys = append(keys, key)
		}
	}
	found := map[string]Group{}
	for _, by := range []struct {
		column string
		values []string
	}{{"group_id", ids}, {"name_key", keys}} {
		for chunk := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(by.values))), lookUps) {
			list, args := db.In(chunk, any(site))
			groups, err := db.All(ctx, q, scanGroup, `SELECT `+groupColumns+` FROM groups g WHERE g.site_id = $1 AND g.`+by.column+` IN (`+list+`)`, args...)
			if err != nil {
				return nil, err
			}
			for _, g := range groups {
				found[g.ID] = g
			}
		}
	}
	all := make([]Group, 0, len(found))
	for _, g := range found {
		all = append(all, g)
	}
	return all, nil
}
