package directory

import (
	"context"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/failure"
)

// PutPropertyIn gives a user a property, or the property that stands another value, and reports what was there before. One
// that another app made is a Conflict. The limits of a site are for apps, so they do not hold here.
func (d *Directory) PutPropertyIn(ctx context.Context, tx *change.Tx, accountID string, p Property) (before Property, err error) {
	const most = 1 << 20
	unlimited := PropertyLimits{KeyBytes: 1 << 10, ValueBytes: most, PerUserAndApp: most}
	if err := unlimited.CheckKey(p.Key); err != nil {
		return before, err
	}
	before, err = d.propertyToWrite(ctx, tx, accountID, "", p.Key)
	switch {
	case err == errNoProperty:
		_, err = d.AddPropertyIn(ctx, tx, accountID, p, unlimited)
		return Property{}, err
	case err != nil:
		return before, err
	case before.App != p.App:
		return before, failure.Conflict.Errorf("The property %s is of another app.", p.Key)
	}
	if err := unlimited.CheckValue(p.Value); err != nil || before.Value == p.Value {
		return before, err
	}
	now := before
	now.Value, now.Version, now.UpdatedAt = p.Value, before.Version+1, tx.Now
	return before, changeProperty(ctx, tx, accountID, before, now)
}
