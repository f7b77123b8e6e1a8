package directory

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/mail"
)

// Notices tells people that API tokens expire.
type Notices struct {
	Directory *Directory
	Outbox    *mail.Outbox
	From      mail.Address
}

const (
	noticed      = 100 // how many tokens are looked at at a time
	mostNoticed  = 100 // how many administrators are told of one token
	noticeFormat = "2 January 2006, 15:04 UTC"
)

// expiring is a token that expires soon, and whose it is.
type expiring struct {
	id, label, accountID, name, email, emailKey string
	expires                                     int64
}

// Work tells of each API token of a site that expires within a time its owner, or where the owner has no address the
// site's administrators that have one: once a token, by mail, and not at all of a token that was made for no longer
// than that time. It returns how many tokens that were. Any number of processes may do so at the same time.
func (n *Notices) Work(ctx context.Context, site int64, siteName string, within time.Duration) (told int, err error) {
	now := n.Directory.Changes.Now()
	last := expiring{expires: now.UnixMicro()}
	var failed []error
	for {
		page, err := n.due(ctx, site, last, now.Add(within), within)
		if err != nil {
			return told, fmt.Errorf("look for tokens that expire soon: %w", err)
		}
		for _, t := range page {
			sent, err := n.tell(ctx, site, siteName, t)
			if err != nil {
				failed = append(failed, fmt.Errorf("tell of token %s: %w", t.id, err))
			}
			if sent {
				told++
			}
		}
		if len(page) < noticed || ctx.Err() != nil {
			break
		}
		last = page[len(page)-1]
	}
	if told > 0 {
		n.Outbox.Nudge()
	}
	return told, errors.Join(failed...)
}

// due returns tokens that expire until a time and of which nobody was told, after one, in the order in which they expire.
func (n *Notices) due(ctx context.Context, site int64, after expiring, until time.Time, within time.Duration) ([]expiring, error) {
	return db.All(ctx, n.Directory.db(), func(rows *sql.Rows) (t expiring, err error) {
		var email, key sql.NullString
		err = rows.Scan(&t.id, &t.label, &t.accountID, &t.name, &email, &key, &t.expires)
		t.email, t.emailKey = email.String, key.String
		return t, err
	}, `SELECT t.token_id, t.label, a.account_id, a.display_name, a.email, a.email_key, t.expires_at
		FROM tokens t JOIN accounts a ON a.site_id = t.site_id AND a.account_id = t.account_id
		WHERE t.site_id = $1 AND t.kind IN ('classic', 'scoped') AND (t.expires_at > $2 OR t.expires_at = $2 AND t.token_id > $3) AND t.expires_at <= $4
			AND t.expires_at - t.created_at > $5 AND t.revoked_at = 0 AND a.status = 'active'
			AND NOT EXISTS (SELECT 1 FROM token_notices n WHERE n.site_id = t.site_id AND n.token_id = t.token_id)
		ORDER BY t.expires_at, t.token_id LIMIT $6`, site, after.expires, after.id, until.UnixMicro(), within.Microseconds(), noticed)
}

// tell writes the mails about a token, in one transaction with the note that they are written. It reports whether it
// did: nobody may have an address, and another process may have been first.
func (n *Notices) tell(ctx context.Context, site int64, siteName string, t expiring) (told bool, err error) {
	err = n.Directory.Changes.Write(ctx, site, change.Actor{Via: change.Upkeep}, func(tx *change.Tx) error {
		told = false
		to, err := t.readers(ctx, tx)
		if err != nil || len(to) == 0 {
			return err
		}
		// The token may have been revoked since it was found.
		taken, err := tx.ExecContext(ctx, `INSERT INTO token_notices (site_id, token_id, message_id, noticed_at)
			SELECT site_id, token_id, '', $3 FROM tokens WHERE site_id = $1 AND token_id = $2 AND revoked_at = 0 AND expires_at > $3
			ON CONFLICT DO NOTHING`, tx.Site, t.id, tx.Now.UnixMicro())
		if err != nil || taken == 0 {
			return err
		}
		first := ""
		for _, address := range to {
			m, err := t.message(n.From, address, siteName)
			if err != nil {
				return err
			}
			id, err := n.Outbox.EnqueueIn(ctx, tx, m)
			if err != nil {
				return err
			}
			first = cmp.Or(first, id)
		}
		tx.Record(change.Record{Operation: "token.notice", Target: "token:" + t.id, Fields: change.Fields{
			"Message": {nil, first}, "Recipients": {nil, len(to)},
		}})
		told = true
		_, err = tx.ExecContext(ctx, `UPDATE token_notices SET message_id = $3 WHERE site_id = $1 AND token_id = $2`, tx.Site, t.id, first)
		return err
	})
	return told, err
}

// readers are the addresses that a token is told of: its owner's, or else those of the site's administrators.
func (t expiring) readers(ctx context.Context, tx *change.Tx) ([]mail.Address, error) {
	if t.email != "" {
		return []mail.Address{{Address: mailbox(t.email, t.emailKey)}}, nil
	}
	return db.All(ctx, tx, func(rows *sql.Rows) (to mail.Address, err error) {
		var email, key string
		err = rows.Scan(&email, &key)
		to.Address = mailbox(email, key)
		return to, err
	}, `SELECT a.email, a.email_key FROM accounts a WHERE a.site_id = $1 AND a.status = 'active' AND a.account_type = 'atlassian' AND a.email_key IS NOT NULL
		AND a.account_id IN (SELECT m.account_id`+administrators+`) ORDER BY a.account_id LIMIT $2`, tx.Site, mostNoticed)
}
