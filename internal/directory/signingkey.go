package directory

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"strings"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
)

// SigningKey is a key by which a site signs what it sends to Connect apps.
type SigningKey struct {
	ID      string // names its site, as a token does; anybody may know it
	Private string // as whoever made the key wrote it
}

// newSigningKeyID makes the ID of a key of a site. Nobody finds a key by guessing.
func newSigningKeyID(cloudID string) string {
	var random [16]byte
	rand.Read(random[:])
	return "key_" + strings.ReplaceAll(cloudID, "-", "") + "_" + base62(random[:], 22)
}

func scanSigningKey(rows *sql.Rows) (k SigningKey, err error) {
	return k, rows.Scan(&k.ID, &k.Private)
}

const newestSigningKey = `SELECT key_id, private FROM signing_keys WHERE site_id = $1 ORDER BY created_at DESC, key_id LIMIT 1`

// SigningKey returns the newest signing key of a site, and one that generate writes where the site has none.
func (d *Directory) SigningKey(ctx context.Context, site int64, cloudID string, by change.Actor, generate func() (string, error)) (SigningKey, error) {
	k, found, err := db.One(ctx, d.db(), scanSigningKey, newestSigningKey, site)
	if err != nil || found {
		return k, err
	}
	private, err := generate() // takes too long for a transaction
	if err != nil {
		return SigningKey{}, err
	}
	err = d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		if k, found, err = db.One(ctx, tx, scanSigningKey, newestSigningKey, site); err != nil || found {
			return err
		}
		k = SigningKey{newSigningKeyID(cloudID), private}
		tx.Record(change.Record{Operation: "signingkey.create", Target: "signingkey:" + k.ID})
		_, err := tx.ExecContext(ctx, `INSERT INTO signing_keys (site_id, key_id, private, created_at) VALUES ($1, $2, $3, $4)`,
			site, k.ID, k.Private, tx.Now.UnixMicro())
		return err
	})
	if err != nil {
		return SigningKey{}, fmt.Errorf("make a signing key: %w", err)
	}
	return k, nil
}

// SigningKeyByID returns a site's signing key, or false where there is none of this ID.
func (d *Directory) SigningKeyByID(ctx context.Context, site int64, id string) (SigningKey, bool, error) {
	return db.One(ctx, d.db(), scanSigningKey, `SELECT key_id, private FROM signing_keys WHERE site_id = $1 AND key_id = $2`, site, id)
}
