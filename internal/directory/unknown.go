package directory

import (
	"context"
	"database/sql"
	"slices"

	"github.com/rosterhq/roster/internal/cache"
	"github.com/rosterhq/roster/internal/db"
)

// Whoever floods a site with credentials that there are not is to pay more than we do. Who is served comes from the
// cache, and what is not there is never in it; so here it is known, between two commits, what there is.

const (
	mostKnown = 50_000 // tokens of a site; of more than that each is looked up
	oneIn     = 500    // so many unknown credentials, on average, until it pays to read all that there are
)

// known is all that there is of a kind.
type known struct {
	sorted []uint64 // a number each
	many   bool     // there are too many to hold
}

func (k known) bytes() int { return 64 + 8*len(k.sorted) }

// unknownToken reports whether a site surely has no token of this hash, as far as that is known without a look.
func (d *Directory) unknownToken(ctx context.Context, site int64, hash string) (bool, error) {
	return d.unknown(ctx, site, "token hashes", beginning, hash, `SELECT secret_hash FROM tokens WHERE site_id = $1 LIMIT $2`)
}

// unknownApp reports whether a site surely has no Connect app of this name, as far as that is known without a look.
func (d *Directory) unknownApp(ctx context.Context, site int64, name string) (bool, error) {
	number := func(name string) uint64 { return beginning(HashSecret(name)) }
	return d.unknown(ctx, site, "app names", number, name, `SELECT client_id FROM apps WHERE site_id = $1 AND kind = 'connect'
		UNION ALL SELECT app_key FROM apps WHERE site_id = $1 AND kind = 'connect'
		UNION ALL SELECT client_key FROM apps WHERE site_id = $1 AND kind = 'connect' LIMIT $2`)
}

// unknown reports whether query surely does not return a text. Of each text it knows a number.
func (d *Directory) unknown(ctx context.Context, site int64, kind string, number func(string) uint64, text, query string) (bool, error) {
	all, held, err := cache.Sometimes(ctx, site, kind, oneIn, known.bytes, func() (known, error) {
		sorted, err := db.All(ctx, d.db(), func(rows *sql.Rows) (uint64, error) {
			var text string
			err := rows.Scan(&text)
			return number(text), err
		}, query, site, mostKnown+1)
		if len(sorted) > mostKnown {
			return known{many: true}, err
		}
		slices.Sort(sorted)
		return known{sorted: sorted}, err
	})
	if err != nil || !held || all.many {
		return false, err
	}
	_, found := slices.BinarySearch(all.sorted, number(text))
	return !found, nil
}

// beginning is a number for the first digits of a hash.
func beginning(hash string) (n uint64) {
	for i := range min(16, len(hash)) {
		n = n<<4 | uint64(hash[i]&15+hash[i]>>6*9)
	}
	return n
}
