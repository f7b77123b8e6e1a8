package directory

import (
	"context"
	"strings"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Permission is a global permission of a site, held by groups.
type Permission string

const (
	Use          Permission = "use"           // 'Can use': may access the site
	ViewProfiles Permission = "view-profiles" // counts where the site's viewProfiles is "groups"
	Administer   Permission = "administer"    // Confluence administrator
	SiteAdmin    Permission = "site-admin"
)

// Permissions lists every permission.
var Permissions = []Permission{Use, ViewProfiles, Administer, SiteAdmin}

// ParsePermission reads the name of a permission.
func ParsePermission(name string) (Permission, error) {
	names := make([]string, len(Permissions))
	for i, p := range Permissions {
		if string(p) == name {
			return p, nil
		}
		names[i] = string(p)
	}
	return "", failure.Invalid.Errorf("The permission %.60q is none of %s.", name, strings.Join(names, ", "))
}

// Grant gives a group a permission, or takes it away. It reports whether that changed anything.
func (d *Directory) Grant(ctx context.Context, site int64, by change.Actor, group string, p Permission, grant bool) (changed bool, err error) {
	err = d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		g, err := d.GroupNamedIn(ctx, tx, site, group)
		if err == nil {
			changed, err = d.GrantIn(ctx, tx, g.ID, p, grant)
		}
		return err
	})
	return changed, err
}

// GrantIn is [Directory.Grant] inside a transaction, for a group that exists.
func (d *Directory) GrantIn(ctx context.Context, tx *change.Tx, groupID string, p Permission, grant bool) (bool, error) {
	statement, verb := `DELETE FROM global_permissions WHERE site_id = $1 AND permission = $2 AND group_id = $3`, "permission.revoke"
	if grant {
		statement, verb = `INSERT INTO global_permissions (site_id, permission, group_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, "permission.grant"
	} else if p == SiteAdmin {
		if err := d.keepAdministrator(ctx, tx, ofGroup(groupID)); err != nil {
			return false, err
		}
	}
	n, err := tx.ExecContext(ctx, statement, tx.Site, string(p), groupID)
	if err == nil && n > 0 && p == Use {
		err = d.relicenseAll(ctx, tx, groupID)
	}
	if err == nil && n > 0 {
		tx.Record(change.Record{Operation: verb, Target: "group:" + groupID, Access: true, Fields: change.Fields{"Permission": {nil, string(p)}}})
	}
	return n > 0, err
}

// Granted returns the permissions that each of these groups holds.
func (d *Directory) Granted(ctx context.Context, site int64, groupID string) ([]Permission, error) {
	return db.All(ctx, d.db(), db.Scalar[Permission], `SELECT permission FROM global_permissions WHERE site_id = $1 AND group_id = $2 ORDER BY permission`, site, groupID)
}

const heldBy = `SELECT DISTINCT p.permission FROM memberships m
	JOIN global_permissions p ON p.site_id = m.site_id AND p.group_id = m.group_id
	WHERE m.site_id = $1 AND m.account_id = $2`

// held returns the permissions that an account has by its groups.
func (d *Directory) held(ctx context.Context, q db.Querier, site int64, accountID string) (map[Permission]bool, error) {
	all, err := db.All(ctx, q, db.Scalar[Permission], heldBy, site, accountID)
	held := make(map[Permission]bool, len(all))
	for _, p := range all {
		held[p] = true
	}
	return held, err
}
