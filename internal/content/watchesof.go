package content

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Watched is something that an account watches, as a viewer is told of it. What the viewer may not see is told by its ID
// alone, since that somebody watches it does not open it.
type Watched struct {
	Kind     WatchKind
	ID       int64  // of the content, label or space
	Name     string // the title of content, a label as prefix:name, the name of a space
	SpaceKey string // of a space, and of content
	Since    time.Time
}

// WatchesOf returns up to limit of what an account watches, of one kind or of all where kind is "": by kind and ID. after
// is "" for the first page, then next of the page before; the last page has none. An account that nobody has is NotFound.
func (st *Store) WatchesOf(ctx context.Context, site int64, v Viewer, accountID string, kind WatchKind, after string, limit int) (page []Watched, next string, err error) {
	if _, err := statusOf(ctx, st.db(), site, accountID); err != nil {
		return nil, "", err
	}
	fromKind, fromID, err := readWatchPlace(after)
	if err != nil {
		return nil, "", err
	}
	page, err = db.All(ctx, st.db(), scanWatched, `SELECT kind, target_id, created_at FROM watches
		WHERE site_id = $1 AND account_id = $2 AND (kind, target_id) > ($3, $4) AND (kind = $5 OR $5 = '')
		ORDER BY kind, target_id LIMIT CAST($6 AS bigint)`, site, accountID, fromKind, fromID, string(kind), limit+1)
	if err != nil {
		return nil, "", err
	}
	if len(page) > limit {
		page = page[:limit]
		last := page[limit-1]
		next = string(last.Kind) + ":" + strconv.FormatInt(last.ID, 10)
	}
	for _, name := range []func(context.Context, int64, Viewer, []Watched) error{st.nameContent, st.nameLabels, st.nameSpaces} {
		if err := name(ctx, site, v, page); err != nil {
			return nil, "", err
		}
	}
	return page, next, nil
}

func scanWatched(rows *sql.Rows) (w Watched, err error) {
	var since int64
	err = rows.Scan(&w.Kind, &w.ID, &since)
	w.Since = time.UnixMicro(since).UTC()
	return w, err
}

func readWatchPlace(text string) (kind string, id int64, err error) {
	if text == "" {
		return "", 0, nil
	}
	kind, digits, _ := strings.Cut(text, ":")
	id, err = strconv.ParseInt(digits, 10, 64)
	switch WatchKind(kind) {
	case WatchContent, WatchLabel, WatchSpace:
	default:
		err = strconv.ErrSyntax
	}
	if err != nil {
		return "", 0, failure.ErrPlace
	}
	return kind, id, nil
}

// targets are the IDs of what of a page is of a kind.
func targets(page []Watched, kind WatchKind) (ids []int64) {
	for _, w := range page {
		if w.Kind == kind {
			ids = append(ids, w.ID)
		}
	}
	return ids
}

func (st *Store) nameContent(ctx context.Context, site int64, v Viewer, page []Watched) error {
	ids := targets(page, WatchContent)
	if len(ids) == 0 {
		return nil
	}
	reader := v
	reader.Administrator = false // who reads what is hidden only with an admin key
	pages, err := st.pages(ctx, st.db(), site, reader, ids)
	if err != nil {
		return err
	}
	spaces, err := st.spacesOf(ctx, site, v, pages)
	for i, w := range page {
		p, seen := pages[w.ID]
		if s, inSpace := spaces[p.Space]; w.Kind == WatchContent && seen && inSpace {
			page[i].Name, page[i].SpaceKey = p.Title, s.Key
		}
	}
	return err
}

func (st *Store) nameSpaces(ctx context.Context, site int64, v Viewer, page []Watched) error {
	ids := targets(page, WatchSpace)
	if len(ids) == 0 {
		return nil
	}
	spaces, err := st.spacesByID(ctx, st.db(), site, v, ids)
	for i, w := range page {
		if s, seen := spaces[w.ID]; w.Kind == WatchSpace && seen {
			page[i].Name, page[i].SpaceKey = s.Name, s.Key
		}
	}
	return err
}

// nameLabels looks for each label as anybody who asks for it by its name: it is there for those who see something that
// has it.
func (st *Store) nameLabels(ctx context.Context, site int64, v Viewer, page []Watched) error {
	ids := targets(page, WatchLabel)
	if len(ids) == 0 {
		return nil
	}
	list, args := db.In(ids, any(site))
	labels, err := db.All(ctx, st.db(), func(rows *sql.Rows) (l Label, err error) { return l, rows.Scan(&l.ID, &l.Prefix, &l.Name) },
		`SELECT label_id, prefix, name FROM labels WHERE site_id = $1 AND label_id IN (`+list+`)`, args...)
	if err != nil {
		return err
	}
	names := map[int64]string{}
	for _, l := range labels {
		_, seen, err := st.seeLabel(ctx, st.db(), site, v, l.String())
		if err != nil {
			return err
		}
		if seen {
			names[l.ID] = l.String()
		}
	}
	for i, w := range page {
		if w.Kind == WatchLabel {
			page[i].Name = names[w.ID]
		}
	}
	return nil
}
