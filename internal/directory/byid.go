package directory

import (
	"context"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
)

// ValidGroupID reports whether a group could have this ID. One that could not need not be looked for.
func ValidGroupID(id string) bool { return len(id) == 36 && uuid.Validate(id) == nil }

// DeleteGroupByID is [Directory.DeleteGroup] for callers who must say the ID: a name is not found.
func (d *Directory) DeleteGroupByID(ctx context.Context, site int64, by change.Actor, id string) error {
	return d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		g, err := d.groupByID(ctx, tx, site, id)
		if err != nil {
			return err
		}
		return d.deleteGroup(ctx, tx, g)
	})
}

// AddMemberByID is [Directory.AddMember] for callers who must say the IDs.
func (d *Directory) AddMemberByID(ctx context.Context, site int64, by change.Actor, groupID, accountID string) error {
	return d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		a, err := d.bothByID(ctx, tx, groupID, accountID)
		if err == nil {
			_, err = d.AddMemberIn(ctx, tx, groupID, a)
		}
		return err
	})
}

// RemoveMemberByID is [Directory.RemoveMember] for callers who must say the IDs.
func (d *Directory) RemoveMemberByID(ctx context.Context, site int64, by change.Actor, groupID, accountID string) error {
	return d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		_, err := d.bothByID(ctx, tx, groupID, accountID)
		if err == nil {
			_, err = d.RemoveMemberIn(ctx, tx, groupID, accountID)
		}
		return err
	})
}

func (d *Directory) groupByID(ctx context.Context, q db.Querier, site int64, id string) (Group, error) {
	return d.group(ctx, q, site, `g.group_id = $2`, id, id)
}

// bothByID returns the account of two IDs, where there are both.
func (d *Directory) bothByID(ctx context.Context, tx *change.Tx, groupID, accountID string) (Account, error) {
	if _, err := d.groupByID(ctx, tx, tx.Site, groupID); err != nil {
		return Account{}, err
	}
	if !ValidAccountID(accountID) {
		return Account{}, errNoAccount
	}
	return d.account(ctx, tx, tx.Site, accountID)
}
