package directory

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/failure"
)

// ChangeRegistration edits an app and returns it as it is then. Its ID, kind, account and keys stay.
func (d *Directory) ChangeRegistration(ctx context.Context, site int64, by change.Actor, id string, edit func(*Registration) error) (Registration, error) {
	var now Registration
	err := d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		was, err := registration(ctx, tx, site, id)
		if err != nil {
			return err
		}
		now = was
		now.RedirectURIs, now.Scopes = slices.Clone(was.RedirectURIs), slices.Clone(was.Scopes)
		if err := edit(&now); err != nil {
			return err
		}
		return d.storeRegistration(ctx, tx, was, &now)
	})
	return now, err
}

func (d *Directory) storeRegistration(ctx context.Context, tx *change.Tx, was Registration, now *Registration) error {
	now.ClientID, now.Version, now.Kind, now.AccountID, now.Key, now.ClientKey, now.CreatedAt = was.ClientID, was.Version, was.Kind, was.AccountID, was.Key, was.ClientKey, was.CreatedAt
	if err := now.check(AppSecrets{}); err != nil {
		return err
	}
	now.Scopes = slices.Compact(slices.Sorted(slices.Values(now.Scopes))) // a copy: the transaction may run again
	fields := change.Fields{}
	for _, f := range []struct {
		name        string
		before, now any
	}{
		{"Name", was.Name, now.Name},
		{"Public", was.Public, now.Public},
		{"RedirectURIs", was.RedirectURIs, now.RedirectURIs},
		{"Scopes", was.Scopes, now.Scopes},
		{"Descriptor", was.Descriptor, now.Descriptor},
		{"Blocked", was.Blocked, now.Blocked},
	} {
		if fmt.Sprint(f.before) != fmt.Sprint(f.now) {
			fields[f.name] = [2]any{f.before, f.now}
		}
	}
	if len(fields) == 0 {
		return nil
	}
	now.Version = was.Version + 1
	tx.Record(change.Record{Operation: "app.update", Target: "app:" + was.ClientID, Version: now.Version, Access: true, Fields: fields})
	_, err := tx.ExecContext(ctx, `UPDATE apps SET version = $3, name = $4, public = $5, redirect_uris = $6, scopes = $7, descriptor = $8, blocked = $9
		WHERE site_id = $1 AND client_id = $2`, tx.Site, was.ClientID, now.Version, now.Name, now.Public,
		strings.Join(now.RedirectURIs, "\n"), strings.Join(now.Scopes, " "), now.Descriptor, now.Blocked)
	return err
}

// RotateAppSecret gives an app a new secret. The old one is useless from the next request on; tokens that were
// got with it stay good.
func (d *Directory) RotateAppSecret(ctx context.Context, site int64, cloudID string, by change.Actor, id string) (AppSecrets, error) {
	var s AppSecrets
	err := d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		r, err := registration(ctx, tx, site, id)
		if err != nil {
			return err
		}
		if r.Public {
			return failure.Invalid.Errorf("A public app has no secret.")
		}
		s = AppSecrets{}.filled(r, cloudID)
		hash := ""
		if s.Client != "" {
			hash = HashSecret(s.Client)
		}
		tx.Record(change.Record{Operation: "app.rotate", Target: "app:" + r.ClientID, Version: r.Version, Access: true})
		_, err = tx.ExecContext(ctx, `UPDATE apps SET secret_hash = $3, shared_secret = $4 WHERE site_id = $1 AND client_id = $2`, site, r.ClientID, hash, s.Shared)
		return err
	})
	return s, err
}

// Unregister removes an app with every grant and credential that it has, and deactivates the account as which it
// acted, so that what the account did still has a name.
func (d *Directory) Unregister(ctx context.Context, site int64, by change.Actor, id string) (Registration, error) {
	var r Registration
	err := d.Changes.Write(ctx, site, by, func(tx *change.Tx) (err error) {
		if r, err = registration(ctx, tx, site, id); err != nil {
			return err
		}
		a, err := d.account(ctx, tx, site, r.AccountID)
		if err == nil && a.Status == Active {
			_, err = d.ChangeIn(ctx, tx, a, func(a *Account) error { a.Status = Inactive; return nil })
		}
		if err != nil {
			return err
		}
		tx.Record(change.Record{Operation: "app.delete", Target: "app:" + r.ClientID, Version: r.Version + 1, Access: true, Fields: change.Fields{"Name": {r.Name, nil}}})
		_, err = tx.ExecContext(ctx, `UPDATE tokens SET revoked_at = $3 WHERE site_id = $1 AND client_id = $2 AND revoked_at = 0`, site, r.ClientID, tx.Now.UnixMicro())
		for _, table := range []string{"apps", "clients"} {
			if err == nil {
				_, err = tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE site_id = $1 AND client_id = $2`, site, r.ClientID)
			}
		}
		return err
	})
	return r, err
}
