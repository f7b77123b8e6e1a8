package directory

import (
	"context"
	"database/sql"
	"time"

	"github.com/rosterhq/roster/internal/cache"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Directory is the accounts and groups of every site in a database. Each method names the site it works on.
type Directory struct {
	Changes   *change.Log
	TokenLife time.Duration // how long a token can be good; [MaxTokenLife] where 0
}

func (d *Directory) db() *db.DB { return d.Changes.DB }

// licensed tells inside a query on accounts a whether 'Can use' reaches the account.
const licensed = `EXISTS (SELECT 1 FROM memberships m JOIN global_permissions p ON p.site_id = m.site_id AND p.group_id = m.group_id
	WHERE m.site_id = a.site_id AND m.account_id = a.account_id AND p.permission = 'use')`

const accountColumns = `a.account_id, a.version, a.account_type, a.status, a.guest, a.external, a.email, a.public_name, a.display_name,
	a.time_zone, a.locale, a.position, a.department, a.location, a.phone, a.im, a.website, a.manager, a.picture, a.visibility,
	a.email_approved, a.created_at, a.updated_at, ` + licensed

const accountsWhere = `SELECT ` + accountColumns + ` FROM accounts a WHERE a.site_id = $1 AND `

func scanAccount(rows *sql.Rows) (a Account, err error) {
	var visibility string
	var created, updated int64
	err = rows.Scan(&a.ID, &a.Version, &a.Type, &a.Status, &a.Guest, &a.External, &a.Email, &a.PublicName, &a.DisplayName,
		&a.TimeZone, &a.Locale, &a.Position, &a.Department, &a.Location, &a.Phone, &a.IM, &a.Website, &a.Manager, &a.Picture, &visibility,
		&a.EmailApproved, &created, &updated, &a.Licensed)
	a.Visibility = readVisibility(visibility)
	a.CreatedAt, a.UpdatedAt = time.UnixMicro(created).UTC(), time.UnixMicro(updated).UTC()
	return a, err
}

// accounts returns the accounts with these IDs, in the order asked for, each once. IDs without an account are left out.
func (d *Directory) accounts(ctx context.Context, q db.Querier, site int64, ids []string) ([]Account, error) {
	wanted := possible(ids)
	found, err := accountsByID(ctx, q, site, wanted)
	return inOrder(found, wanted), err
}

// possible are the IDs that an account could have.
func possible(ids []string) []string {
	wanted := make([]string, 0, len(ids))
	for _, id := range ids {
		if ValidAccountID(id) {
			wanted = append(wanted, id)
		}
	}
	return wanted
}

func accountsByID(ctx context.Context, q db.Querier, site int64, ids []string) (map[string]Account, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, args := db.In(ids, any(site))
	rows, err := db.All(ctx, q, scanAccount, accountsWhere+`a.account_id IN (`+list+`)`, args...)
	found := make(map[string]Account, len(rows))
	for _, a := range rows {
		found[a.ID] = a
	}
	return found, err
}

// inOrder takes the accounts out of found in the order of ids.
func inOrder(found map[string]Account, ids []string) []Account {
	ordered := make([]Account, 0, len(found))
	for _, id := range ids {
		if a, ok := found[id]; ok {
			ordered = append(ordered, a)
			delete(found, id)
		}
	}
	return ordered
}

// Profiles returns what viewer may see of the accounts with these IDs, in the order asked for, each once.
// IDs without an account are left out.
func (d *Directory) Profiles(ctx context.Context, site int64, viewer Viewer, ids ...string) ([]Profile, error) {
	wanted := possible(ids)
	found, err := d.known(ctx, site, wanted)
	if err != nil {
		return nil, err
	}
	return seeAll(viewer, inOrder(found, wanted)), nil
}

// known returns accounts by ID, from the cache where they are held.
func (d *Directory) known(ctx context.Context, site int64, ids []string) (map[string]Account, error) {
	return cache.ReadAll(ctx, site, "account", ids, Account.bytes, func(ids []string) (map[string]Account, error) {
		return accountsByID(ctx, d.db(), site, ids)
	})
}

// bytes is about how much memory it takes.
func (a Account) bytes() int {
	return 700 + len(a.Email) + len(a.PublicName) + len(a.DisplayName) + len(a.Position) + len(a.Department) + len(a.Location) + len(a.Website)
}

func seeAll(viewer Viewer, accounts []Account) []Profile {
	seen := make([]Profile, len(accounts))
	for i, a := range accounts {
		seen[i] = viewer.See(a)
	}
	return seen
}

// Account returns one account with everything in it, for the operator's tools. ref is its ID or its e-mail address.
func (d *Directory) Account(ctx context.Context, site int64, ref string) (Account, error) {
	return d.account(ctx, d.db(), site, ref)
}

// AccountIn is [Directory.Account] inside a transaction.
func (d *Directory) AccountIn(ctx context.Context, tx *change.Tx, ref string) (Account, error) {
	return d.account(ctx, tx, tx.Site, ref)
}

func (d *Directory) account(ctx context.Context, q db.Querier, site int64, ref string) (Account, error) {
	where, key := `a.account_id = $2`, ref
	if e, err := EmailKey(ref); err == nil {
		where, key = `a.email_key = $2`, e
	} else if ref == "" {
		return Account{}, failure.NotFound.Errorf("No account was named.")
	} else if !ValidAccountID(ref) {
		return Account{}, failure.NotFound.Errorf("There is no account %.200q.", ref)
	}
	a, found, err := db.One(ctx, q, scanAccount, `SELECT `+accountColumns+` FROM accounts a WHERE a.site_id = $1 AND `+where, site, key)
	if err == nil && !found {
		err = failure.NotFound.Errorf("There is no account %.200q.", ref)
	}
	return a, err
}
