package content

import (
	"context"
	"strings"

	"github.com/rosterhq/roster/internal/db"
)

// listAtATime is how many spaces or pieces of content are looked at together for those that a viewer may see.
const listAtATime = 200

// SpaceFilter chooses spaces. What is empty does not narrow it.
type SpaceFilter struct {
	Keys   []string
	Type   SpaceType
	Status SpaceStatus
}

// SeeSpaces returns a page of the spaces that v may see, by key, and whether there are more.
func (st *Store) SeeSpaces(ctx context.Context, site int64, v Viewer, f SpaceFilter, start, limit int) ([]Seen, bool, error) {
	var all []Seen
	for last := ""; len(all) <= start+limit; {
		keys, args := "TRUE", []any{site, last, string(f.Type), string(f.Status), listAtATime}
		if len(f.Keys) > 0 {
			var list string
			list, args = db.In(storable(f.Keys), args...)
			keys = `s.space_key IN (` + list + `)`
		}
		spaces, err := db.All(ctx, st.db(), scanSpace, `SELECT `+spaceColumns+` FROM spaces s WHERE s.site_id = $1 AND s.space_key > $2
			AND ($3 = '' OR s.kind = $3) AND ($4 = '' OR s.status = $4) AND `+keys+` ORDER BY s.space_key LIMIT $5`, args...)
		if err != nil {
			return nil, false, err
		}
		visible, err := st.seeAll(ctx, st.db(), site, v, spaces)
		if err != nil {
			return nil, false, err
		}
		for _, s := range spaces {
			if seen, may := visible[s.ID]; may {
				all = append(all, seen)
			}
		}
		if len(spaces) < listAtATime {
			break
		}
		last = spaces[len(spaces)-1].Key
	}
	return cut(all, start, limit)
}

// PageFilter chooses content. What is empty does not narrow it, but for trashed content, which is never listed.
type PageFilter struct {
	Space  string // key
	Type   string
	Status string
	Title  string // of pages in use however it is written, as it is unique among them; of all else exactly
}

// Place is content with its space, as one viewer sees them.
type Place struct {
	Space Seen
	Page  SeenPage
}

// SeePages returns a page of the content that v may see, by ID, and whether there is more.
func (st *Store) SeePages(ctx context.Context, site int64, v Viewer, f PageFilter, start, limit int) ([]Place, bool, error) {
	var all []Place
	for last := int64(0); len(all) <= start+limit; {
		f.Space, f.Title = storableText(f.Space), storableText(f.Title)
		ids, err := db.All(ctx, st.db(), db.Scalar[int64], `SELECT c.content_id FROM content c JOIN spaces s ON s.site_id = c.site_id AND s.space_id = c.space_id
			WHERE c.site_id = $1 AND c.content_id > $2 AND c.status <> 'trashed' AND ($3 = '' OR s.space_key = $3) AND ($4 = '' OR c.kind = $4)
			AND ($5 = '' OR c.status = $5) AND ($6 = '' OR c.title = $6 OR c.title_key = $7) ORDER BY c.content_id LIMIT $8`,
			site, last, f.Space, f.Type, f.Status, f.Title, keyOfTitle(f.Title), listAtATime)
		if err != nil {
			return nil, false, err
		}
		pages, err := st.pages(ctx, st.db(), site, v, ids)
		if err != nil {
			return nil, false, err
		}
		spaces, err := st.spacesOf(ctx, site, v, pages)
		if err != nil {
			return nil, false, err
		}
		for _, id := range ids {
			page, found := pages[id]
			if space, may := spaces[page.Space]; found && may {
				all = append(all, Place{space, page})
			}
		}
		if len(ids) < listAtATime {
			break
		}
		last = ids[len(ids)-1]
	}
	return cut(all, start, limit)
}

// ListPages returns content after one ID, by ID, for the operator's tools: trashed content included. A space key other
// than "" leaves only what is in that space.
func (st *Store) ListPages(ctx context.Context, site int64, space string, after int64, limit int) ([]Page, error) {
	return db.All(ctx, st.db(), scanPage, `SELECT `+pageColumns+` FROM content c JOIN spaces s ON s.site_id = c.site_id AND s.space_id = c.space_id
		WHERE c.site_id = $1 AND c.content_id > $2 AND ($3 = '' OR s.space_key = $3) ORDER BY c.content_id LIMIT $4`, site, after, storableText(space), limit)
}

// spacesOf returns those of the pages' spaces that v may see.
func (st *Store) spacesOf(ctx context.Context, site int64, v Viewer, pages map[int64]SeenPage) (map[int64]Seen, error) {
	known := map[int64]bool{}
	var ids []int64
	for _, p := range pages {
		if !known[p.Space] {
			known[p.Space] = true
			ids = append(ids, p.Space)
		}
	}
	return st.spacesByID(ctx, st.db(), site, v, ids)
}

// cut returns the page of a list that begins at start, and whether there is more.
func cut[T any](all []T, start, limit int) ([]T, bool, error) {
	from := min(start, len(all))
	to := min(start+limit, len(all))
	return all[from:to], to < len(all), nil
}

// storable replaces what a database could not compare with by what nothing is equal to.
func storable(texts []string) []string {
	kept := make([]string, len(texts))
	for i, t := range texts {
		kept[i] = storableText(t)
	}
	return kept
}

func storableText(t string) string { return strings.ReplaceAll(t, "\x00", "\uFFFD") }
