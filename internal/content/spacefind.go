package content

import (
	"context"
	"strings"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

const (
	spaceBlock   = 200
	mostInSpaces = 5000 // spaces that one page may read
)

// FindSpaces returns up to limit of the spaces that f chooses and whose key or name contains text, whatever its case, by
// key, from the one behind the key after, and the key behind which the next page begins; "" on the last: for the operator's
// tools. It gives up after some thousands of others, so a page may hold fewer than limit and still have a next.
func (st *Store) FindSpaces(ctx context.Context, site int64, f SpaceFilter, text, after string, limit int) (page []Space, next string, err error) {
	if storableText(after) != after {
		return nil, "", failure.ErrPlace
	}
	text = strings.ToLower(strings.TrimSpace(text))
	size := min(limit+1, spaceBlock) // enough where all have the text
	for read := 0; read < mostInSpaces; read += spaceBlock {
		block, err := db.All(ctx, st.db(), scanSpace, `SELECT `+spaceColumns+` FROM spaces s WHERE s.site_id = $1 AND s.space_key > $2
			AND ($3 = '' OR s.kind = $3) AND ($4 = '' OR s.status = $4) ORDER BY s.space_key LIMIT CAST($5 AS bigint)`, site, after, string(f.Type), string(f.Status), size)
		if err != nil {
			return nil, "", err
		}
		for _, s := range block {
			if strings.Contains(strings.ToLower(s.Key), text) || strings.Contains(strings.ToLower(s.Name), text) {
				if len(page) == limit {
					return page, after, nil
				}
				page = append(page, s)
			}
			after = s.Key
		}
		if len(block) < size {
			return page, "", nil
		}
		size = spaceBlock
	}
	return page, after, nil
}

// CountContent counts what is in a space, but no further than most.
func (st *Store) CountContent(ctx context.Context, site, space int64, most int) (int, error) {
	n, _, err := db.One(ctx, st.db(), db.Scalar[int], `SELECT count(*) FROM (SELECT content_id FROM content
		WHERE site_id = $1 AND space_id = $2 LIMIT CAST($3 AS bigint)) AS found`, site, space, most)
	return n, err
}

// WatchersAfter returns up to limit of those who watch content or a space, by account ID, from the one behind the ID after,
// and the ID behind which the next page begins; "" on the last.
func (st *Store) WatchersAfter(ctx context.Context, site int64, kind WatchKind, id int64, after string, limit int) (ids []string, next string, err error) {
	ids, err = db.All(ctx, st.db(), db.Scalar[string], `SELECT account_id FROM watches
		WHERE site_id = $1 AND kind = $2 AND target_id = $3 AND account_id > $4 ORDER BY account_id LIMIT CAST($5 AS bigint)`, site, string(kind), id, storableText(after), limit+1)
	if len(ids) > limit {
		ids = ids[:limit]
		next = ids[limit-1]
	}
	return ids, next, err
}
