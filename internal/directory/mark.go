package directory

import (
	"context"
	"database/sql"
	"fmt"
	"sort"

	"github.com/rosterhq/roster/internal/cache"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
)

// blockSize is the block of every list. One is split when it has twice as many entries.
const blockSize = 1000

// ordered is a long list in the order of an index, with marks that say how many entries stand from one key
// on. A jump to any offset adds up marks and then skips within one block, so it costs the same
// anywhere; the length is the sum of the marks.
type ordered struct {
	name   string // in list_marks
	splits string // query for the key at an offset from a key: $1 site, $2 from, $3 offset
	args   []any  // of that query, from $4 on
	block  int64  // about how many entries stand behind one mark
	access bool   // whether all that changes the list is a change of access
}

var groupList = ordered{
	name:   "groups",
	splits: `SELECT name_key FROM groups WHERE site_id = $1 AND name_key >= $2 ORDER BY name_key LIMIT 1 OFFSET $3`,
	block:  blockSize,
}

func memberList(groupID string) ordered {
	return ordered{
		name: "members/" + groupID,
		splits: `SELECT account_id FROM memberships WHERE site_id = $1 AND account_id >= $2 AND group_id = $4 AND listed
			ORDER BY account_id LIMIT 1 OFFSET $3`,
		args:   []any{groupID},
		block:  blockSize,
		access: true,
	}
}

// add counts a key that has just been inserted.
func (l ordered) add(ctx context.Context, tx *change.Tx, key string) error {
	const containing = `site_id = $1 AND list = $2 AND first = (
		SELECT MAX(first) FROM list_marks WHERE site_id = $1 AND list = $2 AND first <= $3)`
	block, found, err := db.One(ctx, tx, scanMark, `UPDATE list_marks SET entries = entries + 1 WHERE `+containing+` RETURNING first, entries`,
		tx.Site, l.name, key)
	if err != nil {
		return fmt.Errorf("mark %s: %w", l.name, err)
	}
	if !found {
		_, err := tx.ExecContext(ctx, `INSERT INTO list_marks (site_id, list, first, entries) VALUES ($1, $2, '', 1)`, tx.Site, l.name)
		return err
	}
	if block.entries < 2*l.block {
		return nil
	}
	middle, found, err := db.One(ctx, tx, db.Scalar[string], l.splits, append([]any{tx.Site, block.first, l.block}, l.args...)...)
	if err != nil || !found {
		return fmt.Errorf("split %s: %w", l.name, err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE list_marks SET entries = $4 WHERE site_id = $1 AND list = $2 AND first = $3`,
		tx.Site, l.name, block.first, l.block); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO list_marks (site_id, list, first, entries) VALUES ($1, $2, $3, $4)`,
		tx.Site, l.name, middle, block.entries-l.block)
	return err
}

// addMany counts keys that have just been inserted, each once, in ascending order. It costs one look at the
// marks however many keys there are.
func (l ordered) addMany(ctx context.Context, tx *change.Tx, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	blocks, err := db.All(ctx, tx, scanMark, `SELECT first, entries FROM list_marks WHERE site_id = $1 AND list = $2 ORDER BY first`, tx.Site, l.name)
	if err != nil {
		return fmt.Errorf("mark %s: %w", l.name, err)
	}
	if len(blocks) == 0 || blocks[0].first != "" {
		blocks = append([]mark{{}}, blocks...)
	}
	var rows [][]any
	for i, block := range blocks {
		into := len(keys)
		if i+1 < len(blocks) {
			into = sort.SearchStrings(keys, blocks[i+1].first)
		}
		if into == 0 {
			continue
		}
		block.entries += int64(into)
		keys = keys[into:]
		for block.entries >= 2*l.block {
			next, found, err := db.One(ctx, tx, db.Scalar[string], l.splits, append([]any{tx.Site, block.first, l.block}, l.args...)...)
			if err != nil || !found {
				return fmt.Errorf("split %s: %w", l.name, err)
			}
			rows = append(rows, []any{l.name, block.first, l.block})
			block = mark{next, block.entries - l.block}
		}
		rows = append(rows, []any{l.name, block.first, block.entries})
	}
	_, err = insertRows(ctx, tx, `INSERT INTO list_marks (site_id, list, first, entries)`,
		`ON CONFLICT (site_id, list, first) DO UPDATE SET entries = excluded.entries`, rows, asIs)
	return err
}

// remove uncounts a key that has just been deleted.
func (l ordered) remove(ctx context.Context, tx *change.Tx, key string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE list_marks SET entries = entries - 1 WHERE site_id = $1 AND list = $2 AND first = (
		SELECT MAX(first) FROM list_marks WHERE site_id = $1 AND list = $2 AND first <= $3)`, tx.Site, l.name, key); err != nil {
		return fmt.Errorf("mark %s: %w", l.name, err)
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM list_marks WHERE site_id = $1 AND list = $2 AND entries = 0`, tx.Site, l.name)
	return err
}

// drop forgets the whole list.
func (l ordered) drop(ctx context.Context, tx *change.Tx) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM list_marks WHERE site_id = $1 AND list = $2`, tx.Site, l.name)
	return err
}

// seek returns from which key, and how many entries after it, the entry at start stands; and the list's length.
func (l ordered) seek(ctx context.Context, q db.Querier, site int64, start int) (from string, offset int, total int64, err error) {
	blocks, err := l.marks(ctx, q, site)
	offset = -1
	for _, b := range blocks {
		if offset < 0 && int64(start) < total+b.entries {
			from, offset = b.first, start-int(total)
		}
		total += b.entries
	}
	return from, max(offset, 0), total, err
}

const allMarks = `SELECT first, entries FROM list_marks WHERE site_id = $1 AND list = $2 ORDER BY first`

// marks returns the list's marks in order. Those of a list whose every change is one of access may come from the cache.
func (l ordered) marks(ctx context.Context, q db.Querier, site int64) ([]mark, error) {
	read := func() ([]mark, bool, error) {
		marks, err := db.All(ctx, q, scanMark, allMarks, site, l.name)
		return marks, len(marks) > 0, err
	}
	if !l.access {
		marks, _, err := read()
		return marks, err
	}
	marks, _, err := cache.Read(ctx, site, "marks", l.name, func(marks []mark) int { return 64 * len(marks) }, read)
	return marks, err
}

// mark says how many entries a block has that begins at first.
type mark struct {
	first   string
	entries int64
}

func scanMark(rows *sql.Rows) (m mark, err error) { return m, rows.Scan(&m.first, &m.entries) }
