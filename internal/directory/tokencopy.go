package directory

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/change"
)

// TokenCopy is a token of a site that is a copy of another.
type TokenCopy struct {
	Of        string // ID of the token that it is a copy of
	ID        string
	Secret    string
	ExpiresAt time.Time // as that one's where zero
}

// copiesAStatement bounds the parameters of one statement: SQLite's driver takes time by the square of them.
const copiesAStatement = 32

// CopyTokensIn gives the transaction's site copies of another site's tokens, for accounts that have the same IDs. All
// of them belong to the making of the site, so none has a record of its own.
func (d *Directory) CopyTokensIn(ctx context.Context, tx *change.Tx, from int64, tokens []TokenCopy) error {
	for some := range slices.Chunk(tokens, copiesAStatement) {
		var values strings.Builder
		args := []any{tx.Site, from}
		for i, t := range some {
			form := ", ($%d, $%d, $%d, $%d)"
			if i == 0 {
				form = "(CAST($%d AS text), CAST($%d AS text), CAST($%d AS text), CAST($%d AS bigint))"
			}
			n := len(args)
			fmt.Fprintf(&values, form, n+1, n+2, n+3, n+4)
			var expires int64
			if !t.ExpiresAt.IsZero() {
				expires = t.ExpiresAt.UnixMicro()
			}
			args = append(args, t.Of, t.ID, hashSecret(t.Secret), expires)
		}
		n, err := tx.ExecContext(ctx, `WITH copied (was, token_id, secret_hash, expires_at) AS (VALUES `+values.String()+`)
			INSERT INTO tokens (site_id, token_id, account_id, secret_hash, label, kind, scopes, client_id, family, epoch, created_at, expires_at, revoked_at)
			SELECT CAST($1 AS bigint), c.token_id, t.account_id, c.secret_hash, t.label, t.kind, t.scopes, t.client_id, t.family, t.epoch, t.created_at,
				CASE WHEN c.expires_at = 0 THEN t.expires_at ELSE c.expires_at END, t.revoked_at
			FROM copied c JOIN tokens t ON t.site_id = $2 AND t.token_id = c.was`, args...)
		if err == nil && n != int64(len(some)) {
			err = fmt.Errorf("%d of %d are there", n, len(some))
		}
		if err != nil {
			return fmt.Errorf("copy tokens: %w", err)
		}
	}
	return nil
}
