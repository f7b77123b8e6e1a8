package directory

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
)

// Resend mails an invitation again, named by its ID or address, whatever the cool-down: with a fresh link and a
// new time to expire; the link before stops working. Where t has no base, or i no sender, those of the mail before
// stay. An invitation that was accepted, revoked or replaced by a later one, or whose person has access by now, is a
// Conflict.
func (i *Invitations) Resend(ctx context.Context, site int64, by change.Actor, ref string, t Terms) (Invitation, error) {
	var inv Invitation
	err := i.Directory.Changes.Write(ctx, site, by, func(tx *change.Tx) (err error) {
		if inv, err = i.Directory.invitation(ctx, tx, site, ref); err != nil {
			return err
		}
		if state := inv.State(tx.Now); state == InvitationAccepted || state == InvitationRevoked {
			return failure.Conflict.Errorf("Invitation %s is %s.", inv.ID, state)
		}
		last, _, err := lastInvitation(ctx, tx, site, inv.emailKey)
		if err != nil {
			return err
		}
		if last.ID != inv.ID {
			return failure.Conflict.Errorf("Invitation %s was replaced by invitation %s.", inv.ID, last.ID)
		}
		v, err := i.Directory.invites(ctx, tx, inv.emailKey, inv.Administrator)
		if err != nil {
			return err
		}
		if v != invited {
			return failure.Conflict.Errorf("Whom invitation %s is for has access by now, or may not be invited.", inv.ID)
		}
		again := *i
		if t.Base == "" {
			t.Base = inv.base
		}
		if again.From == (mail.Address{}) {
			if again.From, err = mail.ParseAddress(inv.sender); err != nil {
				return err
			}
		}
		inv, err = again.send(ctx, tx, inv, t)
		return err
	})
	if err == nil {
		i.Outbox.Nudge()
	}
	return inv, err
}

// RevokeInvitation makes an invitation useless, named by its ID or address, and reports whether it was good for
// anything. Its mail does not leave any more, unless it is being sent. One that was accepted is a Conflict.
func (d *Directory) RevokeInvitation(ctx context.Context, site int64, by change.Actor, ref string) (revoked bool, err error) {
	err = d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		inv, err := d.invitation(ctx, tx, site, ref)
		if err != nil {
			return err
		}
		revoked = inv.State(tx.Now) == InvitationOpen
		switch {
		case !inv.AcceptedAt.IsZero():
			return failure.Conflict.Errorf("Invitation %s was accepted; deactivate account %s to keep the person out.", inv.ID, inv.AccountID)
		case !inv.RevokedAt.IsZero():
			return nil
		}
		return inv.revoke(ctx, tx)
	})
	return revoked, err
}

// revoke makes an invitation useless and removes its last mail, where that waits.
func (i Invitation) revoke(ctx context.Context, tx *change.Tx) error {
	i.RevokedAt = tx.Now
	tx.Record(change.Record{Operation: "invitation.revoke", Target: "invitation:" + i.ID})
	if err := i.cancelMail(ctx, tx); err != nil {
		return err
	}
	return i.store(ctx, tx)
}

// isFormer reports whether an address was that of an account which is closed.
func isFormer(ctx context.Context, q db.Querier, site int64, key string) (bool, error) {
	_, found, err := db.One(ctx, q, db.Scalar[string], `SELECT digest FROM former_addresses WHERE site_id = $1 AND digest = $2`, site, formerDigest(site, key))
	return found, err
}

func formerDigest(site int64, key string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "roster former address\n%d\n%s", site, key))
	return hex.EncodeToString(sum[:])
}
