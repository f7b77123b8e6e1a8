package directory

import (
	"context"
	"database/sql"
	"slices"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
)

// administration is who is in groups that make site administrators.
type administration struct {
	groups  map[string]bool // IDs of these groups
	members map[string]bool // account ID → whether the account is active
}

func loadAdministration(ctx context.Context, q db.Querier, site int64) (a administration, err error) {
	type member struct {
		group, account string
		listed         bool
	}
	a = administration{map[string]bool{}, map[string]bool{}}
	all, err := db.All(ctx, q, func(rows *sql.Rows) (m member, err error) {
		var account sql.NullString
		var listed sql.NullBool
		err = rows.Scan(&m.group, &account, &listed)
		m.account, m.listed = account.String, listed.Bool
		return m, err
	}, `SELECT p.group_id, m.account_id, m.listed FROM global_permissions p
		LEFT JOIN memberships m ON m.site_id = p.site_id AND m.group_id = p.group_id
		WHERE p.site_id = $1 AND p.permission = 'site-admin'`, site)
	for _, m := range all {
		a.groups[m.group] = true
		if m.account != "" {
			a.members[m.account] = m.listed
		}
	}
	return a, err
}

// settleAdministrators refuses the edit that would take the last site administrator away, and reports whether it did.
func (b *bulk) settleAdministrators() bool {
	left := 0
	for _, active := range b.administration.members {
		if active {
			left++
		}
	}
	if left == 0 {
		return false
	}
	var last *Outcome // that takes one away
	for i := range b.outcomes {
		o := &b.outcomes[i]
		if o.Refused != nil {
			continue
		}
		switch was, is := b.administration.members[o.Before.ID], b.administrates(i); {
		case was && !is:
			left, last = left-1, o
		case is && !was:
			left++
		}
	}
	if left > 0 || last == nil {
		return false
	}
	last.Refused, last.After, last.key = errLastAdministrator, last.Before, last.Before.emailKey()
	return true
}

// administrates reports whether an edit leaves or makes its account a site administrator.
func (b *bulk) administrates(i int) bool {
	o, e := &b.outcomes[i], &b.edits[i]
	if o.After.Status != Active {
		return false
	}
	if _, in := b.administration.members[o.Before.ID]; in && !e.Exactly {
		return true
	}
	return slices.ContainsFunc(e.Groups, func(ref string) bool { return b.administration.groups[b.group(ref)] })
}

// keepsAdministrator refuses to take away from a group that it makes its members site administrators, where nobody else is one.
func keepsAdministrator(ctx context.Context, tx *change.Tx, groupID string) error {
	some, err := administered(ctx, tx, ` AND m.group_id = $2`, groupID)
	if err != nil || !some {
		return err
	}
	others, err := administered(ctx, tx, ` AND m.group_id <> $2`, groupID)
	if err == nil && !others {
		err = errLastAdministrator
	}
	return err
}
