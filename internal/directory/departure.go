package directory

import (
	"context"

	"github.com/rosterhq/roster/internal/change"
)

// endAccessIn ends for good what an account holds that others could use in its absence, when it is deactivated or
// closed: sessions, what it allowed apps, and the tokens that apps got by that. Its API tokens and its password rest
// with it: they are its own, and are refused until it is back.
func endAccessIn(ctx context.Context, tx *change.Tx, accountID string) error {
	for _, statement := range []string{
		`UPDATE tokens SET revoked_at = $3 WHERE site_id = $1 AND account_id = $2 AND kind IN ('session', 'access') AND revoked_at = 0`,
		`UPDATE grants SET revoked_at = $3 WHERE site_id = $1 AND account_id = $2 AND revoked_at = 0`,
	} {
		if _, err := tx.ExecContext(ctx, statement, tx.Site, accountID, tx.Now.UnixMicro()); err != nil {
			return err
		}
	}
	return nil
}
