package directory

import (
	"context"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
)

// AddMember puts an account into a group, both by ID or name or address. It reports whether that is new.
func (d *Directory) AddMember(ctx context.Context, site int64, by change.Actor, group, account string) (added bool, err error) {
	err = d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		g, a, err := d.both(ctx, tx, group, account)
		if err == nil {
			added, err = d.AddMemberIn(ctx, tx, g.ID, a)
		}
		return err
	})
	return added, err
}

// AddMemberIn is [Directory.AddMember] inside a transaction, for a group that exists.
func (d *Directory) AddMemberIn(ctx context.Context, tx *change.Tx, groupID string, a Account) (bool, error) {
	added, err := addMember(ctx, tx, groupID, a)
	if err != nil || !added {
		return false, err
	}
	return true, d.relicense(ctx, tx, groupID, a.ID)
}

// addMember leaves to its caller that the account is found as one with a licence.
func addMember(ctx context.Context, tx *change.Tx, groupID string, a Account) (bool, error) {
	listed := a.Status == Active
	n, err := tx.ExecContext(ctx, `INSERT INTO memberships (site_id, group_id, account_id, listed) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		tx.Site, groupID, a.ID, listed)
	if err != nil || n == 0 {
		return false, err
	}
	tx.Record(change.Record{Operation: "group.member.add", Target: "group:" + groupID, Access: true, Fields: change.Fields{"Member": {nil, a.ID}}})
	if !listed {
		return true, nil
	}
	return true, memberList(groupID).add(ctx, tx, a.ID)
}

// RemoveMember takes an account out of a group. It reports whether the account was in it. The last
// administrator of a site cannot be taken out of what makes them one.
func (d *Directory) RemoveMember(ctx context.Context, site int64, by change.Actor, group, account string) (removed bool, err error) {
	err = d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		g, a, err := d.both(ctx, tx, group, account)
		if err == nil {
			removed, err = d.RemoveMemberIn(ctx, tx, g.ID, a.ID)
		}
		return err
	})
	return removed, err
}

// RemoveMemberIn is [Directory.RemoveMember] inside a transaction.
func (d *Directory) RemoveMemberIn(ctx context.Context, tx *change.Tx, groupID, accountID string) (bool, error) {
	removed, err := d.removeMember(ctx, tx, groupID, accountID)
	if err != nil || !removed {
		return false, err
	}
	return true, d.relicense(ctx, tx, groupID, accountID)
}

// removeMember leaves to its caller that the account is found as one without a licence.
func (d *Directory) removeMember(ctx context.Context, tx *change.Tx, groupID, accountID string) (bool, error) {
	if err := d.keepAdministrator(ctx, tx, ofGroup(groupID)); err != nil {
		return false, err
	}
	listed, found, err := db.One(ctx, tx, db.Scalar[bool], `DELETE FROM memberships WHERE site_id = $1 AND group_id = $2 AND account_id = $3 RETURNING listed`,
		tx.Site, groupID, accountID)
	if err != nil || !found {
		return false, err
	}
	tx.Record(change.Record{Operation: "group.member.remove", Target: "group:" + groupID, Access: true, Fields: change.Fields{"Member": {accountID, nil}}})
	if !listed {
		return true, nil
	}
	return true, memberList(groupID).remove(ctx, tx, accountID)
}

func (d *Directory) both(ctx context.Context, tx *change.Tx, group, account string) (Group, Account, error) {
	g, err := d.GroupNamedIn(ctx, tx, tx.Site, group)
	if err != nil {
		return g, Account{}, err
	}
	a, err := d.account(ctx, tx, tx.Site, account)
	return g, a, err
}

// list shows or hides an account in its groups, after its status changed.
func (d *Directory) list(ctx context.Context, tx *change.Tx, a Account) error {
	listed := a.Status == Active
	if !listed {
		if err := d.keepAdministrator(ctx, tx, ofAccount(a.ID)); err != nil {
			return err
		}
	}
	groups, err := db.All(ctx, tx, db.Scalar[string], `UPDATE memberships SET listed = $3
		WHERE site_id = $1 AND account_id = $2 AND listed <> $3 RETURNING group_id`, tx.Site, a.ID, listed)
	if err != nil {
		return err
	}
	for _, g := range groups {
		recount := memberList(g).remove
		if listed {
			recount = memberList(g).add
		}
		if err := recount(ctx, tx, a.ID); err != nil {
			return err
		}
	}
	return nil
}

// SQLite compiles a statement anew for each value of a bare LIMIT $n, as that may change its plan: hence the CASTs.
const pageOfMembers = `SELECT account_id FROM memberships
	WHERE site_id = $1 AND group_id = $2 AND listed AND account_id >= $3 ORDER BY account_id LIMIT CAST($4 AS bigint) OFFSET CAST($5 AS bigint)`

// Members returns what viewer may see of a page of a group's members, by account ID, and how many there
// are. Suspended people are left out.
func (d *Directory) Members(ctx context.Context, site int64, viewer Viewer, groupID string, start, limit int) ([]Profile, int64, error) {
	if !storable(groupID) {
		return nil, 0, nil
	}
	from, offset, total, err := memberList(groupID).seek(ctx, d.db(), site, start)
	if err != nil || int64(start) >= total || limit == 0 {
		return nil, total, err
	}
	ids, err := db.All(ctx, d.db(), db.Scalar[string], pageOfMembers, site, groupID, from, limit, offset)
	if err != nil {
		return nil, total, err
	}
	profiles, err := d.Profiles(ctx, site, viewer, ids...)
	return profiles, total, err
}

// What a page skips is skipped in the index, without a look at its groups. CROSS has SQLite begin with the account's
// memberships, where it would read all of a site's groups.
const pageOfGroups = `SELECT ` + groupColumns + ` FROM
	(SELECT site_id, group_id FROM memberships WHERE site_id = $1 AND account_id = $2 ORDER BY group_id
		LIMIT CAST($3 AS bigint) OFFSET CAST($4 AS bigint)) page
	CROSS JOIN groups g WHERE g.site_id = page.site_id AND g.group_id = page.group_id ORDER BY page.group_id`

// MemberOf returns a page of an account's groups, by group ID.
func (d *Directory) MemberOf(ctx context.Context, site int64, accountID string, start, limit int) ([]Group, error) {
	if !ValidAccountID(accountID) {
		return nil, nil
	}
	return db.All(ctx, d.db(), scanGroup, pageOfGroups, site, accountID, limit, start)
}

// Exists reports whether there is an account with this ID.
func (d *Directory) Exists(ctx context.Context, site int64, accountID string) (bool, error) {
	if !ValidAccountID(accountID) {
		return false, nil
	}
	_, found, err := db.One(ctx, d.db(), db.Scalar[string], `SELECT account_id FROM accounts WHERE site_id = $1 AND account_id = $2`, site, accountID)
	return found, err
}
