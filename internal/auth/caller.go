// Package auth tells who is calling, from the Authorization header.
package auth

import (
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// Kind is the sort of credential a caller showed.
type Kind int

const (
	Anonymous   Kind = iota // none
	Token                   // a classic API token: all that its account may do
	ScopedToken             // an API token limited to Scopes
)

// Caller is who is calling and what their credential allows.
type Caller struct {
	Kind     Kind
	TokenID  string
	Scopes   []string
	Standing directory.Standing // zero for an anonymous caller
}

// IsApp reports whether an app calls as itself.
func (c Caller) IsApp() bool { return c.Standing.Type == directory.App }

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
