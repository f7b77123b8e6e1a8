package directory

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// TokensExpiring returns up to limit of the API tokens, of an account or of the whole site where accountID is "", that are
// good now and expire before a time: the first to expire first. after is "" for the first page, then next of the page
// before; the last page has none.
func (d *Directory) TokensExpiring(ctx context.Context, site int64, accountID string, before time.Time, after string, limit int) (page []Token, next string, err error) {
	from, behind := d.Changes.Now().UnixMicro(), ""
	if after != "" {
		if from, behind, err = readTokenPlace(after); err != nil {
			return nil, "", err
		}
	}
	var soon []string
	for _, kind := range []string{string(Classic), string(Scoped)} { // each a walk along the index by expiry
		soon = append(soon, `SELECT * FROM (SELECT x.token_id, x.expires_at FROM tokens x
			WHERE x.site_id = $1 AND x.kind = '`+kind+`' AND x.expires_at >= $2 AND x.expires_at < $3 AND (x.expires_at > $2 OR x.token_id > $4)
				AND x.revoked_at = 0 AND (x.account_id = $5 OR $5 = '') ORDER BY x.expires_at, x.token_id LIMIT $6) AS `+kind)
	}
	ids, err := db.All(ctx, d.db(), db.Scalar[string], `SELECT token_id FROM (`+strings.Join(soon, ` UNION ALL `)+`) AS soon
		ORDER BY expires_at, token_id LIMIT $6`, site, from, before.UnixMicro(), behind, accountID, limit+1)
	if err != nil || len(ids) == 0 {
		return []Token{}, "", err
	}
	list, args := db.In(ids[:min(limit, len(ids))], any(site))
	page, err = d.tokens(ctx, `t.site_id = $1 AND t.token_id IN (`+list+`)`, args...)
	slices.SortFunc(page, func(a, b Token) int { return cmp.Or(a.ExpiresAt.Compare(b.ExpiresAt), cmp.Compare(a.ID, b.ID)) })
	if len(ids) > limit && len(page) > 0 {
		next = page[len(page)-1].place()
	}
	return page, next, err
}

// place is where a token stands in the order of expiry.
func (t Token) place() string { return strconv.FormatInt(t.ExpiresAt.UnixMicro(), 10) + "." + t.ID }

func readTokenPlace(text string) (at int64, id string, err error) {
	digits, id, _ := strings.Cut(text, ".")
	at, err = strconv.ParseInt(digits, 10, 64)
	if err != nil || at < 0 || uuid.Validate(id) != nil {
		return 0, "", failure.ErrPlace
	}
	return at, id, nil
}
