package directory

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/cache"
	"github.com/rosterhq/roster/internal/db"
)

// hit is an account and the word by which it was found.
type hit struct{ word, id string }

func scanHit(rows *sql.Rows) (h hit, err error) { return h, rows.Scan(&h.word, &h.id) }

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

// hits is the query for the words of one audience from one to another, and whose they are.
func (l Licence) hits() string {
	where := ``
	switch l {
	case LicensedOnly:
		where = ` WHERE ` + licensed
	case OutsidersOnly:
		where = ` WHERE EXISTS (SELECT 1 FROM accounts o WHERE o.site_id = a.site_id AND o.account_id = a.account_id AND (o.guest OR o.external))`
	}
	return `SELECT a.word, a.account_id FROM (SELECT site_id, word, account_id FROM account_words
		WHERE site_id = $1 AND audience = $2 AND word >= $3 AND word < $4 ORDER BY word, account_id LIMIT CAST($5 AS bigint)) a` + where + ` ORDER BY a.word, a.account_id`
}

// hits reads the accounts that somebody of these audiences finds by a prefix.
func (d *Directory) hits(ctx context.Context, site int64, audiences []Audience, prefix string, only Licence) ([]hit, error) {
	var hits []hit
	for _, audience := range audiences {
		found, err := db.All(ctx, d.db(), scanHit, only.hits(), site, audience.String(), prefix, prefix+"\U0010FFFF", MostFound)
		if err != nil {
			return nil, err
		}
		hits = append(hits, found...)
	}
	slices.SortFunc(hits, hit.compare)
	seen := make(map[string]bool, len(hits))
	return cut(slices.DeleteFunc(hits, func(h hit) bool {
		again := seen[h.id]
		seen[h.id] = true
		return again
	}), 0, MostFound), nil
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
