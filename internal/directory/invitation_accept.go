package directory

import (
	"context"
	"strings"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/fold"
)

// Acceptance is what somebody who accepts an invitation gives.
type Acceptance struct {
	Secret      string // of the invitation's link
	DisplayName string
	Password    string // to sign in with later; empty for none
}

// Accepted is whom an invitation let in.
type Accepted struct {
	Account Account
	Token   string // the secret of a first API token, shown here and never again; empty where the account was active all along
}

// OpenInvitation returns the invitation of a link. Whatever stands against it, the answer is the same NotFound.
func (d *Directory) OpenInvitation(ctx context.Context, site int64, secret string) (Invitation, error) {
	i, found, err := db.One(ctx, d.db(), scanInvitation, `SELECT `+invitationColumns+` FROM invitations WHERE site_id = $1 AND secret_hash = $2`,
		site, HashSecret(secret))
	if err == nil && !found {
		err = failure.Because(errInvitation, "No invitation of this site has this secret.")
	} else if state := i.State(d.Changes.Now()); err == nil && state != InvitationOpen {
		err = failure.Because(errInvitation, "The invitation %s is %s.", i.ID, state)
	}
	return i, err
}

// AcceptInvitation uses an invitation up. Who was not known gets an account with the invited address and this
// name; who was deactivated is active again, under the name that stands, if a site administrator invited. Either
// gets a first token and the password that they chose, and whoever could not use the site joins its
// [Directory.HomeGroup]. Who was active all along keeps the password that they have. An invitation that is not open,
// or whose person has access by now, is NotFound as by [Directory.OpenInvitation].
func (d *Directory) AcceptInvitation(ctx context.Context, site int64, cloudID string, by change.Actor, in Acceptance) (Accepted, error) {
	in.DisplayName = strings.TrimSpace(in.DisplayName)
	if in.DisplayName == "" {
		return Accepted{}, failure.Invalid.Errorf("The display name is empty.")
	}
	if err := checkText("display name", in.DisplayName); err != nil {
		return Accepted{}, err
	}
	if r, bad := fold.Invisible(in.DisplayName); bad {
		return Accepted{}, failure.Invalid.Errorf("The display name has the invisible character U+%04X.", r)
	}
	open, err := d.OpenInvitation(ctx, site, in.Secret)
	if err != nil {
		return Accepted{}, err
	}
	var password *PasswordHash
	if in.Password != "" {
		hash, err := HashPassword(ctx, in.Password)
		if err != nil {
			return Accepted{}, err
		}
		password = &hash
	}
	// Who accepts is who is let in, so the record names them.
	by.AccountID = NewAccountID()
	known, err := d.account(ctx, d.db(), site, open.Email)
	if kind, _ := failure.Of(err); err != nil && kind != failure.NotFound {
		return Accepted{}, err
	}
	if err == nil {
		by.AccountID = known.ID
	}
	token := NewSecret(cloudID)
	var let Accepted
	err = d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		let = Accepted{}
		inv, found, err := db.One(ctx, tx, scanInvitation, `UPDATE invitations SET accepted_at = $3, account_id = $4
			WHERE site_id = $1 AND secret_hash = $2 AND accepted_at = 0 AND revoked_at = 0 AND expires_at > $3 RETURNING `+invitationColumns,
			site, HashSecret(in.Secret), tx.Now.UnixMicro(), by.AccountID)
		if err == nil && !found {
			err = failure.Because(errInvitation, "The invitation %s was accepted or revoked, or expired, while this was being done.", open.ID)
		}
		if err != nil {
			return err
		}
		let, err = d.letIn(ctx, tx, inv, in.DisplayName, token)
		if err == nil && password != nil && let.Token != "" {
			err = d.SetPasswordIn(ctx, tx, let.Account, *password)
		}
		tx.Record(change.Record{Operation: "invitation.accept", Target: "invitation:" + inv.ID, Fields: change.Fields{"Account": {nil, by.AccountID}}})
		return err
	})
	if err != nil {
		return Accepted{}, err
	}
	return let, nil
}

// letIn gives the person of an invitation an account that can use the site. inv.AccountID is the ID of the account
// they have, or that of the one to make.
func (d *Directory) letIn(ctx context.Context, tx *change.Tx, inv Invitation, displayName, token string) (let Accepted, err error) {
	home, err := homeGroup(ctx, tx, tx.Site, false)
	if err != nil {
		return let, err
	}
	if home == "" {
		return let, errNoHome
	}
	a, err := d.account(ctx, tx, tx.Site, inv.Email)
	kind, _ := failure.Of(err)
	switch {
	case err != nil && kind == failure.NotFound:
		a, err = d.AddIn(ctx, tx, Account{ID: inv.AccountID, Email: inv.Email, DisplayName: displayName})
	case err != nil:
	case a.ID != inv.AccountID, a.invites(inv.Administrator) != invited:
		err = failure.Because(errInvitation, "The invitation %s is open, but it cannot let its person in: they have access already, or only a site administrator may bring them back.", inv.ID)
	case a.Status == Active:
		token = ""
	default:
		a, err = d.ChangeIn(ctx, tx, a, func(a *Account) error { a.Status = Active; return nil })
	}
	if err != nil {
		return let, err
	}
	if !a.Licensed {
		if _, err := d.AddMemberIn(ctx, tx, home, a); err != nil {
			return let, err
		}
	}
	if token != "" {
		_, err = d.AddTokenIn(ctx, tx, a, Token{Label: "first, from the invitation"}, token)
	}
	return Accepted{a, token}, err
}
