package directory

import (
	"context"
	"database/sql"

	"github.com/rosterhq/roster/internal/db"
)

// The methods of this file walk through everything of a site in a fixed order, some at a time: each call takes where the one
// before ended. q is one snapshot for all of them.

// AccountsAfter returns the accounts after an ID, by ID, and the IDs of the groups of each, sorted.
func (d *Directory) AccountsAfter(ctx context.Context, q db.Querier, site int64, after string, limit int) ([]Account, map[string][]string, error) {
	accounts, err := db.All(ctx, q, scanAccount, `SELECT `+accountColumns+` FROM accounts a
		WHERE a.site_id = $1 AND a.account_id > $2 ORDER BY a.account_id LIMIT $3`, site, after, limit)
	if err != nil || len(accounts) == 0 {
		return nil, nil, err
	}
	groups := make(map[string][]string, len(accounts))
	rows, err := db.All(ctx, q, scanPair, `SELECT account_id, group_id FROM memberships
		WHERE site_id = $1 AND account_id > $2 AND account_id <= $3 ORDER BY account_id, group_id`, site, after, accounts[len(accounts)-1].ID)
	for _, m := range rows {
		groups[m[0]] = append(groups[m[0]], m[1])
	}
	return accounts, groups, err
}

func scanPair(rows *sql.Rows) (p [2]string, err error) { return p, rows.Scan(&p[0], &p[1]) }

// GroupsAfter returns the groups after an ID, by ID, and the permissions that each holds, sorted.
func (d *Directory) GroupsAfter(ctx context.Context, q db.Querier, site int64, after string, limit int) ([]Group, map[string][]Permission, error) {
	groups, err := db.All(ctx, q, scanGroup, `SELECT `+groupColumns+` FROM groups g
		WHERE g.site_id = $1 AND g.group_id > $2 ORDER BY g.group_id LIMIT $3`, site, after, limit)
	if err != nil || len(groups) == 0 {
		return nil, nil, err
	}
	held := map[string][]Permission{}
	rows, err := db.All(ctx, q, scanPair, `SELECT group_id, permission FROM global_permissions
		WHERE site_id = $1 AND group_id > $2 AND group_id <= $3 ORDER BY group_id, permission`, site, after, groups[len(groups)-1].ID)
	for _, p := range rows {
		held[p[0]] = append(held[p[0]], Permission(p[1]))
	}
	return groups, held, err
}

// GroupsIn returns the groups with these IDs, by ID.
func (d *Directory) GroupsIn(ctx context.Context, q db.Querier, site int64, ids []string) (map[string]Group, error) {
	found, err := groupsByRef(ctx, q, site, ids, nil)
	groups := make(map[string]Group, len(found))
	for _, g := range found {
		groups[g.ID] = g
	}
	return groups, err
}

// RegistrationsAfter returns the apps after an ID, by ID.
func (d *Directory) RegistrationsAfter(ctx context.Context, q db.Querier, site int64, after string, limit int) ([]Registration, error) {
	return db.All(ctx, q, scanApp, `SELECT `+appColumns+` FROM apps p WHERE p.site_id = $1 AND p.client_id > $2 ORDER BY p.client_id LIMIT $3`, site, after, limit)
}

// OwnedProperty is a property with the account that it is kept with.
type OwnedProperty struct {
	Property
	AccountID string
}

// PropertiesAfter returns the properties after that of an account and key, by account and key.
func (d *Directory) PropertiesAfter(ctx context.Context, q db.Querier, site int64, accountID, key string, limit int) ([]OwnedProperty, error) {
	return db.All(ctx, q, func(rows *sql.Rows) (p OwnedProperty, err error) {
		return p, rows.Scan(&p.AccountID, &p.Key, &p.Value, &p.App)
	}, `SELECT account_id, property_key, value, app FROM properties
		WHERE site_id = $1 AND (account_id, property_key) > ($2, $3) ORDER BY account_id, property_key LIMIT $4`, site, accountID, key, limit)
}
