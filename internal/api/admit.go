package api

import (
	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/failure"
)

// admit decides from the operation's row and the caller alone whether the caller may attempt the call:
// scope, credential, 'Can use', what the site has switched off.
func (op *operation) admit(c *call) error {
	if !op.inScope(c.caller) {
		return errOutOfScope
	}
	settings := c.site.Settings
	if c.caller.Kind == auth.Anonymous && (op.needs.has(credential) || !settings.AnonymousAccess) {
		return failure.Unauthenticated.Errorf("The request has no credential.")
	}
	switch {
	case !c.caller.CanUse(settings):
		return failure.NoAccess.Errorf("The caller may not use this site.")
	case op.needs.has(emailAPI) && !settings.EmailAPI:
		return failure.Disabled.Errorf("This site does not serve the e-mail operations.")
	case op.needs.has(accessAPI) && !settings.AccessAPI:
		return errAccessOff
	}
	return nil
}

var errOutOfScope = failure.OutOfScope.Errorf("Unauthorized; scope does not match")

// inScope reports whether the scopes of the caller's credential, where it has any, let it call.
func (op *operation) inScope(c auth.Caller) bool {
	switch {
	case c.Scoped():
		return op.scopes.grantedBy(c.Scopes)
	case c.Connect():
		return connect.Scopes(c.Scopes).Allow(op.connect)
	}
	return true
}

// errAccessOff stays until an administrator changes the site's settings: trying again does not help.
var errAccessOff = failure.Unavailable.Errorf("This site does not serve the access operations.")

// namesUsers is an input that names the users it is about.
type namesUsers interface{ users() []string }

// permit decides, once the parameters are read, whether the caller may do this to whom the request names. What
// only the space can tell that the request is about, it asks.
func permit(c *call, in any) (content.Question, error) {
	if w, ok := in.(watching); ok {
		return permitWatch(c, w)
	}
	return content.Question{}, permitted(c, in)
}

func permitted(c *call, in any) error {
	switch needs := c.op.needs; {
	case needs.has(approvedApp) && !(c.caller.IsApp() && c.caller.Standing.EmailApproved):
		return failure.Invalid.Errorf("Only an app that is approved for e-mail addresses may call this, as itself.")
	case needs.has(siteAdmin) && !c.caller.Standing.SiteAdmin:
		return failure.Forbidden.Errorf("Only a site administrator may do this.")
	case needs.has(ownProperties):
		return permitProperties(c, in)
	case needs.has(viewProfiles) && !c.caller.CanViewProfiles(c.site.Settings) && !namesOnly(in, c.caller.Standing.AccountID):
		return failure.ProfilesHidden.Errorf("The caller may not view user profiles.")
	}
	return nil
}

// namesOnly reports whether a request is about the caller alone.
func namesOnly(in any, accountID string) bool {
	n, ok := in.(namesUsers)
	if !ok || accountID == "" {
		return false
	}
	for _, id := range n.users() {
		if id != accountID {
			return false
		}
	}
	return true
}
