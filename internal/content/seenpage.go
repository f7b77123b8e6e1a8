package content

import (
	"context"
	"database/sql"
	"slices"

	"github.com/rosterhq/roster/internal/db"
)

// SeenPage is a piece of content as one viewer sees it.
type SeenPage struct {
	Page
	Ancestors []Page // top first
	MayUpdate bool   // no restriction keeps the viewer from changing it; the space may
}

// passes tells inside a query on content c whether its restrictions of one operation let through the account
// of parameter $2, or an administrator by $3. Whoever made the content is let through.
func passes(operation string) string {
	return `CASE WHEN $3 OR (c.created_by = $2 AND $2 <> '') OR NOT EXISTS (
			SELECT 1 FROM content_restrictions r WHERE r.site_id = c.site_id AND r.content_id = c.content_id AND r.operation = '` + operation + `')
		OR EXISTS (SELECT 1 FROM content_restrictions r WHERE r.site_id = c.site_id AND r.content_id = c.content_id AND r.operation = '` + operation + `'
			AND ` + holds("r") + `) THEN 1 ELSE 0 END`
}

// checked is a page with what its own restrictions say to a viewer.
type checked struct {
	Page
	read, update int64
}

func scanChecked(rows *sql.Rows) (c checked, err error) { return c, c.scan(rows, &c.read, &c.update) }

// Pages returns what viewer may see of these pieces of content, by ID, in one query. The restrictions on
// reading of all that stands above count too. Whether the viewer may see the space is for the caller to
// have checked. Trashed content is left out, and so is what others are still drafting.
func (st *Store) Pages(ctx context.Context, site int64, v Viewer, ids []int64) (map[int64]SeenPage, error) {
	return st.pages(ctx, st.db(), site, v, ids)
}

func (st *Store) pages(ctx context.Context, q db.Querier, site int64, v Viewer, ids []int64) (map[int64]SeenPage, error) {
	line, err := st.line(ctx, q, site, v, ids)
	if err != nil {
		return nil, err
	}
	seen := make(map[int64]SeenPage, len(ids))
	for _, id := range ids {
		if p, ok := seePage(line, id); ok {
			seen[id] = p
		}
	}
	return seen, nil
}

// line returns these pieces of content and all that stands above them, but for what is trashed, with what each one's
// own restrictions say to v.
func (st *Store) line(ctx context.Context, q db.Querier, site int64, v Viewer, ids []int64) (map[int64]checked, error) {
	list, args := db.In(ids, any(site), v.AccountID, v.Administrator)
	rows, err := db.All(ctx, q, scanChecked, lineOf(list), args...)
	if err != nil {
		return nil, err
	}
	line := make(map[int64]checked, len(rows))
	for _, row := range rows {
		line[row.ID] = row
	}
	return line, nil
}

// lineOf is the query of [Store.line]. Without the status in line, and with a plain join, SQLite would read the content of
// the whole site from an index of parents or titles, rather than look up each piece.
func lineOf(list string) string {
	return `WITH RECURSIVE line (content_id, parent_id, status) AS (
			SELECT c.content_id, c.parent_id, c.status FROM content c WHERE c.site_id = $1 AND c.content_id IN (` + list + `)
			UNION
			SELECT c.content_id, c.parent_id, c.status FROM line l CROSS JOIN content c WHERE c.site_id = $1 AND c.content_id = l.parent_id)
		SELECT ` + pageColumns + `, ` + passes("read") + `, ` + passes("update") + `
		FROM line l CROSS JOIN content c WHERE c.site_id = $1 AND c.content_id = l.content_id
			AND l.status <> 'trashed' AND (l.status <> 'draft' OR $3 OR c.created_by = $2)`
}

// seePage returns a page with what stands above it, or false where any of it is missing or cannot be read.
func seePage(line map[int64]checked, id int64) (SeenPage, bool) {
	at, found := line[id]
	seen := SeenPage{Page: at.Page, MayUpdate: at.update == 1}
	for ; found && at.read == 1; at, found = line[at.Parent] {
		if at.ID != id {
			seen.Ancestors = append(seen.Ancestors, at.Page)
		}
		if at.Parent == 0 {
			slices.Reverse(seen.Ancestors)
			return seen, true
		}
	}
	return SeenPage{}, false
}

// MostChildren is how many children of one kind [Store.Children] returns for each piece of content.
const MostChildren = 25

// Children returns what viewer may see of the content right below these pieces of content, which the
// viewer may see: by parent, the first [MostChildren] of each kind by ID, in one query.
func (st *Store) Children(ctx context.Context, site int64, v Viewer, parents []int64) (map[int64][]Page, error) {
	list, args := db.In(parents, any(site), v.AccountID, v.Administrator, MostChildren)
	rows, err := db.All(ctx, st.db(), scanPage, `
		SELECT `+pageColumns+` FROM (
			SELECT c.site_id, c.content_id, ROW_NUMBER() OVER (PARTITION BY c.parent_id, c.kind ORDER BY c.content_id) AS place
			FROM content c WHERE c.site_id = $1 AND c.parent_id IN (`+list+`) AND c.status = 'current' AND `+passes("read")+` = 1) first
		JOIN content c ON c.site_id = first.site_id AND c.content_id = first.content_id
		WHERE first.place <= $4 ORDER BY c.content_id`, args...)
	children := map[int64][]Page{}
	for _, p := range rows {
		children[p.Parent] = append(children[p.Parent], p)
	}
	return children, err
}

// Bodies returns the bodies of these pieces of content, in storage form.
func (st *Store) Bodies(ctx context.Context, site int64, ids []int64) (map[int64]string, error) {
	return bodies(ctx, st.db(), site, ids)
}

// BodyIn returns the body of one piece of content, inside a transaction.
func (st *Store) BodyIn(ctx context.Context, q db.Querier, site, id int64) (string, error) {
	all, err := bodies(ctx, q, site, []int64{id})
	return all[id], err
}

func bodies(ctx context.Context, q db.Querier, site int64, ids []int64) (map[int64]string, error) {
	type body struct {
		id   int64
		text string
	}
	list, args := db.In(ids, any(site))
	rows, err := db.All(ctx, q, func(rows *sql.Rows) (b body, err error) {
		return b, rows.Scan(&b.id, &b.text)
	}, `SELECT content_id, body FROM content WHERE site_id = $1 AND content_id IN (`+list+`)`, args...)
	all := make(map[int64]string, len(rows))
	for _, b := range rows {
		all[b.id] = b.text
	}
	return all, err
}
