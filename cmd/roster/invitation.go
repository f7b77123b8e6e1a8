package main

import (
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/site"
)

func newInvitationCommand(e *env) *cobra.Command {
	return withJSON(family("invitation", "See, resend and revoke invitations, which people make by invite-by-email",
		newInvitationList(e), newInvitationShow(e), newInvitationResend(e), newInvitationRevoke(e)))
}

func newInvitationList(e *env) *cobra.Command {
	var state string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List invitations, the oldest first",
		Long: `List invitations, the oldest first, and then the addresses of calls that were given up after many tries, with the
reason. "Sent" is when the mail server took the last mail; it is empty while the mail waits, and where it was refused.`,
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			switch directory.InvitationState(state) {
			case "", directory.InvitationOpen, directory.InvitationAccepted, directory.InvitationRevoked, directory.InvitationExpired, invitationFailed:
			default:
				return misuse("--state takes open, accepted, revoked, expired or failed, not %q", state)
			}
			out := newListing(e, cmd, func(v invitationView) []string {
				return []string{v.ID, v.Email, string(v.State), v.InvitedBy, v.SentAt, v.ExpiresAt, v.AccountID, v.Reason}
			}, "invitation ID", "e-mail", "state", "invited by", "sent", "expires", "account ID", "reason")
			if state != invitationFailed {
				err := b.Directory.EachInvitation(cmd.Context(), s.ID, directory.InvitationState(state), func(i directory.Invitation) error {
					return out.add(showInvitation(i, e.Now()))
				})
				if err != nil {
					return err
				}
			}
			if state == "" || state == invitationFailed {
				err := b.Directory.EachFailedInvitation(cmd.Context(), s.ID, func(f directory.FailedInvitation) error {
					return out.add(showFailedInvitation(f))
				})
				if err != nil {
					return err
				}
			}
			return out.flush()
		}),
	}
	cmd.Flags().StringVar(&state, "state", "", "only those that are open, accepted, revoked, expired or failed")
	return cmd
}

func newInvitationShow(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "show INVITATION",
		Short: "Show an invitation, named by its ID or address, and what became of its last mail",
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			i, err := b.Directory.Invitation(cmd.Context(), s.ID, args[0])
			if err != nil {
				return err
			}
			v := showInvitation(i, e.Now())
			if entry, err := mail.NewOutbox(b.Changes).Show(cmd.Context(), s.ID, i.MessageID); err == nil && len(entry.Recipients) > 0 {
				v.Mail, v.Words = string(entry.Recipients[0].State), entry.Recipients[0].Words
			}
			return e.describe(cmd, v, []fact{
				{"invitation ID", v.ID},
				{"e-mail", v.Email},
				{"state", string(v.State)},
				{"invited by", v.InvitedBy},
				{"by a site administrator", yes(v.Administrator)},
				{"mails", strconv.Itoa(v.Sends)},
				{"created", v.CreatedAt},
				{"queued", v.QueuedAt},
				{"sent", v.SentAt},
				{"expires", v.ExpiresAt},
				{"accepted", v.AcceptedAt},
				{"revoked", v.RevokedAt},
				{"account ID", v.AccountID},
				{"message ID", v.MessageID},
				{"last mail", v.Mail},
				{"mail server's words", v.Words},
			})
		}),
	}
}

func newInvitationResend(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "resend INVITATION…",
		Short: "Mail invitations again, with a fresh link that takes the place of the one before",
		Long: `Mail invitations again, named by their ID or address, whatever the cool-down. Each gets a fresh link, which takes the
place of the one before, and a new time to expire. A running roster serve sends the mail.`,
		Args: cobra.MinimumNArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			invitations := directory.NewInvitations(b.Directory, mail.NewOutbox(b.Changes), mail.Address{})
			terms := directory.Terms{
				CloudID: s.CloudID, SiteName: s.Name, Base: s.PublicURL, Life: time.Duration(s.Settings.InvitationDays) * 24 * time.Hour,
			}
			for _, ref := range args {
				i, err := invitations.Resend(cmd.Context(), s.ID, b.By, ref, terms)
				if err != nil {
					return err
				}
				v := showInvitation(i, e.Now())
				if err := e.report(cmd, v, "Invitation %s goes out again to %s, good until %s.", v.ID, v.Email, v.ExpiresAt); err != nil {
					return err
				}
			}
			return nil
		}),
	}
}

func newInvitationRevoke(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "revoke INVITATION…",
		Short: "Make invitations, named by their ID or address, useless from now on",
		Args:  cobra.MinimumNArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			for _, ref := range args {
				revoked, err := b.Directory.RevokeInvitation(cmd.Context(), s.ID, b.By, ref)
				if err != nil {
					return err
				}
				said := "Invitation %s is revoked."
				if !revoked {
					said = "Invitation %s was not open."
				}
				if err := e.report(cmd, map[string]any{"invitation": ref, "revoked": revoked}, said, ref); err != nil {
					return err
				}
			}
			return nil
		}),
	}
}

// invitationView is an invitation as it is printed.
type invitationView struct {
	ID            string                    `json:"invitationId"` // of the call, where that failed
	Email         string                    `json:"email"`
	State         directory.InvitationState `json:"state"`
	InvitedBy     string                    `json:"invitedBy,omitempty"`
	Administrator bool                      `json:"administrator"`
	Sends         int                       `json:"mails"`
	CreatedAt     string                    `json:"createdAt"`
	QueuedAt      string                    `json:"queuedAt,omitempty"`
	SentAt        string                    `json:"sentAt,omitempty"`
	ExpiresAt     string                    `json:"expiresAt,omitempty"`
	AcceptedAt    string                    `json:"acceptedAt,omitempty"`
	RevokedAt     string                    `json:"revokedAt,omitempty"`
	AccountID     string                    `json:"accountId,omitempty"`
	FailedAt      string                    `json:"failedAt,omitempty"`
	Reason        string                    `json:"reason,omitempty"`
	MessageID     string                    `json:"messageId,omitempty"`
	Mail          string                    `json:"mail,omitempty"`
	Words         string                    `json:"mailServerSaid,omitempty"`
}

func showInvitation(i directory.Invitation, now time.Time) invitationView {
	return invitationView{
		ID: i.ID, Email: i.Email, State: i.State(now), InvitedBy: i.InvitedBy, Administrator: i.Administrator, Sends: i.Sends,
		CreatedAt: moment(i.CreatedAt), QueuedAt: moment(i.QueuedAt), SentAt: moment(i.SentAt), ExpiresAt: moment(i.ExpiresAt), AcceptedAt: moment(i.AcceptedAt),
		RevokedAt: moment(i.RevokedAt), AccountID: i.AccountID, MessageID: i.MessageID,
	}
}

// invitationFailed is the state in which the addresses of a call are listed that was given up.
const invitationFailed = "failed"

func showFailedInvitation(f directory.FailedInvitation) invitationView {
	return invitationView{
		ID: f.RequestID, Email: f.Email, State: invitationFailed, InvitedBy: f.InvitedBy, Administrator: f.Administrator,
		CreatedAt: moment(f.AskedAt), FailedAt: moment(f.FailedAt), Reason: f.Reason,
	}
}
