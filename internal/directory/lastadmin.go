package directory

import (
	"context"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

var errLastAdministrator = failure.Conflict.Errorf("This would leave the site without an active site administrator.")

// administrators is the part of a query that finds the active members m of the groups that make site
// administrators: membership is listed as long as the account is active.
const administrators = ` FROM global_permissions p JOIN memberships m ON m.site_id = p.site_id AND m.group_id = p.group_id
	WHERE p.site_id = $1 AND p.permission = 'site-admin' AND m.listed`

// keepAdministrator holds the rule that a site which has an active site administrator keeps one. Whatever
// may take administrators away calls it before it does so, with what it takes away: the memberships of a
// group or of an account. The rule is checked when the transaction is done, so that one administrator can
// follow another in it; transactions are serializable, so two of them cannot each count on the other's.
func (d *Directory) keepAdministrator(ctx context.Context, tx *change.Tx, of holdings) error {
	const rule = "administrator"
	if tx.Awaits(rule) {
		return nil
	}
	some, err := administered(ctx, tx, ` AND m.`+of.column+` = $2`, of.id)
	if err != nil || !some {
		return err
	}
	tx.AtEnd(rule, func() error {
		kept, err := administered(ctx, tx, ``)
		if err == nil && !kept {
			err = errLastAdministrator
		}
		return err
	})
	return nil
}

// holdings are the memberships of a group or of an account.
type holdings struct{ column, id string }

func ofGroup(id string) holdings   { return holdings{"group_id", id} }
func ofAccount(id string) holdings { return holdings{"account_id", id} }

func administered(ctx context.Context, tx *change.Tx, where string, args ...any) (bool, error) {
	_, found, err := db.One(ctx, tx, db.Scalar[string], `SELECT m.account_id`+administrators+where+` LIMIT 1`, append([]any{tx.Site}, args...)...)
	return found, err
}

// copyAdministratorsIn brings the site's administrators from another directory into this scratch one, so
// that the rule can be tried out there.
func (d *Directory) copyAdministratorsIn(ctx context.Context, tx *change.Tx, from *Directory) error {
	ids, err := db.All(ctx, from.db(), db.Scalar[string], `SELECT DISTINCT m.account_id`+administrators, tx.Site)
	if err != nil || len(ids) == 0 {
		return err
	}
	edits := make([]Edit, len(ids))
	for i, id := range ids {
		edits[i].ID = id
	}
	return d.CopyIn(ctx, tx, from, edits)
}
