package directory

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/fold"
)

// loadGroups reads the groups that the edits name, the one for newcomers, and the groups that people are in.
// Edits that name an impossible group are refused.
func (b *bulk) loadGroups(ctx context.Context) error {
	var err error
	if b.home, err = homeGroup(ctx, b.tx, b.tx.Site, false); err != nil {
		return err
	}
	if b.guestHome, err = homeGroup(ctx, b.tx, b.tx.Site, true); err != nil {
		return err
	}
	using, err := db.All(ctx, b.tx, db.Scalar[string], `SELECT group_id FROM global_permissions WHERE site_id = $1 AND permission = 'use'`, b.tx.Site)
	if err != nil {
		return err
	}
	for _, g := range using {
		b.using[g] = true
	}
	if b.administration, err = loadAdministration(ctx, b.tx, b.tx.Site); err != nil {
		return err
	}
	var existing []string
	refs := map[string]bool{} // many name the same few
	for i, o := range b.outcomes {
		if o.Refused != nil {
			continue
		}
		for _, ref := range b.edits[i].Groups {
			refs[ref] = true
		}
		if o.Before.ID != "" && (b.edits[i].Exactly || len(b.edits[i].Groups) > 0) {
			existing = append(existing, o.Before.ID)
		}
	}
	if b.members, err = memberships(ctx, b.tx, b.tx.Site, existing); err != nil {
		return err
	}
	ids := []string{b.home, b.guestHome}
	for _, groups := range b.members {
		ids = append(ids, groups...)
	}
	found, err := groupsByRef(ctx, b.tx, b.tx.Site, ids, slices.Collect(maps.Keys(refs)))
	for _, g := range found {
		b.keep(g)
	}
	for i := range b.outcomes {
		if o := &b.outcomes[i]; o.Refused == nil {
			if o.Refused = b.checkRefs(b.edits[i].Groups); o.Refused != nil {
				o.After = o.Before
			}
		}
	}
	return err
}

func (b *bulk) keep(g Group) {
	b.groups[g.ID] = g
	b.refs[g.ID], b.refs[fold.Key(g.Name)] = g.ID, g.ID
}

// group returns the ID of the group that ref names, or "".
func (b *bulk) group(ref string) string {
	if id := b.refs[ref]; id != "" {
		return id
	}
	return b.refs[fold.Key(ref)]
}

// checkRefs refuses names that no group can have, and IDs that none has.
func (b *bulk) checkRefs(refs []string) error {
	for _, ref := range refs {
		if b.group(ref) != "" {
			continue
		}
		if uuid.Validate(ref) == nil {
			return failure.NotFound.Errorf("There is no group %.200q.", ref)
		}
		g := Group{ID: uuid.Nil.String(), Name: ref, UsageType: "USERBASE_GROUP", ManagedBy: "ADMINS"}
		if err := g.check(); err != nil {
			return err
		}
	}
	return nil
}

// settleGroups makes the groups that are missing, and works out who joins and leaves which.
func (b *bulk) settleGroups(ctx context.Context) error {
	for i := range b.outcomes {
		o, e := &b.outcomes[i], b.edits[i]
		if o.Refused != nil {
			continue
		}
		wanted, err := b.wanted(ctx, o, e.Groups)
		if err != nil {
			return err
		}
		current := b.members[o.Before.ID]
		for _, g := range wanted {
			if !slices.Contains(current, g) {
				b.joining = append(b.joining, membership{g, o.After.ID, o.After.Status == Active, o.Before.ID == ""})
				o.Joined = append(o.Joined, b.groups[g].Name)
			}
		}
		for _, g := range current {
			switch {
			case slices.Contains(wanted, g):
			case e.Exactly && (g != b.homeOf(o.After) || b.how.Unlicensed):
				b.leaving = append(b.leaving, membership{group: g, account: o.After.ID})
				o.Left = append(o.Left, b.groups[g].Name)
			default:
				wanted = append(wanted, g)
			}
		}
		if o.Before.ID == "" || len(o.Joined)+len(o.Left) > 0 {
			o.After.Licensed = slices.ContainsFunc(wanted, func(g string) bool { return b.using[g] })
		}
	}
	return nil
}

// wanted returns the IDs of the groups that an account is to be in, each once, and makes those that are missing.
func (b *bulk) wanted(ctx context.Context, o *Outcome, refs []string) ([]string, error) {
	var wanted []string
	for _, ref := range refs {
		id := b.group(ref)
		if id == "" {
			g, err := b.d.AddGroupIn(ctx, b.tx, Group{Name: ref})
			if err != nil {
				return nil, err
			}
			b.keep(g)
			id = g.ID
			o.Made = append(o.Made, g.Name)
		}
		if !slices.Contains(wanted, id) {
			wanted = append(wanted, id)
		}
	}
	newcomer := o.Before.ID == "" && o.After.Type == Person && o.After.Status != Closed
	if home := b.homeOf(o.After); newcomer && !b.how.Unlicensed && home != "" && !slices.Contains(wanted, home) {
		wanted = append(wanted, home)
	}
	return wanted, nil
}

