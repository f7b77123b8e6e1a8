// Package content keeps the little of Confluence that people refer to: spaces, their first pages, labels,
// and who may see them. It knows no HTTP and no wire format.
package content

import (
	"context"
	"unicode"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Store is the spaces and content of every site in a database. Each method names the site it works on.
type Store struct {
	Changes *change.Log
}

func (st *Store) db() *db.DB { return st.Changes.DB }

// Viewer is a caller in the role of someone who looks at spaces and content.
type Viewer struct {
	AccountID     string // empty for anonymous callers
	Licensed      bool   // may use the site by a permission of their own
	Administrator bool   // of Confluence or of the site
}

// holds tells inside a query whether a row's subject is the account of parameter $2, or one of its groups.
func holds(row string) string {
	return `(` + row + `.subject_kind = 'user' AND ` + row + `.subject_id = $2 OR ` + row + `.subject_kind = 'group' AND EXISTS (
		SELECT 1 FROM memberships m WHERE m.site_id = ` + row + `.site_id AND m.group_id = ` + row + `.subject_id AND m.account_id = $2))`
}

const (
	// firstID is the first number that a site gives to a space, content, label or permission.
	firstID = 65537
	// MaxID is the largest ID: beyond it JSON readers that use floating point would take two IDs for one.
	MaxID = 1<<53 - 1
)

// take reserves n numbers of the site and returns the first.
func take(ctx context.Context, tx *change.Tx, n int) (int64, error) {
	last, _, err := db.One(ctx, tx, db.Scalar[int64], `INSERT INTO content_ids (site_id, last) VALUES ($1, $2)
		ON CONFLICT (site_id) DO UPDATE SET last = content_ids.last + $3 RETURNING last`, tx.Site, firstID+int64(n)-1, n)
	return last - int64(n) + 1, err
}

// number returns the ID that a new thing asks for, or a fresh one where it asks for none.
func number(ctx context.Context, tx *change.Tx, asked int64) (int64, error) {
	if asked == 0 {
		return take(ctx, tx, 1)
	}
	if asked < 0 || asked > MaxID {
		return 0, failure.Invalid.Errorf("The ID %d is not between 1 and %d.", asked, int64(MaxID))
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO content_ids (site_id, last) VALUES ($1, $2)
		ON CONFLICT (site_id) DO UPDATE SET last = CASE WHEN content_ids.last < excluded.last THEN excluded.last ELSE content_ids.last END`,
		tx.Site, max(asked, firstID-1))
	return asked, err
}

// CopyIDsIn keeps what is added here, in a scratch database, from taking the ID of something in another store.
func (st *Store) CopyIDsIn(ctx context.Context, tx *change.Tx, from *Store) error {
	last, found, err := db.One(ctx, from.db(), db.Scalar[int64], `SELECT last FROM content_ids WHERE site_id = $1`, tx.Site)
	if err == nil && found {
		_, err = number(ctx, tx, last)
	}
	return err
}

// longestLine is how long one line of text can be, in characters.
const longestLine = 255

// checkLine refuses what could not be shown on one line of text.
func checkLine(name, value string) error {
	if utf8.RuneCountInString(value) > longestLine {
		return failure.Invalid.Errorf("The %s is longer than %d characters.", name, longestLine)
	}
	for _, r := range value {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return failure.Invalid.Errorf("The %s has a control character.", name)
		}
	}
	return checkText(name, value, 4*longestLine)
}

// checkText refuses text that is too long, or that a database could not store.
func checkText(name, value string, most int) error {
	if len(value) > most {
		return failure.Invalid.Errorf("The %s is longer than %d bytes.", name, most)
	}
	if !utf8.ValidString(value) {
		return failure.Invalid.Errorf("The %s is not valid UTF-8.", name)
	}
	for _, r := range value {
		if r == 0 {
			return failure.Invalid.Errorf("The %s has a NUL character.", name)
		}
	}
	return nil
}

// fits groups the rows of a limited query by what they belong to, ids being in the order of the query.
// Where the limit cut the rows off, the thing it cut and all after it are left out; everything else has an
// entry, empty where it has no rows.
func fits[T any](ids []int64, rows []T, limited bool, of func(T) int64) map[int64][]T {
	grouped := make(map[int64][]T, len(ids))
	for _, id := range ids {
		if !limited || id < of(rows[len(rows)-1]) {
			grouped[id] = []T{}
		}
	}
	for _, row := range rows {
		if kept, ok := grouped[of(row)]; ok {
			grouped[of(row)] = append(kept, row)
		}
	}
	return grouped
}
