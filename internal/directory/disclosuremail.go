package directory

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
)

// DiscloseMailed records that addresses of mail are told, of each account that has one of them: where that cannot be, none
// may be told. An address that is no account's is not recorded.
func (d *Directory) DiscloseMailed(ctx context.Context, site int64, by change.Actor, addresses []string) error {
	var keys []string
	for _, address := range addresses {
		if key, err := EmailKey(address); err == nil && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	list, args := db.In(keys, any(site))
	found, err := db.All(ctx, d.db(), func(rows *sql.Rows) (a Address, err error) { return a, rows.Scan(&a.AccountID, &a.Email) },
		`SELECT account_id, email FROM accounts WHERE site_id = $1 AND email_key IN (`+list+`) ORDER BY account_id`, args...)
	if err != nil {
		return fmt.Errorf("look for the accounts that mail goes to: %w", err)
	}
	return d.disclosed(ctx, site, by, found)
}
