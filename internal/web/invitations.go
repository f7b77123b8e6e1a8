package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

const (
	invitationsPath = "/invitations"

	mostInvited = 100 // addresses in one form
	mostFailed  = 200 // that are listed
	mostAsked   = 100 // calls of which the addresses are listed while their invitations are being made
)

// invitationsPage lists invitations.
type invitationsPage struct {
	Frame
	State       string
	Asked       []string // addresses of which the invitations are being made
	Invitations []listedInvitation
	Failed      []directory.FailedInvitation
	Next        string
	Begun       bool
	Look        string // what the list shows, as one word
	Unable      string // why nobody can be invited: mail or address; empty where they can
	Typed       string
	Problem     string
}

// listedInvitation is an invitation with what it is good for, and who asked.
type listedInvitation struct {
	directory.Invitation
	State directory.InvitationState
	By    string
}

// invitations lists invitations, and invites people.
func (v *visit) invitations() error {
	q := v.r.URL.Query()
	page := invitationsPage{Frame: v.frame(), State: q.Get("state"), Begun: q.Get("after") != ""}
	terms, unable := v.terms()
	page.Unable = unable
	if v.posted() {
		err := v.invite(terms, unable)
		if err == nil {
			return v.goTo(withQuery("invitations", "done", "invite", "state", page.State))
		}
		if page.Problem, err = said(err); err != nil {
			return err
		}
		page.Typed = v.r.PostForm.Get("emails")
	}
	if err := v.listInvitations(&page, clipped(q.Get("after"))); err != nil {
		return err
	}
	if page.Problem != "" {
		return v.show(http.StatusUnprocessableEntity, "invitations", page)
	}
	var err error
	if page.Look, err = lookOf(page.Asked, page.Invitations); err != nil || v.seen(page.Look) {
		return err
	}
	if v.partial() {
		return v.showPart("invitations", "listed", page)
	}
	return v.show(http.StatusOK, "invitations", page)
}

func (v *visit) listInvitations(page *invitationsPage, after string) error {
	switch directory.InvitationState(page.State) {
	case "", directory.InvitationOpen, directory.InvitationAccepted, directory.InvitationRevoked, directory.InvitationExpired:
	case "failed":
		err := v.Directory.EachFailedInvitation(v.ctx(), v.site.ID, func(f directory.FailedInvitation) error {
			if len(page.Failed) == mostFailed {
				return errEnough
			}
			page.Failed = append(page.Failed, f)
			return nil
		})
		if errors.Is(err, errEnough) {
			err = nil
		}
		return err
	default:
		return failure.Invalid.Errorf("The state %.60q is none of open, accepted, revoked, expired, failed.", page.State)
	}
	if !page.Begun && (page.State == "" || page.State == string(directory.InvitationOpen)) {
		var err error
		if page.Asked, err = v.Directory.AskedInvitations(v.ctx(), v.site.ID, mostAsked); err != nil {
			return err
		}
	}
	found, next, err := v.Directory.FindInvitations(v.ctx(), v.site.ID, directory.InvitationState(page.State), after, peopleShown)
	if err != nil {
		return err
	}
	var by []string
	for _, i := range found {
		by = append(by, i.InvitedBy)
	}
	names, err := v.names(by)
	for _, i := range found {
		page.Invitations = append(page.Invitations, listedInvitation{i, i.State(v.Directory.Changes.Now()), names[i.InvitedBy]})
	}
	if next != "" {
		page.Next = withQuery("", "state", page.State, "after", next)
	}
	return err
}

// invite invites the addresses that a form names.
func (v *visit) invite(terms directory.Terms, unable string) error {
	addresses := strings.FieldsFunc(v.r.PostForm.Get("emails"), func(r rune) bool { return strings.ContainsRune(" \t\r\n,;", r) })
	if err := checkInvited(addresses); err != nil {
		return err
	}
	if unable != "" {
		return errUnableToInvite
	}
	return v.Invitations.Ask(v.ctx(), v.site.ID, v.by, terms, true, addresses)
}

var errUnableToInvite = failure.Conflict.Errorf("This server cannot send invitations.")

// resendInvitation asks, and then invites again. It leads back to the list as it was narrowed.
func (v *visit) resendInvitation() error {
	back := []string{"state", word(v.r.URL.Query().Get("state"))}
	i, err := v.Directory.Invitation(v.ctx(), v.site.ID, clipped(v.r.PathValue("invitation")))
	if err != nil {
		return err
	}
	terms, unable := v.terms()
	switch {
	case unable != "":
		return errUnableToInvite
	case !v.posted():
		return v.question("invite", i.Email, withQuery(invitationsPath, back...), false)
	}
	if _, err := v.Invitations.Resend(v.ctx(), v.site.ID, v.by, i.ID, terms); err != nil {
		return err
	}
	return v.goTo(withQuery(invitationsPath, append(back, "done", "resend", "of", i.Email)...))
}

// revokeInvitation asks, and then makes an invitation good for nothing. It leads back to the list as it was narrowed.
func (v *visit) revokeInvitation() error {
	back := []string{"state", word(v.r.URL.Query().Get("state"))}
	i, err := v.Directory.Invitation(v.ctx(), v.site.ID, clipped(v.r.PathValue("invitation")))
	switch {
	case err != nil:
		return err
	case !v.posted():
		return v.question("invitation", i.Email, withQuery(invitationsPath, back...), false)
	}
	if _, err := v.Directory.RevokeInvitation(v.ctx(), v.site.ID, v.by, i.ID); err != nil {
		return err
	}
	return v.goTo(withQuery(invitationsPath, append(back, "done", "revoke", "of", i.Email)...))
}

// checkInvited refuses a list of addresses with anything else in it.
func checkInvited(addresses []string) error {
	switch {
	case len(addresses) == 0:
		return failure.Invalid.Errorf("There is no address.")
	case len(addresses) > mostInvited:
		return failure.Invalid.Errorf("At most %d addresses can be invited at once.", mostInvited)
	}
	for _, a := range addresses {
		if _, err := directory.EmailKey(a); err != nil {
			return failure.Invalid.Errorf("%.100q is no e-mail address.", a)
		}
	}
	return nil
}

// terms are what the site says about its invitations, or why it can make none: mail or address.
func (v *visit) terms() (t directory.Terms, unable string) {
	base := ""
	switch { // only ever a configured one, whatever the request says
	case v.site.PublicURL != "", v.StandIn:
		base = v.site.URL(v.PublicURL, v.StandIn)
	case v.site.Default:
		base = v.ConfiguredURL
	}
	switch {
	case v.Invitations == nil:
		return t, "mail"
	case base == "":
		return t, "address"
	}
	s := v.site.Settings
	return directory.Terms{
		CloudID: v.site.CloudID, SiteName: v.site.Name, Base: base,
		Life:     time.Duration(s.InvitationDays) * 24 * time.Hour,
		CoolDown: time.Duration(s.InvitationCoolDownMinutes) * time.Minute,
	}, ""
}
