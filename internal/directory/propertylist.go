package directory

import (
	"context"

	"github.com/rosterhq/roster/internal/db"
)

// Properties returns all that is kept with a user, whoever made it, by key: for the operator's tools.
func (d *Directory) Properties(ctx context.Context, site int64, accountID string) ([]Property, error) {
	return db.All(ctx, d.db(), scanProperty, `SELECT `+propertyColumns+` FROM properties WHERE site_id = $1 AND account_id = $2 ORDER BY property_key`,
		site, accountID)
}
