package directory

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// AddProperty stores a new property of a user, with its key, value and app as given, and its ID where it has one. One that the user has
// already, whoever made it, is a Conflict. A closed account takes none.
func (d *Directory) AddProperty(ctx context.Context, site int64, by change.Actor, accountID string, p Property, limits PropertyLimits) (Property, error) {
	err := d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		added, err := d.AddPropertyIn(ctx, tx, accountID, p, limits)
		p = added
		return err
	})
	return p, err
}

// AddPropertyIn is [Directory.AddProperty] inside a transaction.
func (d *Directory) AddPropertyIn(ctx context.Context, tx *change.Tx, accountID string, p Property, limits PropertyLimits) (Property, error) {
	if !ValidAccountID(accountID) {
		return p, errNoAccount
	}
	if err := limits.CheckKey(p.Key); err != nil {
		return p, err
	}
	if err := limits.CheckValue(p.Value); err != nil {
		return p, err
	}
	if err := d.roomFor(ctx, tx, accountID, p, limits); err != nil {
		return p, err
	}
	if p.ID == "" {
		id, err := uuid.NewV7()
		if err != nil {
			return p, fmt.Errorf("make a property ID: %w", err)
		}
		p.ID = id.String()
	}
	p.Version, p.CreatedAt, p.UpdatedAt = 1, tx.Now, tx.Now
	n, err := tx.ExecContext(ctx, `
		INSERT INTO properties (site_id, account_id, property_key, property_id, app, version, value, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT DO NOTHING`,
		tx.Site, accountID, p.Key, p.ID, p.App, p.Version, p.Value, tx.Now.UnixMicro())
	if err != nil {
		return p, err
	}
	if n == 0 {
		return p, errPropertyExists
	}
	recordProperty(tx, "property.create", accountID, Property{}, p)
	return p, nil
}

var errPropertyExists = failure.Conflict.Errorf("The user has a property with this key already.")

// room is what stands in a property's way.
type room struct {
	status Status
	kept   int
	taken  bool
}

func (d *Directory) roomFor(ctx context.Context, tx *change.Tx, accountID string, p Property, limits PropertyLimits) error {
	r, found, err := db.One(ctx, tx, func(rows *sql.Rows) (r room, err error) { return r, rows.Scan(&r.status, &r.kept, &r.taken) }, `
		SELECT a.status,
			(SELECT count(*) FROM properties p WHERE p.site_id = a.site_id AND p.account_id = a.account_id AND p.app = $3),
			EXISTS (SELECT 1 FROM properties p WHERE p.site_id = a.site_id AND p.account_id = a.account_id AND p.property_key = $4)
		FROM accounts a WHERE a.site_id = $1 AND a.account_id = $2`, tx.Site, accountID, p.App, p.Key)
	switch {
	case err != nil:
		return err
	case !found || r.status == Closed:
		return errNoAccount
	case r.taken:
		return errPropertyExists
	case r.kept >= limits.PerUserAndApp:
		return failure.Invalid.Errorf("The user has %d properties of this app already, which is the most.", r.kept)
	}
	return nil
}

// propertyToWrite returns a property that is to be changed or removed. A closed account, which has none, is as
// if nobody had it.
func (d *Directory) propertyToWrite(ctx context.Context, tx *change.Tx, accountID, app, key string) (Property, error) {
	p, err := d.property(ctx, tx, tx.Site, accountID, app, key)
	if err != errNoProperty {
		return p, err
	}
	a, lookErr := d.account(ctx, tx, tx.Site, accountID)
	switch {
	case lookErr != nil:
		return p, lookErr
	case a.Status == Closed:
		return p, errNoAccount
	}
	return p, err
}

// ChangeProperty gives a property that the user has another value. With an app, one that another made is
// Forbidden. The value that it has already changes nothing.
func (d *Directory) ChangeProperty(ctx context.Context, site int64, by change.Actor, accountID, app, key, value string, limits PropertyLimits) error {
	if err := limits.CheckValue(value); err != nil {
		return err
	}
	return d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		old, err := d.propertyToWrite(ctx, tx, accountID, app, key)
		if err != nil || old.Value == value {
			return err
		}
		p := old
		p.Value, p.Version, p.UpdatedAt = value, old.Version+1, tx.Now
		return changeProperty(ctx, tx, accountID, old, p)
	})
}

func changeProperty(ctx context.Context, tx *change.Tx, accountID string, old, p Property) error {
	if _, err := tx.ExecContext(ctx, `UPDATE properties SET value = $4, version = $5, updated_at = $6
		WHERE site_id = $1 AND account_id = $2 AND property_key = $3`, tx.Site, accountID, p.Key, p.Value, p.Version, p.UpdatedAt.UnixMicro()); err != nil {
		return err
	}
	recordProperty(tx, "property.update", accountID, old, p)
	return nil
}

// DeleteProperty removes a property that the user has. With an app, one that another made is Forbidden.
func (d *Directory) DeleteProperty(ctx context.Context, site int64, by change.Actor, accountID, app, key string) error {
	return d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		old, err := d.propertyToWrite(ctx, tx, accountID, app, key)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM properties WHERE site_id = $1 AND account_id = $2 AND property_key = $3`, site, accountID, key); err != nil {
			return err
		}
		recordProperty(tx, "property.delete", accountID, old, Property{Key: key, Version: old.Version + 1})
		return nil
	})
}

// recordProperty notes a change of a property: of its value only how long it is, as records outlive what an
// account erases.
func recordProperty(tx *change.Tx, operation, accountID string, before, after Property) {
	tx.Record(change.Record{
		Operation: operation, Target: "property:" + accountID + "/" + after.Key, Version: after.Version,
		Fields: change.Fields{"Bytes": {before.size(), after.size()}},
	})
}

// size is null where there is no property.
func (p Property) size() any {
	if p.ID == "" {
		return nil
	}
	return len(p.Value)
}