// homeOf returns the ID of the group that such an account joins when it is new; "" without one.
func (b *bulk) homeOf(a Account) string {
	if a.Guest {
		return b.guestHome
	}
	return b.home
}

// largeBatch is how many rows change what is in a table so much that the engine should look at it again.
const largeBatch = 10_000

// storeMemberships takes people out of groups and puts them into others.
func (b *bulk) storeMemberships(ctx context.Context) error {
	for _, m := range b.leaving {
		if _, err := b.d.removeMember(ctx, b.tx, m.group, m.account); err != nil {
			return err
		}
	}
	slices.SortFunc(b.joining, func(a, b membership) int {
		return cmp.Or(strings.Compare(a.group, b.group), strings.Compare(a.account, b.account))
	})
	listed := map[string][]string{}
	for _, m := range b.joining {
		if m.listed {
			listed[m.group] = append(listed[m.group], m.account)
		}
		if !m.fresh {
			b.tx.Record(change.Record{Operation: "group.member.add", Target: "group:" + m.group, Access: true, Fields: change.Fields{"Member": {nil, m.account}}})
		}
	}
	if err := insertAll(ctx, b.tx, `INSERT INTO memberships (site_id, group_id, account_id, listed)`, b.joining, func(m membership, row []any) []any {
		return append(row, m.group, m.account, m.listed)
	}); err != nil {
		return err
	}
	if len(b.joining) >= largeBatch {
		if err := b.tx.Analyze(ctx, "accounts", "memberships"); err != nil {
			return err
		}
	}
	for _, group := range slices.Sorted(maps.Keys(listed)) {
		if err := memberList(group).addMany(ctx, b.tx, listed[group]); err != nil {
			return err
		}
	}
	return nil
}

// HomeGroup returns the ID of the group that lets new people use the site, or "" where there is none: never
// one that makes them administrators; where there is another, not the guests' one, unless guest says that they are
// guests; preferably one that lets them, but not guests, view profiles; then the first by name. The guests' group is one
// in which there are guests or external collaborators and nobody else, or the standard one while nobody else is in it;
// of a large group some members tell.
func (d *Directory) HomeGroup(ctx context.Context, site int64, guest bool) (string, error) {
	return homeGroup(ctx, d.db(), site, guest)
}

func homeGroup(ctx context.Context, q db.Querier, site int64, guest bool) (string, error) {
	id, _, err := db.One(ctx, q, db.Scalar[string], `
		SELECT c.group_id FROM (SELECT g.group_id, g.name_key,
				EXISTS (SELECT 1 FROM global_permissions v
					WHERE v.site_id = g.site_id AND v.group_id = g.group_id AND v.permission = 'view-profiles') AS views,
				NOT EXISTS (SELECT 1 FROM (SELECT m.account_id FROM memberships m
						WHERE m.site_id = g.site_id AND m.group_id = g.group_id ORDER BY m.account_id LIMIT 100) f
					JOIN accounts o ON o.site_id = g.site_id AND o.account_id = f.account_id WHERE NOT o.guest AND NOT o.external)
				AND (g.name_key = $3 OR (SELECT min(m.account_id) FROM memberships m
					WHERE m.site_id = g.site_id AND m.group_id = g.group_id) IS NOT NULL) AS guests
			FROM groups g JOIN global_permissions p ON p.site_id = g.site_id AND p.group_id = g.group_id
			WHERE g.site_id = $1 AND p.permission = 'use' AND NOT EXISTS (SELECT 1 FROM global_permissions a
				WHERE a.site_id = g.site_id AND a.group_id = g.group_id AND a.permission IN ('administer', 'site-admin'))) c
		ORDER BY CASE WHEN c.guests = $2 THEN 0 ELSE 1 END, CASE WHEN c.views = $2 THEN 1 ELSE 0 END, c.name_key LIMIT 1`,
		site, guest, standardGuests)
	return id, err
}

// memberships returns the IDs of the groups that each of these accounts is in.
func memberships(ctx context.Context, q db.Querier, site int64, accounts []string) (map[string][]string, error) {
	in := map[string][]string{}
	for chunk := range slices.Chunk(accounts, lookUps) {
		list, args := db.In(chunk, any(site))
		rows, err := db.All(ctx, q, func(rows *sql.Rows) (m [2]string, err error) { return m, rows.Scan(&m[0], &m[1]) },
			`SELECT account_id, group_id FROM memberships WHERE site_id = $1 AND account_id IN (`+list+`) ORDER BY account_id, group_id`, args...)
		if err != nil {
			return nil, err
		}
		for _, m := range rows {
			in[m[0]] = append(in[m[0]], m[1])
		}
	}
	return in, nil
}
