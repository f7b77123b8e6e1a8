package directory

import (
	"context"
	"database/sql"
	"regexp"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Property is a JSON object that an app keeps with a user.
type Property struct {
	ID        string // UUID; stays while the property does
	Key       string
	Value     string // JSON, byte for byte as it was sent
	App       string // account ID of the app that made it; empty where a person did
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time // when the value last changed
}

// PropertyLimits are how much may be kept with a user.
type PropertyLimits struct {
	KeyBytes, ValueBytes int
	PerUserAndApp        int // people together count as one app
}

var validPropertyKey = regexp.MustCompile(`^[-_a-zA-Z0-9]+$`)

// CheckKey reports what is wrong with a property's key.
func (l PropertyLimits) CheckKey(key string) error {
	if len(key) > l.KeyBytes {
		return failure.Invalid.Errorf("The property key is longer than %d bytes.", l.KeyBytes)
	}
	if !validPropertyKey.MatchString(key) {
		return failure.Invalid.Errorf("The property key is not letters, digits, hyphens and underscores.")
	}
	return nil
}

// CheckValue reports whether a value is too long. That it is a JSON object is the caller's to know.
func (l PropertyLimits) CheckValue(value string) error {
	if len(value) > l.ValueBytes {
		return failure.Invalid.Errorf("The property value is %d bytes long, more than %d.", len(value), l.ValueBytes)
	}
	return nil
}

var (
	errNoAccount     = failure.NotFound.Errorf("There is no user with this account ID.")
	errNoProperty    = failure.NotFound.Errorf("The user has no property with this key.")
	errOtherProperty = failure.Forbidden.Errorf("The property belongs to another app.")
)

const propertyColumns = `property_id, property_key, value, app, version, created_at, updated_at`

func scanProperty(rows *sql.Rows) (p Property, err error) {
	var created, updated int64
	err = rows.Scan(&p.ID, &p.Key, &p.Value, &p.App, &p.Version, &created, &updated)
	p.CreatedAt, p.UpdatedAt = time.UnixMicro(created).UTC(), time.UnixMicro(updated).UTC()
	return p, err
}

// PropertyKeys returns a page of the keys of a user's properties, in their order, and whether there are more
// of them. With an app, only the properties that it made count. A closed account is there, and has none.
func (d *Directory) PropertyKeys(ctx context.Context, site int64, accountID, app string, start, limit int) (keys []string, more bool, err error) {
	if !ValidAccountID(accountID) {
		return nil, false, errNoAccount
	}
	keys, err = db.All(ctx, d.db(), db.Scalar[string], `SELECT property_key FROM properties
		WHERE site_id = $1 AND account_id = $2 AND (app = $3 OR $3 = '') ORDER BY property_key LIMIT $4 OFFSET $5`,
		site, accountID, app, limit+1, start)
	if err != nil {
		return nil, false, err
	}
	if len(keys) == 0 {
		return nil, false, d.orNoAccount(ctx, d.db(), site, accountID, nil)
	}
	return cut(keys, 0, limit), len(keys) > limit, nil
}

// Property returns one of a user's properties. With an app, one that another made is Forbidden.
func (d *Directory) Property(ctx context.Context, site int64, accountID, app, key string) (Property, error) {
	return d.property(ctx, d.db(), site, accountID, app, key)
}

func (d *Directory) property(ctx context.Context, q db.Querier, site int64, accountID, app, key string) (Property, error) {
	if !ValidAccountID(accountID) {
		return Property{}, errNoAccount
	}
	if !validPropertyKey.MatchString(key) {
		return Property{}, d.orNoAccount(ctx, q, site, accountID, errNoProperty)
	}
	p, found, err := db.One(ctx, q, scanProperty, `SELECT `+propertyColumns+` FROM properties
		WHERE site_id = $1 AND account_id = $2 AND property_key = $3`, site, accountID, key)
	switch {
	case err != nil:
		return p, err
	case !found:
		return p, d.orNoAccount(ctx, q, site, accountID, errNoProperty)
	case app != "" && p.App != app:
		return Property{}, errOtherProperty
	}
	return p, nil
}

// orNoAccount returns otherwise for an account that exists.
func (d *Directory) orNoAccount(ctx context.Context, q db.Querier, site int64, accountID string, otherwise error) error {
	_, found, err := db.One(ctx, q, db.Scalar[string], `SELECT account_id FROM accounts WHERE site_id = $1 AND account_id = $2`, site, accountID)
	switch {
	case err != nil:
		return err
	case !found:
		return errNoAccount
	}
	return otherwise
}
