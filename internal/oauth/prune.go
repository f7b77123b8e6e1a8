package oauth

import (
	"context"
	"fmt"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
)

// pruned bounds how many rows of each kind one transaction deletes.
const pruned = 500

// ended are what deletes the rows of a site ($1) that ended before a time ($2), at most so many ($3), and what each kind
// is called in the record. Codes and refresh tokens go with their grant.
var ended = []struct{ name, table, key, when string }{
	{"Codes", "authorization_codes", "code_hash", "expires_at < $2"},
	{"RefreshTokens", "refresh_tokens", "secret_hash", "expires_at < $2"},
	{"Grants", "grants", "grant_id", "revoked_at > 0 AND revoked_at < $2"},
}

// Prune deletes the codes and the refresh tokens of a site that expired before the given time, and the grants that were
// revoked before it, and returns how many. Each step is recorded as the change that it is.
func Prune(ctx context.Context, changes *change.Log, site int64, before time.Time) (deleted int64, err error) {
	for _, e := range ended {
		n, err := prune(ctx, changes, site, before, e.name, e.table, e.key, e.when)
		deleted += n
		if err != nil {
			return deleted, fmt.Errorf("delete from %s what ended before %s: %w", e.table, before.UTC().Format(time.RFC3339), err)
		}
	}
	return deleted, nil
}

func prune(ctx context.Context, changes *change.Log, site int64, before time.Time, name, table, key, when string) (deleted int64, err error) {
	rows := `SELECT ` + key + ` FROM ` + table + ` WHERE site_id = $1 AND ` + when + ` LIMIT $3`
	for {
		_, found, err := db.One(ctx, changes.DB, db.Scalar[string], rows, site, before.UnixMicro(), 1)
		if err != nil || !found {
			return deleted, err
		}
		var n int64
		err = changes.Write(ctx, site, change.Actor{Via: change.Upkeep}, func(tx *change.Tx) (err error) {
			n, err = tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE site_id = $1 AND `+key+` IN (`+rows+`)`, site, before.UnixMicro(), pruned)
			if n > 0 {
				tx.Record(change.Record{Operation: "oauth.prune", Target: "site", Fields: change.Fields{name: {nil, n}}})
			}
			return err
		})
		if err != nil {
			return deleted, err
		}
		if deleted += n; n < pruned {
			return deleted, nil
		}
	}
}
