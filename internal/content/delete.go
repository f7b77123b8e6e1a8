package content

import (
	"context"

	"github.com/rosterhq/roster/internal/change"
)

// branch ends a list of content IDs in a query: those of content $2 of site $1 and all below it.
const branch = `(WITH RECURSIVE branch (content_id) AS (
		SELECT c.content_id FROM content c WHERE c.site_id = $1 AND c.content_id = $2
		UNION
		SELECT c.content_id FROM content c JOIN branch b ON c.parent_id = b.content_id WHERE c.site_id = $1)
	SELECT content_id FROM branch)`

// TrashPage puts content, and all below it, into the trash, where nobody sees it. Nobody watches it any more.
// Trashed content is NotFound.
func (st *Store) TrashPage(ctx context.Context, site int64, by change.Actor, id int64) error {
	return st.removePage(ctx, site, by, id, func(p Page) bool { return p.Status != trashed }, "content.trash",
		`DELETE FROM watches WHERE site_id = $1 AND kind = 'content' AND target_id IN `+branch,
		`UPDATE content SET status = 'trashed', title_key = NULL WHERE site_id = $1 AND content_id IN `+branch)
}

// PurgePage deletes trashed content, and all below it, for good. What is not in the trash is NotFound.
func (st *Store) PurgePage(ctx context.Context, site int64, by change.Actor, id int64) error {
	return st.removePage(ctx, site, by, id, func(p Page) bool { return p.Status == trashed }, "content.delete", deletion...)
}

// DeletePage deletes content, and all below it, for good, in the trash or not.
func (st *Store) DeletePage(ctx context.Context, site int64, by change.Actor, id int64) error {
	return st.removePage(ctx, site, by, id, func(Page) bool { return true }, "content.delete", deletion...)
}

const trashed = "trashed"

// deletion are the statements that delete content and all below it.
var deletion = []string{
	`DELETE FROM watches WHERE site_id = $1 AND kind = 'content' AND target_id IN ` + branch,
	`DELETE FROM labelled WHERE site_id = $1 AND target_kind = 'content' AND target_id IN ` + branch,
	`UPDATE spaces SET homepage_id = 0 WHERE site_id = $1 AND homepage_id IN ` + branch,
	`DELETE FROM content WHERE site_id = $1 AND content_id = $2`,
}

// removePage runs statements on site $1 and content $2 where it is there and may be removed so.
func (st *Store) removePage(ctx context.Context, site int64, by change.Actor, id int64, may func(Page) bool, operation string, statements ...string) error {
	return st.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		p, err := st.PageIn(ctx, tx, site, id)
		if err != nil {
			return err
		}
		if !may(p) {
			return noPage(id)
		}
		for _, s := range statements {
			if _, err := tx.ExecContext(ctx, s, site, id); err != nil {
				return err
			}
		}
		tx.Record(change.Record{Operation: operation, Target: pageTarget(id), Version: int64(p.Version.Number), Fields: change.Fields{"Title": {p.Title, nil}}})
		return nil
	})
}
