package directory

import (
	"context"
	"fmt"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
)

// byThisGroupAlone tells inside a query on accounts a that no group but $2 lets the account use the site.
const byThisGroupAlone = `NOT EXISTS (SELECT 1 FROM memberships o JOIN global_permissions u ON u.site_id = o.site_id AND u.group_id = o.group_id
	WHERE o.site_id = a.site_id AND o.account_id = a.account_id AND o.group_id <> $2 AND u.permission = 'use')`

// licensing reports whether one of these groups lets its members use the site.
func licensing(ctx context.Context, tx *change.Tx, groups ...string) (bool, error) {
	list, args := db.In(groups, any(tx.Site))
	_, found, err := db.One(ctx, tx, db.Scalar[string], `SELECT group_id FROM global_permissions
		WHERE site_id = $1 AND permission = 'use' AND group_id IN (`+list+`) LIMIT 1`, args...)
	return found, err
}

// relicense has an account be found as licensed or not, after it joined or left a group.
func (d *Directory) relicense(ctx context.Context, tx *change.Tx, groupID, accountID string) error {
	matters, err := licensing(ctx, tx, groupID)
	if err != nil || !matters {
		return err
	}
	changed, err := db.All(ctx, tx, scanAccount, accountsWhere+`a.account_id = $3 AND `+byThisGroupAlone, tx.Site, groupID, accountID)
	if err != nil {
		return fmt.Errorf("look for the licence of account %s: %w", accountID, err)
	}
	refind(ctx, tx, changed)
	return nil
}

// licencePage is how many accounts are found otherwise at a time.
const licencePage = 10_000

// relicenseAll has a group's members be found as licensed or not, after the group was given the permission to use the site
// or lost it. That is slow where it has many.
func (d *Directory) relicenseAll(ctx context.Context, tx *change.Tx, groupID string) error {
	for after := ""; ; {
		changed, err := db.All(ctx, tx, scanAccount, `SELECT `+accountColumns+` FROM memberships l CROSS JOIN accounts a
			WHERE l.site_id = $1 AND l.group_id = $2 AND l.listed AND l.account_id > $3 AND a.site_id = l.site_id AND a.account_id = l.account_id
			AND `+byThisGroupAlone+` ORDER BY l.account_id LIMIT $4`, tx.Site, groupID, after, licencePage)
		if err != nil {
			return fmt.Errorf("look for the licences of group %s: %w", groupID, err)
		}
		refind(ctx, tx, changed)
		if err := findAtEnd(ctx, tx).store(ctx, tx); err != nil || len(changed) < licencePage {
			return err
		}
		after = changed[len(changed)-1].ID
	}
}

// refind has accounts be found that have just got their licence, or lost it.
func refind(ctx context.Context, tx *change.Tx, changed []Account) {
	words := findAtEnd(ctx, tx)
	for _, now := range changed {
		before := now
		before.Licensed = !now.Licensed
		words.change(&before, &now)
	}
}
