package content

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/fold"
)

const (
	current = "current"
	comment = "comment"

	// longestTitleKey is how long a folded title may be, in bytes, to be its own key: folding can make a title many
	// times longer, and an index has its bounds.
	longestTitleKey = 1024
)

// titleKey returns what is unique among the pages in use of a space: the title without case, width or spacing. It
// is nil for all other content.
func (p *Page) titleKey() *string {
	if p.Type != "page" || p.Status != current {
		return nil
	}
	key := keyOfTitle(p.Title)
	return &key
}

func keyOfTitle(title string) string {
	key := fold.Key(title)
	if len(key) > longestTitleKey {
		sum := sha256.Sum256([]byte(key))
		key = hex.EncodeToString(sum[:])
	}
	return key
}

// checkTitle refuses a page whose title another page in use of its space has.
func checkTitle(ctx context.Context, tx *change.Tx, p Page) error {
	key := p.titleKey()
	if key == nil {
		return nil
	}
	_, taken, err := db.One(ctx, tx, db.Scalar[int64], `SELECT content_id FROM content
		WHERE site_id = $1 AND space_id = $2 AND title_key = $3 AND content_id <> $4`, tx.Site, p.Space, *key, p.ID)
	if err == nil && taken {
		err = failure.Conflict.Errorf("The space has another page of this title, and two would be mistaken for each other.")
	}
	return err
}

// fillTitle gives a comment without a title that of what it is about.
func (st *Store) fillTitle(ctx context.Context, tx *change.Tx, p *Page) error {
	if p.Type != comment || strings.TrimSpace(p.Title) != "" {
		return nil
	}
	if p.Parent == 0 {
		return failure.Invalid.Errorf("A comment without a title must stand below something that has one.")
	}
	about := Page{Type: comment, Parent: p.Parent}
	for about.Type == comment && about.Parent != 0 {
		var err error
		if about, err = st.PageIn(ctx, tx, tx.Site, about.Parent); err != nil {
			return err
		}
	}
	const re = "Re: "
	title := []rune(about.Title)
	if about.Type == comment {
		title = []rune(strings.TrimPrefix(about.Title, re))
	}
	p.Title = re + string(title[:min(len(title), longestLine-len(re))])
	return nil
}

// TitledIn returns the content of a space that a title names, inside a transaction: the page in use of this title,
// however it is written, else the first two pieces of content that have exactly this title, by ID. A kind other than "" leaves only
// content of that kind. Content in the trash is found only where trash is asked for, and then nothing else.
func (st *Store) TitledIn(ctx context.Context, q db.Querier, site, space int64, kind, title string, trash bool) ([]Page, error) {
	if checkLine("title", title) != nil {
		return nil, nil
	}
	if !trash && (kind == "" || kind == "page") {
		found, err := db.All(ctx, q, scanPage, `SELECT `+pageColumns+` FROM content c
			WHERE c.site_id = $1 AND c.space_id = $2 AND c.title_key = $3`, site, space, keyOfTitle(title))
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	return db.All(ctx, q, scanPage, `SELECT `+pageColumns+` FROM content c
		WHERE c.site_id = $1 AND c.space_id = $2 AND c.title = $3 AND ($4 = '' OR c.kind = $4) AND (c.status = 'trashed') = $5
		ORDER BY c.content_id LIMIT 2`, site, space, title, kind, trash)
}
