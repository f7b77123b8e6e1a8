package directory

import (
	"context"
	"database/sql"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// AddApp is [Directory.Register] for an app that no other site knows: an ID that somebody chose is a Conflict where
// any site has it, so that nobody takes another site's app for their own. approved lets the app read e-mail addresses.
func (d *Directory) AddApp(ctx context.Context, site int64, cloudID string, by change.Actor, r Registration, s AppSecrets, approved bool) (Registration, AppSecrets, error) {
	var made Registration
	r, s, err := r.prepare(s.filled(r, cloudID))
	if err != nil {
		return r, s, err
	}
	err = d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		_, taken, err := db.One(ctx, tx, db.Scalar[int64], `SELECT site_id FROM clients WHERE client_id = $1 ORDER BY site_id LIMIT 1`, r.ClientID)
		if err == nil && taken {
			err = failure.Conflict.Errorf("An app has the client ID %.200q already.", r.ClientID)
		}
		if err != nil {
			return err
		}
		made, err = d.registerApprovedIn(ctx, tx, r, s, approved)
		return err
	})
	return made, s, err
}

func (d *Directory) registerApprovedIn(ctx context.Context, tx *change.Tx, r Registration, s AppSecrets, approved bool) (Registration, error) {
	r, err := d.RegisterIn(ctx, tx, r, s)
	if err != nil || !approved {
		return r, err
	}
	a, err := d.account(ctx, tx, tx.Site, r.AccountID)
	if err == nil {
		_, err = d.ChangeIn(ctx, tx, a, func(a *Account) error { a.EmailApproved = true; return nil })
	}
	return r, err
}

// CopyApp registers an app of another site on this one too, with the same ID, secret, redirect URIs and scopes, and an
// account of its own. Of several sites that have it, the one that has had it longest is copied. A Connect app is
// Invalid: each of its installations has secrets of its own.
func (d *Directory) CopyApp(ctx context.Context, site int64, by change.Actor, clientID string) (Registration, error) {
	was, found, err := db.One(ctx, d.db(), scanSecretApp, `SELECT `+appColumns+`, p.secret_hash FROM clients c
		JOIN apps p ON p.site_id = c.site_id AND p.client_id = c.client_id
		WHERE c.client_id = $1 AND c.site_id <> $2 ORDER BY p.created_at, c.site_id LIMIT 1`, clientID, site)
	switch {
	case err == nil && !found:
		err = failure.NotFound.Errorf("No other site has an app with the client ID %.200q.", clientID)
	case err == nil && was.Kind == ConnectApp:
		err = failure.Invalid.Errorf("A Connect app is added to each site by its descriptor.")
	}
	if err != nil {
		return Registration{}, err
	}
	var made Registration
	err = d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		r := was.Registration
		r.AccountID, r.Blocked = "", false
		if made, err = d.RegisterIn(ctx, tx, r, AppSecrets{}); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE apps SET secret_hash = $3 WHERE site_id = $1 AND client_id = $2`, site, clientID, was.hash)
		return err
	})
	return made, err
}

// ApprovedApps returns the IDs of the accounts of a site's apps that may read e-mail addresses.
func (d *Directory) ApprovedApps(ctx context.Context, site int64) ([]string, error) {
	return db.All(ctx, d.db(), db.Scalar[string], `SELECT a.account_id FROM apps p
		JOIN accounts a ON a.site_id = p.site_id AND a.account_id = p.account_id
		WHERE p.site_id = $1 AND a.email_approved ORDER BY a.account_id`, site)
}

// secretApp is an app with the hash of its secret.
type secretApp struct {
	Registration
	hash string
}

func scanSecretApp(rows *sql.Rows) (a secretApp, err error) {
	return a, scanAppInto(rows, &a.Registration, &a.hash)
}
