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
	ClientID  string // of an access token: the app that has it
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
			form := ", ($%d, $%d, $%d, $%d, $%d)"
			if i == 0 {
				form = "(CAST($%d AS text), CAST($%d AS text), CAST($%d AS text), CAST($%d AS text), CAST($%d AS bigint))"
			}
			n := len(args)
			fmt.Fprintf(&values, form, n+1, n+2, n+3, n+4, n+5)
			var expires int64
			if !t.ExpiresAt.IsZero() {
				expires = t.ExpiresAt.UnixMicro()
			}
			args = append(args, t.Of, t.ID, t.ClientID, HashSecret(t.Secret), expires)
		}
		n, err := tx.ExecContext(ctx, `WITH copied (was, token_id, client_id, secret_hash, expires_at) AS (VALUES `+values.String()+`)
			INSERT INTO tokens (site_id, token_id, account_id, secret_hash, label, kind, scopes, client_id, family, epoch, created_at, expires_at, revoked_at)
			SELECT CAST($1 AS bigint), c.token_id, t.account_id, c.secret_hash, t.label, t.kind, t.scopes, c.client_id, t.family, t.epoch, t.created_at,
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

// AppCopy is an app of a site that is a copy of another.
type AppCopy struct {
	Of             string // client ID of the app that it is a copy of
	ClientID       string
	Key, ClientKey string // of a Connect app
	Secrets        AppSecrets
}

// CopyAppsIn gives the transaction's site copies of another site's apps, for accounts that have the same IDs. All of
// them belong to the making of the site, so none has a record of its own.
func (d *Directory) CopyAppsIn(ctx context.Context, tx *change.Tx, from int64, apps []AppCopy) error {
	for _, a := range apps {
		secret := ""
		if a.Secrets.Client != "" {
			secret = HashSecret(a.Secrets.Client)
		}
		n, err := tx.ExecContext(ctx, `INSERT INTO apps (site_id, client_id, version, kind, name, account_id, public, secret_hash, redirect_uris, scopes,
				app_key, client_key, shared_secret, descriptor, blocked, created_at)
			SELECT CAST($1 AS bigint), CAST($4 AS text), version, kind, name, account_id, public, CAST($5 AS text), redirect_uris, scopes,
				CAST($6 AS text), CAST($7 AS text), CAST($8 AS text), descriptor, blocked, created_at
			FROM apps WHERE site_id = $2 AND client_id = $3`,
			tx.Site, from, a.Of, a.ClientID, secret, orNull(a.Key), orNull(a.ClientKey), a.Secrets.Shared)
		if err == nil && n != 1 {
			err = fmt.Errorf("it is not there")
		}
		if err != nil {
			return fmt.Errorf("copy app %s: %w", a.Of, err)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO clients (client_id, site_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, a.ClientID, tx.Site); err != nil {
			return fmt.Errorf("copy app %s: %w", a.Of, err)
		}
	}
	return nil
}
