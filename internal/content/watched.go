package content

import (
	"context"
	"database/sql"
	"strconv"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// watched finds something that v may see. What is missing and what is hidden fail alike, after the same queries.
func (st *Store) watched(ctx context.Context, q db.Querier, site int64, v Viewer, w Watchable) (watch, error) {
	at := watch{kind: w.Kind}
	why := noKind
	var err error
	switch w.Kind {
	case WatchContent:
		var page SeenPage
		_, page, why, err = st.seePage(ctx, q, site, v, contentID(w.Name))
		at.id = page.ID
	case WatchLabel:
		var found bool
		at.id, found, err = st.seeLabel(ctx, q, site, v, w.Name)
		if why = hiddenLabel; found {
			why = ""
		} else if at.id == 0 {
			why = noLabel
		}
	case WatchSpace:
		var space Seen
		space, why, err = st.seeSpace(ctx, q, site, v, w.Name)
		at.id = space.ID
	}
	if err == nil && why != "" {
		err = why.refusing(failure.Forbidden.Errorf("There is no such %s, or the caller may not view it.", w.Kind))
	}
	return at, err
}

// contentID reads the ID of content as it is written, or returns 0, which no content has.
func contentID(text string) int64 {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strconv.FormatInt(id, 10) != text {
		return 0
	}
	return id
}

// marked is something that has a label.
type marked struct {
	kind Target
	id   int64
}

func scanMarked(rows *sql.Rows) (m marked, err error) { return m, rows.Scan(&m.kind, &m.id) }

// labelledAtATime is how much of what has a label is looked through at once for something that the viewer may see.
const labelledAtATime = 100

// seeLabel returns a label's ID. A label exists for those who may see something that has it.
func (st *Store) seeLabel(ctx context.Context, q db.Querier, site int64, v Viewer, name string) (int64, bool, error) {
	l, err := readLabel(name)
	if err != nil {
		return 0, false, nil
	}
	id, _, err := db.One(ctx, q, db.Scalar[int64], `SELECT label_id FROM labels WHERE site_id = $1 AND name_key = $2 AND prefix = $3`, site, l.key, l.Prefix)
	var last marked
	for err == nil {
		var some []marked
		some, err = db.All(ctx, q, scanMarked, `SELECT target_kind, target_id FROM labelled
			WHERE site_id = $1 AND label_id = $2 AND (target_kind > $3 OR target_kind = $3 AND target_id > $4)
			ORDER BY target_kind, target_id LIMIT $5`, site, id, string(last.kind), last.id, labelledAtATime)
		if err != nil {
			break
		}
		seen, seeErr := st.seesAny(ctx, q, site, v, some)
		if seen || seeErr != nil || len(some) < labelledAtATime {
			return id, seen, seeErr
		}
		last = some[len(some)-1]
	}
	return 0, false, err
}

// seesAny reports whether v may see any of these.
func (st *Store) seesAny(ctx context.Context, q db.Querier, site int64, v Viewer, some []marked) (bool, error) {
	var pages, spaces []int64
	for _, m := range some {
		if m.kind == OnSpace {
			spaces = append(spaces, m.id)
		} else {
			pages = append(pages, m.id)
		}
	}
	seenPages, err := st.pages(ctx, q, site, v, pages)
	if err != nil {
		return false, err
	}
	for _, p := range seenPages {
		spaces = append(spaces, p.Space)
	}
	list, args := db.In(spaces, any(site))
	found, err := db.All(ctx, q, scanSpace, `SELECT `+spaceColumns+` FROM spaces s WHERE s.site_id = $1 AND s.space_id IN (`+list+`)`, args...)
	if err != nil {
		return false, err
	}
	if len(found) == 0 { // what is missing is asked for like what is hidden
		_, err := st.grants(ctx, q, site, v, []Space{{}})
		return false, err
	}
	seen, err := st.seeAll(ctx, q, site, v, found)
	return len(seen) > 0, err
}
