// Package failure names the ways a request can fail, before any wire format is chosen.
package failure

import (
	"errors"
	"fmt"
)

// Kind is why a request failed.
type Kind int

const (
	Internal        Kind = iota // anything else: logged, never shown
	Malformed                   // a credential that cannot be read
	Unauthenticated             // no credential, or one that is unknown, expired or revoked
	WrongHost                   // a good credential, shown where its kind is not taken
	OutOfScope                  // a good credential whose scopes are not enough
	NoAccess                    // a known caller who may not use the site
	ProfilesHidden              // a caller who may use the site, but not view user profiles
	Forbidden
	Forged // a write that another site's page may have made a browser send
	Invalid
	Unreadable // a number that is none, or out of its range
	NotFound
	NoRoute
	WrongMethod
	Conflict
	TooLarge
	TooLong
	HeadersTooLarge
	WrongMediaType
	Disabled // the site has switched the operation off
	Unavailable
	TooMany // calls in too short a time
)

// Error is a failure whose message the caller may read.
type Error struct {
	Kind    Kind
	Message string
}

func (e *Error) Error() string { return e.Message }

// Errorf returns a failure of kind k. Its text reaches the caller.
func (k Kind) Errorf(format string, args ...any) error {
	return &Error{k, fmt.Sprintf(format, args...)}
}

// ErrPlace is returned where a list is asked to go on behind a place that no page of it gave.
var ErrPlace = Invalid.Errorf("The link to the next page is broken. Begin at the first page again.")

// Of returns err's kind and the message fit for the caller.
func Of(err error) (Kind, string) {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind, e.Message
	}
	return Internal, "Internal server error"
}
