package directory

import (
	"context"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
)

// TokenByHash is [Directory.TokenBySecret] for who has no secret but knows its hash: see [HashSecret].
func (d *Directory) TokenByHash(ctx context.Context, site int64, hash string) (Shown, bool, error) {
	return d.shown(ctx, site, `t.secret_hash = $2`, hash)
}

// RevokeLabelledIn makes the token with this hash of its secret useless from the next request on, if it has this label.
func RevokeLabelledIn(ctx context.Context, tx *change.Tx, hash, label string) error {
	id, found, err := db.One(ctx, tx, db.Scalar[string], `UPDATE tokens SET revoked_at = $4
		WHERE site_id = $1 AND secret_hash = $2 AND label = $3 AND revoked_at = 0 RETURNING token_id`, tx.Site, hash, label, tx.Now.UnixMicro())
	if err == nil && found {
		tx.Record(change.Record{Operation: "token.revoke", Target: "token:" + id, Access: true})
	}
	return err
}
