package directory

import (
	"context"
	"database/sql"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// LongestAdminKey is how long an admin key can be good for.
const LongestAdminKey = time.Hour

// AdminKey lets a site administrator see everything for a while.
type AdminKey struct {
	AccountID string
	EnabledAt time.Time
	ExpiresAt time.Time // to the millisecond
}

func scanAdminKey(rows *sql.Rows) (k AdminKey, err error) {
	var enabled, expires int64
	err = rows.Scan(&k.AccountID, &enabled, &expires)
	k.EnabledAt, k.ExpiresAt = time.UnixMicro(enabled).UTC(), time.UnixMicro(expires).UTC()
	return k, err
}

// AdminKey returns an account's admin key, by the directory's clock. One that has expired is not found.
func (d *Directory) AdminKey(ctx context.Context, site int64, accountID string) (AdminKey, error) {
	k, found, err := db.One(ctx, d.db(), scanAdminKey, `SELECT account_id, enabled_at, expires_at FROM admin_keys
		WHERE site_id = $1 AND account_id = $2 AND expires_at > $3`, site, accountID, d.Changes.Now().UnixMicro())
	if err == nil && !found {
		err = failure.Because(failure.NotFound.Errorf("The account has no admin key now."), "The account has enabled no admin key, or its key has expired.")
	}
	return k, err
}

// AdminKeyValid reports whether an account has an admin key that has not expired. Whether the account is a
// site administrator still is for the caller to see: without that the key opens nothing.
func (d *Directory) AdminKeyValid(ctx context.Context, site int64, accountID string) (bool, error) {
	_, err := d.AdminKey(ctx, site, accountID)
	if kind, _ := failure.Of(err); kind == failure.NotFound {
		return false, nil
	}
	return err == nil, err
}

// EnableAdminKey gives an account an admin key for a time from now on, or makes the one it has last that long. It never
// shortens one.
func (d *Directory) EnableAdminKey(ctx context.Context, site int64, by change.Actor, accountID string, life time.Duration) (AdminKey, error) {
	var k AdminKey
	err := d.Changes.Write(ctx, site, by, func(tx *change.Tx) (err error) {
		k, err = d.EnableAdminKeyIn(ctx, tx, accountID, life)
		return err
	})
	return k, err
}

// EnableAdminKeyIn is [Directory.EnableAdminKey] inside a transaction.
func (d *Directory) EnableAdminKeyIn(ctx context.Context, tx *change.Tx, accountID string, life time.Duration) (AdminKey, error) {
	if life <= 0 || life > LongestAdminKey {
		return AdminKey{}, failure.Invalid.Errorf("An admin key is good for 1 to %d minutes.", LongestAdminKey/time.Minute)
	}
	k := AdminKey{accountID, tx.Now, tx.Now.Add(life).Truncate(time.Millisecond)}
	until, _, err := db.One(ctx, tx, db.Scalar[int64], `SELECT expires_at FROM admin_keys WHERE site_id = $1 AND account_id = $2`, tx.Site, accountID)
	if err != nil {
		return k, err
	}
	if standing := time.UnixMicro(until).UTC(); standing.After(k.ExpiresAt) {
		k.ExpiresAt = standing
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO admin_keys (site_id, account_id, enabled_at, expires_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (site_id, account_id) DO UPDATE SET enabled_at = excluded.enabled_at, expires_at = excluded.expires_at`,
		tx.Site, accountID, k.EnabledAt.UnixMicro(), k.ExpiresAt.UnixMicro()); err != nil {
		return k, err
	}
	tx.Record(change.Record{Operation: "admin-key.enable", Target: "account:" + accountID, Access: true, Fields: change.Fields{"ExpiresAt": {nil, k.ExpiresAt}}})
	return k, nil
}

// DisableAdminKey takes an account's admin key away, if it has one.
func (d *Directory) DisableAdminKey(ctx context.Context, site int64, by change.Actor, accountID string) error {
	return d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		expires, found, err := db.One(ctx, tx, db.Scalar[int64], `DELETE FROM admin_keys WHERE site_id = $1 AND account_id = $2 RETURNING expires_at`, site, accountID)
		if err != nil || !found {
			return err
		}
		tx.Record(change.Record{
			Operation: "admin-key.disable", Target: "account:" + accountID, Access: true,
			Fields: change.Fields{"ExpiresAt": {time.UnixMicro(expires).UTC(), nil}},
		})
		return nil
	})
}
