package directory

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/cache"
	"github.com/rosterhq/roster/internal/db"
)

// hit is an account and the word by which it was found.
type hit struct{ word, id string }

func (h hit) compare(other hit) int {
	return cmp.Or(strings.Compare(h.word, other.word), strings.Compare(h.id, other.id))
}

func idsOf(hits []hit) []string {
	ids := make([]string, len(hits))
	for i, h := range hits {
		ids[i] = h.id
	}
	return ids
}

// byWord returns the accounts that have a word with this prefix which viewer may see, each by the first such word, in
// (word, ID) order. Whoever gets them shares them.
func (d *Directory) byWord(ctx context.Context, site int64, viewer Viewer, prefix string, only Licence) ([]hit, error) {
	audiences := viewer.audiences()
	// Who belongs to the same audiences finds the same, but for themselves.
	of := strconv.Itoa(len(audiences)) + "/" + strconv.Itoa(int(only)) + "/" + prefix
	found, _, err := cache.Read(ctx, site, "found", of, hitBytes, func() ([]hit, bool, error) {
		hits, err := d.hits(ctx, site, audiences, prefix, only)
		return hits, len(hits) > 0, err
	})
	if err != nil || viewer.AccountID == "" || viewer.Admin {
		return found, err
	}
	return d.withOwn(ctx, site, viewer, prefix, only, found)
}

// hitBytes is about how much memory hits take.
func hitBytes(hits []hit) (bytes int) {
	for _, h := range hits {
		bytes += 48 + len(h.word) + len(h.id)
	}
	return bytes
}

// SQLite compiles a statement anew for each value of a bare LIMIT $n: hence the CAST.
const wordBlocks = `SELECT word, account_id, accounts FROM account_words
	WHERE site_id = $1 AND audience = $2 AND (word, account_id) >= ($3, $4) AND word < $5 ORDER BY word, account_id LIMIT CAST($6 AS bigint)`

// hits reads the accounts that somebody of these audiences finds by a prefix.
func (d *Directory) hits(ctx context.Context, site int64, audiences []Audience, prefix string, only Licence) ([]hit, error) {
	var shelves []*shelved
	found := 0
	for _, audience := range audiences {
		for _, name := range only.shelves(audience) {
			s, err := d.shelved(ctx, site, name, prefix)
			if err != nil {
				return nil, err
			}
			found += s.accounts
			if s.next() {
				shelves = append(shelves, s)
			}
		}
	}
	hits := make([]hit, 0, min(found, MostFound))
	seen := make(map[string]struct{}, cap(hits))
	for len(shelves) > 0 && len(hits) < MostFound {
		s := slices.MinFunc(shelves, func(a, b *shelved) int { return a.hit.compare(b.hit) })
		if _, again := seen[s.hit.id]; !again {
			seen[s.hit.id] = struct{}{}
			hits = append(hits, s.hit)
		}
		if !s.next() {
			shelves = slices.DeleteFunc(shelves, func(other *shelved) bool { return other == s })
		}
	}
	return hits, nil
}

// shelved is what stands on one shelf, taken one by one.
type shelved struct {
	hit  hit
	word string
	rest string      // of the accounts of a row
	rows [][3]string // as [scanWordRow] has them

	accounts int // in all rows
}

// next takes the next account, and reports whether there was one.
func (s *shelved) next() bool {
	if s.rest == "" {
		if len(s.rows) == 0 {
			return false
		}
		s.word, s.rest, s.rows = s.rows[0][0], s.rows[0][2], s.rows[1:]
	}
	id, rest, _ := strings.Cut(s.rest, " ")
	s.hit, s.rest = hit{s.word, id}, rest
	return true
}

// shelved reads what a prefix finds on one shelf, at least the first [MostFound].
func (d *Directory) shelved(ctx context.Context, site int64, shelf, prefix string) (*shelved, error) {
	s := &shelved{}
	word, first := prefix, ""
	// A row may have one account or dozens: so few are read to begin with.
	for most := MostFound/inNewRow + 2; ; most *= 4 {
		rows, err := db.All(ctx, d.db(), scanWordRow, wordBlocks, site, shelf, word, first, prefix+"\U0010FFFF", most)
		if err != nil {
			return nil, err
		}
		more := len(rows) == most
		if more { // the next look begins at the last of these
			word, first = rows[most-1][0], rows[most-1][1]
			rows = rows[:most-1]
		}
		for _, r := range rows {
			s.accounts += strings.Count(r[2], " ") + 1
		}
		s.rows = append(s.rows, rows...)
		if !more || s.accounts >= MostFound {
			return s, nil
		}
	}
}

// withOwn adds viewer to found: whatever they chose, people find themselves.
func (d *Directory) withOwn(ctx context.Context, site int64, viewer Viewer, prefix string, only Licence, found []hit) ([]hit, error) {
	accounts, err := d.known(ctx, site, []string{viewer.AccountID})
	me := accounts[viewer.AccountID]
	if err != nil || !only.admits(me) {
		return found, err
	}
	words := distinct(slices.Concat(slices.Collect(maps.Values(me.words()))...))
	first, _ := slices.BinarySearch(words, prefix)
	if first == len(words) || !strings.HasPrefix(words[first], prefix) {
		return found, nil
	}
	own := hit{words[first], me.ID}
	known := slices.IndexFunc(found, func(h hit) bool { return h.id == own.id })
	if known >= 0 && found[known].word == own.word {
		return found, nil
	}
	all := slices.Clone(found)
	if known >= 0 {
		all = slices.Delete(all, known, known+1)
	}
	at, _ := slices.BinarySearchFunc(all, own, hit.compare)
	return cut(slices.Insert(all, at, own), 0, MostFound), nil
}
