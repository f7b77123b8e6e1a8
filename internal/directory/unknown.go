package directory

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"slices"

	"github.com/rosterhq/roster/internal/cache"
	"github.com/rosterhq/roster/internal/db"
)

// Whoever floods a site with credentials that there are not is to pay more than we do. What is served comes from the
// cache, and what is not there is never in it; so here it is known, for one state of a site, what there is.

const (
	mostKnown = 50_000 // tokens of a site; of more than that we look up each
	oneIn     = 500    // so many unknown tokens, on average, until it pays to read all
)

// tokenHashes are the beginnings of the hashes of all tokens of a site, in order; none where there are too many.
type tokenHashes struct {
	sorted []uint64
	all    bool
}

func (h tokenHashes) bytes() int { return 64 + 8*len(h.sorted) }

// isUnknown reports whether a site surely has no token of this hash, as far as that is known without a look.
func (d *Directory) isUnknown(ctx context.Context, site int64, hash string) (bool, error) {
	const kind = "token hashes"
	known, held := cache.Held[tokenHashes](ctx, site, kind, "")
	if !held && cache.On(ctx, site) && rand.N(oneIn) == 0 {
		var err error
		known, held, err = cache.Read(ctx, site, kind, "", tokenHashes.bytes, func() (tokenHashes, bool, error) {
			h, err := d.tokenHashes(ctx, site)
			return h, true, err
		})
		if err != nil {
			return false, err
		}
	}
	if !held || !known.all {
		return false, nil
	}
	_, found := slices.BinarySearch(known.sorted, beginning(hash))
	return !found, nil
}

func (d *Directory) tokenHashes(ctx context.Context, site int64) (tokenHashes, error) {
	all, err := db.All(ctx, d.db(), func(rows *sql.Rows) (uint64, error) {
		var hash string
		err := rows.Scan(&hash)
		return beginning(hash), err
	}, `SELECT secret_hash FROM tokens WHERE site_id = $1 LIMIT $2`, site, mostKnown+1)
	if err != nil || len(all) > mostKnown {
		return tokenHashes{}, err
	}
	slices.Sort(all)
	return tokenHashes{all, true}, nil
}

// beginning is a number for the first digits of a hash.
func beginning(hash string) (n uint64) {
	for i := range min(16, len(hash)) {
		n = n<<4 | uint64(hash[i]&15+hash[i]>>6*9)
	}
	return n
}

// connectNames are the names that the Connect apps of a site sign with, each with the client ID.
type connectNames map[string]string

func (n connectNames) bytes() (sum int) {
	for name, id := range n {
		sum += 64 + len(name) + len(id)
	}
	return sum
}

// connectNamed returns the client ID of the Connect app with this app key, client key or client ID, or false.
func (d *Directory) connectNamed(ctx context.Context, site int64, name string) (string, bool, error) {
	if !cache.On(ctx, site) {
		return db.One(ctx, d.db(), db.Scalar[string], `SELECT client_id FROM apps
			WHERE site_id = $1 AND kind = 'connect' AND (app_key = $2 OR client_key = $2 OR client_id = $2)`, site, name)
	}
	names, _, err := cache.Read(ctx, site, "connect names", "", connectNames.bytes, func() (connectNames, bool, error) {
		names, err := d.connectNames(ctx, site)
		return names, true, err
	})
	id, found := names[name]
	return id, found, err
}

func (d *Directory) connectNames(ctx context.Context, site int64) (connectNames, error) {
	names := connectNames{}
	_, err := db.All(ctx, d.db(), func(rows *sql.Rows) (none struct{}, err error) {
		var id, key, clientKey string
		err = rows.Scan(&id, &key, &clientKey)
		names[id], names[key], names[clientKey] = id, id, id
		return none, err
	}, `SELECT client_id, app_key, client_key FROM apps WHERE site_id = $1 AND kind = 'connect'`, site)
	return names, err
}
