package directory

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// SetPicture stores an account's picture, a PNG; nil removes it.
func (d *Directory) SetPicture(ctx context.Context, site int64, by change.Actor, ref string, png []byte) error {
	return d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		a, err := d.account(ctx, tx, site, ref)
		if err != nil {
			return err
		}
		digest := ""
		if png != nil {
			sum := sha256.Sum256(png)
			digest = hex.EncodeToString(sum[:16])
		}
		if a.Status == Closed {
			return failure.Conflict.Errorf("Account %s is closed: it has no picture any more.", a.ID)
		}
		if a.Picture == digest {
			return nil
		}
		a, err = d.ChangeIn(ctx, tx, a, func(a *Account) error { a.Picture = digest; return nil })
		if err != nil || png == nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO pictures (site_id, account_id, png) VALUES ($1, $2, $3)
			ON CONFLICT (site_id, account_id) DO UPDATE SET png = excluded.png`, site, a.ID, png)
		return err
	})
}

// PicturePNG returns the picture that p's viewer may see, or nil where there is none to see.
func (d *Directory) PicturePNG(ctx context.Context, site int64, p Profile) ([]byte, error) {
	if p.Picture.Digest == "" {
		return nil, nil
	}
	png, _, err := db.One(ctx, d.db(), db.Scalar[[]byte], `SELECT png FROM pictures WHERE site_id = $1 AND account_id = $2`, site, p.ID)
	return png, err
}
