// Package auth tells who is calling, from the credential that a request shows.
package auth

import (
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// Kind is the way in that a caller took.
type Kind int

const (
	Anonymous   Kind = iota // no credential
	Token                   // a classic API token: all that its account may do
	ScopedToken             // an API token limited to Scopes
	UserAccess              // an OAuth or Forge app on behalf of a person who allowed it, within Scopes
	AppAccess               // an OAuth or Forge app as itself, within Scopes
	ConnectApp              // a Connect app as itself, by a JWT of its own
	ConnectUser             // a Connect app in the place of a person
	Session                 // a person who signed in with a browser
)

// String names the way in, in words for administrators.
func (k Kind) String() string {
	return [...]string{
		"anonymous", "classic API token", "scoped API token", "OAuth access token of a person", "access token of an app as itself",
		"Connect JWT", "Connect impersonation token", "web session",
	}[k]
}

// Caller is who is calling and what their credential allows.
type Caller struct {
	Kind     Kind
	TokenID  string             // what the audit trail calls the credential; "app:" and the client ID for a Connect JWT
	Scopes   []string           // Connect's own for the Connect kinds
	Standing directory.Standing // zero for an anonymous caller
	App      directory.Through  // the app that calls; zero where a person, or an app's own API token, does
}

// IsApp reports whether an app calls as itself.
func (c Caller) IsApp() bool { return c.Standing.Type == directory.App }

// AppAccount returns the account of the app through which the call is made, be it as itself or as a person; "" for a
// person's own call.
func (c Caller) AppAccount() string {
	if c.App.AccountID == "" && c.IsApp() {
		return c.Standing.AccountID
	}
	return c.App.AccountID
}

// Scoped reports whether OAuth scopes limit the credential.
func (c Caller) Scoped() bool {
	return c.Kind == ScopedToken || c.Kind == UserAccess || c.Kind == AppAccess
}

// Connect reports whether a Connect app's scopes limit the credential.
func (c Caller) Connect() bool { return c.Kind == ConnectApp || c.Kind == ConnectUser }

// CanUse reports whether the caller may use the site at all.
func (c Caller) CanUse(s site.Settings) bool {
	if c.Kind == Anonymous {
		return s.AnonymousAccess
	}
	return c.Standing.CanUse
}

// CanViewProfiles reports whether the caller may view other people's profiles.
func (c Caller) CanViewProfiles(s site.Settings) bool {
	switch {
	case c.Kind == Anonymous:
		return s.AnonymousProfiles
	case s.ViewProfiles == "groups":
		return c.Standing.ViewProfiles || c.Standing.Administrator
	}
	return c.Standing.CanUse
}
