package directory

import (
	"context"
	"slices"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
)

// Check reports the first thing that is wrong with a, as storing it would.
func (a Account) Check() error { return a.check() }

// HasPassword reports whether an account can sign in with a password.
func (d *Directory) HasPassword(ctx context.Context, site int64, accountID string) (bool, error) {
	_, found, err := db.One(ctx, d.db(), db.Scalar[int64], `SELECT set_at FROM passwords WHERE site_id = $1 AND account_id = $2`, site, accountID)
	return found, err
}

// The account's tokens come first: for the order alone both engines would walk through all those of the site.
const ownTokens = `WITH own AS MATERIALIZED (SELECT token_id FROM tokens
		WHERE site_id = $1 AND account_id = $2 AND kind IN ('classic', 'scoped') AND revoked_at = 0)
	SELECT token_id FROM own WHERE token_id < $3 OR $3 = '' ORDER BY token_id DESC LIMIT CAST($4 AS bigint)`

const ownSessions = `SELECT token_id FROM tokens WHERE site_id = $1 AND account_id = $2 AND kind` + sessionOfOne + ` AND revoked_at = 0 AND expires_at > $3`

// TokensOf returns a page of the API tokens of an account that are not revoked, expired ones included: by ID, the newest
// first, at most limit. before is "" for the first page, then next of the page before; the last page has none.
func (d *Directory) TokensOf(ctx context.Context, site int64, accountID, before string, limit int) (page []Token, next string, err error) {
	if !storable(before) {
		return nil, "", nil
	}
	page, err = d.tokens(ctx, `t.site_id = $1 AND t.token_id IN (`+ownTokens+`)`, site, accountID, before, limit+1)
	slices.Reverse(page)
	if len(page) > limit {
		page = page[:limit]
		next = page[limit-1].ID
	}
	return page, next, err
}

// EndOtherSessions signs an account out everywhere but in the session of this ID, and returns how many sessions that
// ended.
func (d *Directory) EndOtherSessions(ctx context.Context, site int64, by change.Actor, accountID, session string) (n int64, err error) {
	err = d.Changes.Write(ctx, site, by, func(tx *change.Tx) (err error) {
		n, err = tx.ExecContext(ctx, `UPDATE tokens SET revoked_at = $3
			WHERE site_id = $1 AND account_id = $2 AND kind`+sessionOfOne+` AND revoked_at = 0 AND token_id <> $4`, site, accountID, tx.Now.UnixMicro(), session)
		if err == nil && n > 0 {
			tx.Record(change.Record{Operation: "session.end", Target: "account:" + accountID, Access: true})
		}
		return err
	})
	return n, err
}
