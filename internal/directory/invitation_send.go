package directory

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/mail"
)

// verdict is what becomes of an address that somebody invites.
type verdict int

const (
	invited     verdict = iota
	hasAccess           // nothing to do
	withheld            // deactivated or closed, and no site administrator invites; or no person
	coolingDown         // had a mail lately
)

// invite writes to one address, unless something stands against that.
func (i *Invitations) invite(ctx context.Context, tx *change.Tx, r request, address string) (verdict, error) {
	key, err := EmailKey(address)
	if err != nil {
		return withheld, nil
	}
	v, err := i.Directory.invites(ctx, tx, key, r.administrator)
	if err != nil || v != invited {
		return v, err
	}
	inv, found, err := lastInvitation(ctx, tx, tx.Site, key)
	if err != nil {
		return invited, err
	}
	if found && inv.RevokedAt.IsZero() && !inv.refused && r.terms.CoolDown > 0 && tx.Now.Before(inv.QueuedAt.Add(r.terms.CoolDown)) {
		return coolingDown, nil
	}
	if !found || inv.State(tx.Now) != InvitationOpen {
		if err := inv.cancelMail(ctx, tx); err != nil {
			return invited, err
		}
		id, err := uuid.NewV7()
		if err != nil {
			return invited, err
		}
		inv = Invitation{ID: id.String(), Email: address, emailKey: key, CreatedAt: tx.Now}
	}
	inv.Administrator, inv.InvitedBy = r.administrator, r.by.AccountID
	_, err = i.send(ctx, tx, inv, r.terms)
	return invited, err
}

// invites decides whether an address may be invited, by what is known of it.
func (d *Directory) invites(ctx context.Context, tx *change.Tx, key string, administrator bool) (verdict, error) {
	a, found, err := db.One(ctx, tx, func(rows *sql.Rows) (a Account, err error) { return a, rows.Scan(&a.Type, &a.Status, &a.Licensed) },
		`SELECT a.account_type, a.status, `+licensed+` FROM accounts a WHERE a.site_id = $1 AND a.email_key = $2`, tx.Site, key)
	if err != nil {
		return withheld, err
	}
	if found {
		return a.invites(administrator), nil
	}
	former, err := isFormer(ctx, tx, tx.Site, key)
	if former && !administrator {
		return withheld, err
	}
	return invited, err
}

// invites decides whether the person behind an account may be invited.
func (a Account) invites(administrator bool) verdict {
	switch {
	case a.Type == App, a.Status != Active && !administrator:
		return withheld
	case a.Status == Active && a.Licensed:
		return hasAccess
	}
	return invited
}

// send writes a mail with a fresh link, and stores the invitation. The link before is no good any more, so its mail is
// called back where that waits.
func (i *Invitations) send(ctx context.Context, tx *change.Tx, inv Invitation, t Terms) (Invitation, error) {
	secret := newInvitationSecret(t.CloudID)
	operation := "invitation.resend"
	if inv.Sends == 0 {
		operation = "invitation.create"
	}
	inv.secretHash, inv.base, inv.sender = HashSecret(secret), t.Base, i.From.String()
	inv.Sends, inv.QueuedAt, inv.ExpiresAt = inv.Sends+1, tx.Now, tx.Now.Add(t.Life)
	inv.SentAt, inv.refused = time.Time{}, false
	if err := inv.cancelMail(ctx, tx); err != nil {
		return inv, err
	}
	m, err := inv.message(i.From, t.SiteName, t.Base+InvitationPath+secret)
	if err != nil {
		return inv, err
	}
	if inv.MessageID, err = i.Outbox.EnqueueIn(ctx, tx, m); err != nil {
		return inv, err
	}
	tx.Record(change.Record{Operation: operation, Target: "invitation:" + inv.ID, Version: int64(inv.Sends), Fields: change.Fields{
		"Email": {nil, inv.Email}, "ExpiresAt": {nil, inv.ExpiresAt}, "Message": {nil, inv.MessageID}, "Administrator": {nil, inv.Administrator},
	}})
	return inv, inv.store(ctx, tx)
}

// cancelMail calls back the last mail of an invitation, where there is one that waits.
func (i Invitation) cancelMail(ctx context.Context, tx *change.Tx) error {
	if i.MessageID == "" {
		return nil
	}
	_, err := mail.CancelIn(ctx, tx, i.MessageID)
	return err
}

func (i Invitation) store(ctx context.Context, tx *change.Tx) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO invitations (site_id, `+invitationColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
		ON CONFLICT (site_id, invitation_id) DO UPDATE SET secret_hash = excluded.secret_hash, administrator = excluded.administrator,
			invited_by = excluded.invited_by, base = excluded.base, sender = excluded.sender, message_id = excluded.message_id,
			sends = excluded.sends, sent_at = excluded.sent_at, expires_at = excluded.expires_at, revoked_at = excluded.revoked_at,
			taken_at = excluded.taken_at, refused = excluded.refused`,
		tx.Site, i.ID, i.Email, i.emailKey, i.secretHash, i.Administrator, i.InvitedBy, i.base, i.sender, i.MessageID, i.Sends,
		i.CreatedAt.UnixMicro(), i.QueuedAt.UnixMicro(), i.ExpiresAt.UnixMicro(), microsOr0(i.AcceptedAt), microsOr0(i.RevokedAt), i.AccountID,
		microsOr0(i.SentAt), i.refused)
	if err != nil {
		return fmt.Errorf("store invitation %s: %w", i.ID, err)
	}
	return nil
}
