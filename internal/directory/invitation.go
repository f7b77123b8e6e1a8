package directory

import (
	"context"
	"database/sql"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
)

// Invitation asks one address into a site. Its secret stands only in the link that was mailed.
type Invitation struct {
	ID            string // UUID
	Email         string // as given
	Administrator bool   // a site administrator caused the last link: it may bring a deactivated person back
	InvitedBy     string // account ID; empty for the operator
	MessageID     string // of the last mail, in the outbox
	Sends         int    // how many mails there were
	CreatedAt     time.Time
	QueuedAt      time.Time // when the last mail was put into the outbox
	SentAt        time.Time // when the mail server took the last mail; zero while it has not
	ExpiresAt     time.Time
	AcceptedAt    time.Time // zero while it is not
	RevokedAt     time.Time // zero while it is not
	AccountID     string    // of whom it let in

	emailKey, secretHash, base, sender string
	refused                            bool // the mail server will never take the last mail
}

// InvitationState is what an invitation is good for.
type InvitationState string

const (
	InvitationOpen     InvitationState = "open"
	InvitationAccepted InvitationState = "accepted"
	InvitationRevoked  InvitationState = "revoked"
	InvitationExpired  InvitationState = "expired"
)

// State tells what the invitation is good for at a time.
func (i Invitation) State(now time.Time) InvitationState {
	switch {
	case !i.AcceptedAt.IsZero():
		return InvitationAccepted
	case !i.RevokedAt.IsZero():
		return InvitationRevoked
	case !now.Before(i.ExpiresAt):
		return InvitationExpired
	}
	return InvitationOpen
}

// Terms are what a site says about its invitations.
type Terms struct {
	CloudID  string
	SiteName string
	Base     string // the site's public URL, which links stand below
	Life     time.Duration
	CoolDown time.Duration // an address gets no second mail before it is over
}

// Invitations asks people in by mail. Who calls is answered before anything is looked up about the addresses, so
// that neither the answer nor its time can tell which of them are known: [Invitations.Ask] notes the call, and
// [Invitations.Run] works it off. Make it with [NewInvitations].
type Invitations struct {
	Directory *Directory
	Outbox    *mail.Outbox
	From      mail.Address // who writes
	Retry     mail.Retry   // how often a call that fails is tried

	asked chan struct{}
}

// NewInvitations returns invitations whose mails go into an outbox.
func NewInvitations(d *Directory, o *mail.Outbox, from mail.Address) *Invitations {
	return &Invitations{
		Directory: d, Outbox: o, From: from, Retry: mail.Retry{First: 30 * time.Second, Most: time.Hour, Tries: 20}, asked: make(chan struct{}, 1),
	}
}

// errInvitation is the one answer for whatever stands against an invitation.
var errInvitation = failure.NotFound.Errorf("This invitation is no longer valid.")

const invitationColumns = `invitation_id, email, email_key, secret_hash, administrator, invited_by, base, sender, message_id, sends,
	created_at, sent_at, expires_at, accepted_at, revoked_at, account_id, taken_at, refused`

func scanInvitation(rows *sql.Rows) (i Invitation, err error) {
	var created, queued, expires, accepted, revoked, taken int64
	err = rows.Scan(&i.ID, &i.Email, &i.emailKey, &i.secretHash, &i.Administrator, &i.InvitedBy, &i.base, &i.sender, &i.MessageID, &i.Sends,
		&created, &queued, &expires, &accepted, &revoked, &i.AccountID, &taken, &i.refused)
	i.CreatedAt, i.QueuedAt, i.ExpiresAt = time.UnixMicro(created).UTC(), time.UnixMicro(queued).UTC(), time.UnixMicro(expires).UTC()
	i.AcceptedAt, i.RevokedAt, i.SentAt = orZero(accepted), orZero(revoked), orZero(taken)
	return i, err
}

func orZero(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

func microsOr0(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// EachInvitation calls do with every invitation of a site in this state, or in any where it is "", the oldest
// first. An error of do ends the listing and is returned.
func (d *Directory) EachInvitation(ctx context.Context, site int64, state InvitationState, do func(Invitation) error) error {
	for after := ""; ; {
		page, err := db.All(ctx, d.db(), scanInvitation, `SELECT `+invitationColumns+` FROM invitations
			WHERE site_id = $1 AND invitation_id > $2 ORDER BY invitation_id LIMIT $3`, site, after, listingPage)
		if err != nil {
			return err
		}
		for _, i := range page {
			if state != "" && i.State(d.Changes.Now()) != state {
				continue
			}
			if err := do(i); err != nil {
				return err
			}
		}
		if len(page) < listingPage {
			return nil
		}
		after = page[len(page)-1].ID
	}
}

// Invitation returns the invitation with this ID, or the last one of this address.
func (d *Directory) Invitation(ctx context.Context, site int64, ref string) (Invitation, error) {
	return d.invitation(ctx, d.db(), site, ref)
}

func (d *Directory) invitation(ctx context.Context, q db.Querier, site int64, ref string) (Invitation, error) {
	var i Invitation
	var found bool
	var err error
	if key, invalid := EmailKey(ref); invalid == nil {
		i, found, err = lastInvitation(ctx, q, site, key)
	} else if uuid.Validate(ref) == nil {
		i, found, err = db.One(ctx, q, scanInvitation, `SELECT `+invitationColumns+` FROM invitations WHERE site_id = $1 AND invitation_id = $2`, site, ref)
	}
	if err == nil && !found {
		err = failure.NotFound.Errorf("There is no invitation %.200q.", ref)
	}
	return i, err
}

// lastInvitation returns the invitation by which an address was last written to.
func lastInvitation(ctx context.Context, q db.Querier, site int64, emailKey string) (Invitation, bool, error) {
	return db.One(ctx, q, scanInvitation, `SELECT `+invitationColumns+` FROM invitations
		WHERE site_id = $1 AND email_key = $2 ORDER BY sent_at DESC, invitation_id DESC LIMIT 1`, site, emailKey)
}
