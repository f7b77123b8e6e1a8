package directory

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
)

// prunedTokens bounds how many tokens one transaction deletes.
const prunedTokens = 500

// PruneTokens deletes the access tokens and sessions of a site that ended before the given time, by expiry or by
// revocation, and returns how many. API tokens stay, so that their owners see what became of them. Each step is recorded
// as the change that it is.
func (d *Directory) PruneTokens(ctx context.Context, site int64, before time.Time) (deleted int64, err error) {
	for {
		ids, err := db.All(ctx, d.db(), db.Scalar[string], `SELECT token_id FROM tokens
			WHERE site_id = $1 AND kind IN ('access', 'session') AND expires_at < $2
			UNION SELECT token_id FROM tokens WHERE site_id = $1 AND kind IN ('access', 'session') AND revoked_at > 0 AND revoked_at < $2
			LIMIT $3`, site, before.UnixMicro(), prunedTokens)
		if err != nil {
			return deleted, fmt.Errorf("look for tokens that ended: %w", err)
		}
		if len(ids) == 0 {
			return deleted, nil
		}
		n, err := d.pruneTokens(ctx, site, ids)
		if err != nil {
			return deleted, fmt.Errorf("delete tokens that ended before %s: %w", before.UTC().Format(time.RFC3339), err)
		}
		if deleted += n; len(ids) < prunedTokens {
			return deleted, nil
		}
	}
}

// pruneTokens deletes tokens that ended: what has ended never comes back.
func (d *Directory) pruneTokens(ctx context.Context, site int64, ids []string) (n int64, err error) {
	list, args := db.In(ids, any(site))
	err = d.Changes.Write(ctx, site, change.Actor{Via: change.Upkeep}, func(tx *change.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM token_uses WHERE site_id = $1 AND token_id IN (`+list+`)`, args...); err != nil {
			return err
		}
		if n, err = tx.ExecContext(ctx, `DELETE FROM tokens WHERE site_id = $1 AND token_id IN (`+list+`)`, args...); err != nil {
			return err
		}
		tx.Record(change.Record{Operation: "token.prune", Target: "site", Fields: change.Fields{"Tokens": {nil, n}}})
		return nil
	})
	return n, err
}

// TokenExpiry counts the API tokens of a site by when they expire. Those that were revoked, and those of accounts that
// are not active, count nowhere.
type TokenExpiry struct{ Within7Days, Within30Days, Expired int64 }

// TokenExpiry counts the API tokens of a site as they stand now.
func (d *Directory) TokenExpiry(ctx context.Context, site int64) (TokenExpiry, error) {
	now := d.Changes.Now()
	out, _, err := db.One(ctx, d.db(), func(rows *sql.Rows) (e TokenExpiry, err error) {
		return e, rows.Scan(&e.Within7Days, &e.Within30Days, &e.Expired)
	}, `SELECT COALESCE(SUM(CASE WHEN t.expires_at > $2 AND t.expires_at <= $3 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN t.expires_at > $2 THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN t.expires_at <= $2 THEN 1 ELSE 0 END), 0)
		FROM tokens t JOIN accounts a ON a.site_id = t.site_id AND a.account_id = t.account_id
		WHERE t.site_id = $1 AND t.kind IN ('classic', 'scoped') AND t.expires_at <= $4 AND t.revoked_at = 0 AND a.status = 'active'`,
		site, now.UnixMicro(), now.AddDate(0, 0, 7).UnixMicro(), now.AddDate(0, 0, 30).UnixMicro())
	return out, err
}
