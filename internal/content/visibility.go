package content

import (
	"context"
	"database/sql"
	"slices"

	"github.com/rosterhq/roster/internal/db"
)

// Grants are what a space's permissions give to one viewer.
type Grants struct {
	Explicit bool // the space has permissions of its own
	Held     []Operation
}

// MayView decides whether a viewer may see a space. Its owner and administrators always may. A space
// without permissions of its own is open to everyone who can use the site, but not to anonymous callers;
// otherwise a permission to read, use or administer the space is needed.
func MayView(v Viewer, s Space, g Grants) bool {
	switch {
	case rules(v, s):
		return true
	case !g.Explicit:
		return v.AccountID != "" && v.Licensed
	}
	return slices.Contains(g.Held, readSpace) || slices.Contains(g.Held, useSpace) || slices.Contains(g.Held, administerSpace)
}

// rules reports whether all of a space is the viewer's.
func rules(v Viewer, s Space) bool {
	return v.Administrator || v.AccountID != "" && v.AccountID == s.Owner
}

// Seen is a space as one viewer sees it, with what they may do in it.
type Seen struct {
	Space
	May []Operation // in the order of [Operations]; reading is always among them
}

// MayDo reports whether the viewer may do this in the space.
func (s Seen) MayDo(name, target string) bool { return slices.Contains(s.May, Operation{name, target}) }

// see returns the space as the viewer sees it, or false where they may not.
func see(v Viewer, s Space, g Grants) (Seen, bool) {
	if !MayView(v, s, g) {
		return Seen{}, false
	}
	seen := Seen{Space: s}
	for _, op := range Operations {
		if op == readSpace || op != useSpace && rules(v, s) || slices.Contains(g.Held, op) {
			seen.May = append(seen.May, op)
		}
	}
	return seen, true
}

// PersonalSpaces returns the personal spaces that viewer may see of the people with these account IDs, by
// their owner. Who has none, and whose is hidden, are both left out. It costs two queries, however many are asked for.
func (st *Store) PersonalSpaces(ctx context.Context, site int64, v Viewer, owners []string) (map[string]Seen, error) {
	owners = slices.DeleteFunc(slices.Clone(owners), func(id string) bool { return id == "" || checkLine("account ID", id) != nil })
	list, args := db.In(owners, any(site))
	spaces, err := db.All(ctx, st.db(), scanSpace, `SELECT `+spaceColumns+` FROM spaces s
		WHERE s.site_id = $1 AND s.kind = 'personal' AND s.owner IN (`+list+`)`, args...)
	if err != nil {
		return nil, err
	}
	visible, err := st.seeAll(ctx, st.db(), site, v, spaces)
	seen := make(map[string]Seen, len(visible))
	for _, s := range visible {
		seen[s.Owner] = s
	}
	return seen, err
}

// grants returns what the permissions of these spaces give to a viewer. For an administrator nothing
// depends on it, so nothing is read.
func (st *Store) grants(ctx context.Context, q db.Querier, site int64, v Viewer, spaces []Space) (map[int64]Grants, error) {
	if v.Administrator || len(spaces) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(spaces))
	for i, s := range spaces {
		ids[i] = s.ID
	}
	list, args := db.In(ids, any(site), v.AccountID, !v.Licensed)
	rows, err := db.All(ctx, q, scanGrant, `SELECT p.space_id, p.operation, p.target,
			MAX(CASE WHEN p.anonymous OR p.unlicensed AND $3 OR `+holds("p")+` THEN 1 ELSE 0 END)
		FROM space_permissions p WHERE p.site_id = $1 AND p.space_id IN (`+list+`) GROUP BY p.space_id, p.operation, p.target`, args...)
	grants := map[int64]Grants{}
	for _, row := range rows {
		g := grants[row.space]
		g.Explicit = true
		if row.held == 1 {
			g.Held = append(g.Held, row.Operation)
		}
		grants[row.space] = g
	}
	return grants, err
}

type grant struct {
	Operation
	space int64
	held  int64
}

func scanGrant(rows *sql.Rows) (g grant, err error) {
	return g, rows.Scan(&g.space, &g.Name, &g.Target, &g.held)
}
