package directory

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/mail"
)

// revokeInvitationsOf revokes the open invitations of an account that is about to be stored as deactivated, so that
// none which is older than that brings it back. One that was deactivated before, with the same address, keeps those
// by which an administrator asks it back.
func (d *Directory) revokeInvitationsOf(ctx context.Context, tx *change.Tx, a Account) error {
	was, _, err := db.One(ctx, tx, func(rows *sql.Rows) (a Account, err error) { return a, rows.Scan(&a.Status, &a.Email) },
		`SELECT status, email FROM accounts WHERE site_id = $1 AND account_id = $2`, tx.Site, a.ID)
	if err != nil {
		return err
	}
	if was.Status == Inactive && sameKey(was, a) {
		return nil
	}
	return d.revokeInvitationsTo(ctx, tx, was, a)
}

// revokeInvitationsTo revokes the open invitations of the addresses of accounts, and withdraws these addresses from
// calls that are not worked off yet.
func (d *Directory) revokeInvitationsTo(ctx context.Context, tx *change.Tx, accounts ...Account) error {
	var keys []string
	for _, a := range accounts {
		if key := a.emailKey(); key != nil && !slices.Contains(keys, *key) {
			keys = append(keys, *key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	for chunk := range slices.Chunk(keys, lookUps) {
		list, args := db.In(chunk, tx.Site, tx.Now.UnixMicro())
		open, err := db.All(ctx, tx, scanInvitation, `SELECT `+invitationColumns+` FROM invitations
			WHERE site_id = $1 AND expires_at > $2 AND accepted_at = 0 AND revoked_at = 0 AND email_key IN (`+list+`) ORDER BY invitation_id`, args...)
		if err != nil {
			return err
		}
		for _, inv := range open {
			if err := inv.revoke(ctx, tx); err != nil {
				return err
			}
		}
	}
	return withdraw(ctx, tx, keys...)
}

// withdraw takes addresses out of the calls that were noted and not worked off, and of those that were given up.
func withdraw(ctx context.Context, tx *change.Tx, keys ...string) error {
	noted, err := db.All(ctx, tx, func(rows *sql.Rows) (r [2]string, err error) { return r, rows.Scan(&r[0], &r[1]) },
		`SELECT request_id, addresses FROM invitation_requests WHERE site_id = $1 ORDER BY request_id`, tx.Site)
	if err != nil {
		return err
	}
	for _, r := range noted {
		id, addresses := r[0], strings.Fields(r[1])
		left := slices.DeleteFunc(slices.Clone(addresses), func(address string) bool {
			key, err := EmailKey(address)
			return err == nil && slices.Contains(keys, key)
		})
		if len(left) == len(addresses) {
			continue
		}
		if _, err := tx.ExecContext(ctx, `UPDATE invitation_requests SET addresses = $3 WHERE site_id = $1 AND request_id = $2`,
			tx.Site, id, strings.Join(left, "\n")); err != nil {
			return err
		}
		tx.Record(change.Record{Operation: "invitation.withdraw", Target: requestTarget(id), Fields: change.Fields{"Valid": {len(addresses), len(left)}}})
	}
	return nil
}

// forgetInvitations removes what invitations and mail know of an account that is being closed, with the mail that
// waits for it, and keeps a digest of its address, by which [Invitations] knows that only an administrator may ask it back.
func (d *Directory) forgetInvitations(ctx context.Context, tx *change.Tx, accountID string) error {
	email, _, err := db.One(ctx, tx, db.Scalar[string], `SELECT email FROM accounts WHERE site_id = $1 AND account_id = $2`, tx.Site, accountID)
	if err != nil {
		return err
	}
	key, invalid := EmailKey(email)
	if invalid == nil {
		if _, err := tx.ExecContext(ctx, `INSERT INTO former_addresses (site_id, digest) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
			tx.Site, formerDigest(tx.Site, key)); err != nil {
			return err
		}
		if err := withdraw(ctx, tx, key); err != nil {
			return err
		}
		if err := mail.EraseIn(ctx, tx, key); err != nil {
			return err
		}
	}
	// From where the account called stands in its calls too.
	if _, err := tx.ExecContext(ctx, `UPDATE invitation_requests SET ip = '' WHERE site_id = $1 AND actor = $2 AND ip <> ''`, tx.Site, accountID); err != nil {
		return err
	}
	gone, err := db.All(ctx, tx, scanInvitation, `DELETE FROM invitations WHERE site_id = $1 AND (account_id = $2 OR email_key = $3) RETURNING `+invitationColumns,
		tx.Site, accountID, key)
	for _, inv := range gone {
		if err == nil {
			err = inv.forgetMail(ctx, tx, accountID)
		}
		if err == nil {
			err = tx.EraseTarget(ctx, "invitation:"+inv.ID)
		}
	}
	return err
}

// forgetMail erases the mail of an invitation of an account that is being closed. Of an address that is another's by
// now only the invitation's own last mail is the account's.
func (i Invitation) forgetMail(ctx context.Context, tx *change.Tx, accountID string) error {
	_, taken, err := db.One(ctx, tx, db.Scalar[string], `SELECT account_id FROM accounts WHERE site_id = $1 AND email_key = $2 AND account_id <> $3`,
		tx.Site, i.emailKey, accountID)
	switch {
	case err != nil:
		return err
	case taken:
		return mail.EraseMessageIn(ctx, tx, i.MessageID)
	}
	return mail.EraseIn(ctx, tx, i.emailKey)
}
