package api

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

// reason puts in words for administrators why a call is refused, as far as that follows from its operation, its caller
// and its site, and what would help. It is empty where the failure's own words are the best there are.
func (c *call) reason(r *http.Request, kind failure.Kind, err error) (reason, remedy string) {
	switch kind {
	case failure.Internal:
		return "The server failed. Its log says how, under the ID of the request.", ""
	case failure.Unavailable:
		return c.unavailable(err)
	case failure.Malformed:
		return "", "Send one Authorization header: Basic with the address and the token, Bearer with a token, or JWT with a Connect app's."
	case failure.Unauthenticated:
		return c.unknown(err)
	case failure.WrongHost:
		return "", "Call the address that takes this kind of credential, or let the site answer as documented: roster site set NAME fidelity=documented."
	case failure.OutOfScope:
		return c.outOfScope()
	case failure.NoAccess:
		return "No group of the account holds the permission use ('Can use').", "Add the account to a group that holds it."
	case failure.ProfilesHidden:
		return c.profilesHidden()
	case failure.Forged:
		return "The request writes, and its header " + xsrfHeader + " does not say no-check.", "Send the header " + xsrfHeader + ": no-check."
	case failure.NoRoute:
		return "There is nothing at this path.", "GET /openapi.json lists what there is."
	case failure.WrongMethod:
		return "The path is there, and does not take this method.", "The header Allow of the answer lists the methods that it takes, where it takes any."
	case failure.TooMany:
		return "", "Wait for as long as Retry-After says, or raise the limit in the site's settings."
	case failure.Disabled:
		return "The site does not serve this operation: its setting emailApi is off.", "roster site set NAME emailApi=true"
	case failure.Invalid, failure.Forbidden:
		return c.forbidden(err)
	case failure.NotFound:
		if c.site.ID == 0 {
			return "No site here has the host name, the name or the cloud ID that was asked for.", "roster site list shows the sites and what they are called."
		}
	}
	return "", ""
}

func (c *call) unavailable(err error) (reason, remedy string) {
	switch {
	case err == errAccessOff:
		return "The site does not serve the access operations: its setting accessApi is off.", "roster site set NAME accessApi=true"
	case lasts(err):
		return "", "Set what is missing, or do without invitations (docs/invitations.md)."
	case errors.Unwrap(err) != nil || !isFailure(err):
		return "The server could not, for now. Its log says why, under the ID of the request.", "Try again."
	}
	return "", "Try again."
}

func isFailure(err error) bool {
	_, ok := errors.AsType[*failure.Error](err)
	return ok
}

func (c *call) unknown(err error) (reason, remedy string) {
	const show = "Show a credential that is good: roster token add ACCOUNT makes one."
	switch {
	case failure.ReasonOf(err) != "":
		return "", show
	case c.op != nil && c.op.needs.has(credential):
		return "The request shows no credential, and the operation is not for anonymous callers.", show
	case !c.site.Settings.AnonymousAccess:
		return "The request shows no credential, and the site lets nobody in without one: its setting anonymousAccess is off.", show
	}
	return "", show
}

func (c *call) outOfScope() (reason, remedy string) {
	held := "no scope"
	if len(c.caller.Scopes) > 0 {
		held = strings.Join(c.caller.Scopes, " ")
	}
	has := "; the " + c.caller.Kind.String() + " has " + held + "."
	if c.op == nil {
		return "Nothing at this path is within the credential's scopes" + has, ""
	}
	if c.caller.Connect() {
		return "The operation takes the Connect scope " + c.op.connect + has, "Let the app's descriptor ask for a scope that covers it."
	}
	classic, granular := c.op.scopes.classic, c.op.scopes.granular
	switch {
	case classic == "" && granular == "":
		return "No scope lets a scoped credential call this operation" + has, "Use a classic API token."
	case granular == "":
		return "The operation takes the scope " + classic + has, "Make a token with it."
	case classic == "":
		return "The operation takes the scope " + granular + has, "Make a token with it."
	}
	return "The operation takes the classic scope " + classic + ", or all of the granular " + granular + has, "Make a token with one or the other."
}

func (c *call) profilesHidden() (reason, remedy string) {
	if c.caller.Kind == auth.Anonymous {
		return "The site does not let anonymous callers view profiles: its setting anonymousProfiles is off.", "roster site set NAME anonymousProfiles=true"
	}
	return "The site's setting viewProfiles is groups, and no group of the account holds the permission " + string(directory.ViewProfiles) + " or " +
		string(directory.Administer) + ".", "Add the account to a group that holds " + string(directory.ViewProfiles) + ", or roster site set NAME viewProfiles=all."
}

// notApproved says why the caller is no app that may read addresses; empty for one that is.
func (c *call) notApproved() string {
	switch {
	case !c.caller.IsApp():
		return "The caller is not an app that calls as itself: the account's type is not app."
	case !c.caller.Standing.EmailApproved:
		return "The app is not approved for e-mail addresses."
	}
	return ""
}

// forbidden is about what the caller may not do to whom or what the request names.
func (c *call) forbidden(err error) (reason, remedy string) {
	kind, _ := failure.Of(err)
	standing := c.caller.Standing
	if _, notSeen := errors.AsType[*content.NotSeen](err); notSeen {
		return "", "Check what the request names, or call as somebody who may see it."
	}
	if errors.Is(err, content.ErrAppsBlocked) {
		return "The space's app access rule keeps apps out, and the operation is not exempt from such rules.", "Let apps into the space, or call as a person."
	}
	if c.op == nil {
		return "", ""
	}
	switch needs := c.op.needs; {
	case needs.has(approvedApp) && c.notApproved() != "":
		return c.notApproved(), "Call as an app that is approved: roster account set ACCOUNT --email-approved."
	case kind == failure.Invalid:
		return "", ""
	case needs.has(siteAdmin) && !standing.SiteAdmin:
		return "The operation is for site administrators, and no group of the account holds the permission " + string(directory.SiteAdmin) + ".",
			"Call as a site administrator, or add the account to a group that holds it."
	case needs.has(ownProperties) && c.site.Settings.PropertyAccess == site.ByOwner && !standing.Administrator:
		return "", "Call as the user, an administrator or the app that made the property, or roster site set NAME propertyAccess=contract."
	case needs.has(limited) && c.site.Settings.WhoMayInvite == site.ByAdministrators && !standing.SiteAdmin:
		return "The site lets only site administrators invite people: its setting whoMayInvite is administrators, and no group of the account holds " +
			string(directory.SiteAdmin) + ".", "Call as a site administrator, or roster site set NAME whoMayInvite=everyone."
	case needs.has(adminForOthers):
		return "", "Call as the user whose watch it is, or as an administrator of Confluence or, for content and spaces, of the space."
	}
	return "", ""
}

// xsrfReason says what is wrong with the header against forgery.
func xsrfReason(h http.Header) string {
	if n := len(h.Values(xsrfHeader)); n != 1 {
		return "The request writes, and has the header " + xsrfHeader + " " + strconv.Itoa(n) + " times instead of once."
	}
	return "The request writes, and its header " + xsrfHeader + " says something else than no-check."
}
