package directory

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
)

const (
	// mostInRow is how many accounts stand in one row of account_words at most: so few that it fits a page of either engine.
	mostInRow = 64
	// inNewRow is with how many a row begins when one with more is split.
	inNewRow = 48
)

// wordEdits is what changes in who is found by which words: the accounts that are found from now on, and those that no
// longer are.
type wordEdits map[wordAt]map[string]bool

// findAtEnd returns what changes in a transaction. It is stored at its end, for all accounts at once: rows hold many.
func findAtEnd(ctx context.Context, tx *change.Tx) wordEdits {
	return tx.Keep("words", func() any {
		e := wordEdits{}
		tx.AtEnd("words", func() error { return e.store(ctx, tx) })
		return e
	}).(wordEdits)
}

// change has an account be found as after says, and no longer as before says. One without an ID is found by nothing.
func (e wordEdits) change(before, after *Account) {
	before.foundBy(func(w wordAt) { e.set(w, before.ID, false) })
	after.foundBy(func(w wordAt) { e.set(w, after.ID, true) })
}

// set has an account be found by a word, or no longer. Whoever leaves and comes back, or comes and leaves, changes nothing.
func (e wordEdits) set(w wordAt, id string, found bool) {
	if before, changes := e[w][id]; changes && before != found {
		delete(e[w], id)
		return
	}
	if e[w] == nil {
		e[w] = map[string]bool{}
	}
	e[w][id] = found
}

// rowAt is where a row of account_words stands: it has the accounts from first on that are found by the word, up to the
// word's next row.
type rowAt struct {
	wordAt
	first string
}

func (r rowAt) compare(other rowAt) int {
	return cmp.Or(strings.Compare(r.shelf, other.shelf), strings.Compare(r.word, other.word), strings.Compare(r.first, other.first))
}

// wordRow is a row, and what becomes of it.
type wordRow struct {
	gone, come []string
	stands     bool     // there is such a row
	accounts   []string // as it stands
}

// store writes what changes, which then is no change any more: it reads where the rows of each word begin, then the rows that it touches, and writes those.
func (e wordEdits) store(ctx context.Context, tx *change.Tx) error {
	firsts, err := e.firsts(ctx, tx)
	if err != nil {
		return err
	}
	rows := map[rowAt]*wordRow{}
	for w, changes := range e {
		of := firsts[w]
		for id, found := range changes {
			at := sort.Search(len(of), func(i int) bool { return of[i] > id }) - 1
			r := rowAt{wordAt: w}
			if at >= 0 {
				r.first = of[at]
			}
			if rows[r] == nil {
				rows[r] = &wordRow{stands: at >= 0}
			}
			if found {
				rows[r].come = append(rows[r].come, id)
			} else {
				rows[r].gone = append(rows[r].gone, id)
			}
		}
	}
	if err := readWords(ctx, tx, rows); err != nil {
		return err
	}
	clear(e)
	return writeWords(ctx, tx, rows)
}

// firsts returns where the rows of every word begin that is to change.
func (e wordEdits) firsts(ctx context.Context, tx *change.Tx) (map[wordAt][]string, error) {
	words := map[string][]string{}
	for w, changes := range e {
		if len(changes) > 0 {
			words[w.shelf] = append(words[w.shelf], w.word)
		}
	}
	firsts := map[wordAt][]string{}
	for shelf, words := range words {
		for chunk := range slices.Chunk(distinct(words), lookUps) {
			list, args := db.In(chunk, any(tx.Site), shelf)
			found, err := db.All(ctx, tx, scanPair, `SELECT word, account_id FROM account_words
				WHERE site_id = $1 AND audience = $2 AND word IN (`+list+`) ORDER BY word, account_id`, args...)
			if err != nil {
				return nil, fmt.Errorf("find words: %w", err)
			}
			for _, f := range found {
				w := wordAt{shelf, f[0]}
				firsts[w] = append(firsts[w], f[1])
			}
		}
	}
	return firsts, nil
}

// readWords reads the rows that stand.
func readWords(ctx context.Context, tx *change.Tx, rows map[rowAt]*wordRow) error {
	byShelf := map[string][]rowAt{}
	for r, row := range rows {
		if row.stands {
			byShelf[r.shelf] = append(byShelf[r.shelf], r)
		}
	}
	for shelf, some := range byShelf {
		slices.SortFunc(some, rowAt.compare)
		for chunk := range slices.Chunk(some, lookUps) {
			var words, firsts []string
			for _, r := range chunk {
				words, firsts = append(words, r.word), append(firsts, r.first)
			}
			// Neighbours are of few words, or each the first of its word: so this finds little else.
			ofWords, args := db.In(distinct(words), any(tx.Site), shelf)
			from, args := db.In(distinct(firsts), args...)
			found, err := db.All(ctx, tx, scanWordRow, `SELECT word, account_id, accounts FROM account_words
				WHERE site_id = $1 AND audience = $2 AND word IN (`+ofWords+`) AND account_id IN (`+from+`)`, args...)
			if err != nil {
				return fmt.Errorf("read words: %w", err)
			}
			for _, f := range found {
				if row := rows[rowAt{wordAt{shelf, f[0]}, f[1]}]; row != nil {
					row.accounts = strings.Split(f[2], " ")
				}
			}
		}
	}
	return nil
}

// scanWordRow scans a word, where its row begins, and the accounts in the row.
func scanWordRow(rows *sql.Rows) (r [3]string, err error) { return r, rows.Scan(&r[0], &r[1], &r[2]) }

// writeWords stores what becomes of rows.
func writeWords(ctx context.Context, tx *change.Tx, rows map[rowAt]*wordRow) error {
	type stored struct {
		rowAt
		accounts string
	}
	var all []stored
	for r, row := range rows {
		slices.Sort(row.gone)
		accounts := distinct(slices.DeleteFunc(append(row.accounts, row.come...), func(id string) bool {
			_, gone := slices.BinarySearch(row.gone, id)
			return gone
		}))
		if len(accounts) == 0 {
			if _, err := tx.ExecContext(ctx, `DELETE FROM account_words WHERE site_id = $1 AND audience = $2 AND word = $3 AND account_id = $4`,
				tx.Site, r.shelf, r.word, r.first); err != nil {
				return fmt.Errorf("delete words: %w", err)
			}
			continue
		}
		size := inNewRow
		if len(accounts) <= mostInRow {
			size = len(accounts)
		}
		for part := range slices.Chunk(accounts, size) {
			all = append(all, stored{r, strings.Join(part, " ")})
			accounts = accounts[len(part):]
			if len(accounts) > 0 {
				r.first = accounts[0]
			}
		}
	}
	slices.SortFunc(all, func(a, b stored) int { return a.compare(b.rowAt) })
	_, err := insertRows(ctx, tx, `INSERT INTO account_words (site_id, audience, word, account_id, accounts)`,
		`ON CONFLICT (site_id, audience, word, account_id) DO UPDATE SET accounts = excluded.accounts`, all, func(s stored, row []any) []any {
			return append(row, s.shelf, s.word, s.first, s.accounts)
		})
	return err
}
