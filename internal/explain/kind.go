package explain

import (
	"regexp"
	"strings"

	"github.com/rosterhq/roster/internal/failure"
)

// kinds names each kind of failure, and the check that it comes from unless the failure itself says otherwise.
var kinds = map[failure.Kind]struct {
	words string
	check Check
}{
	failure.Internal:        {"internal error", Server},
	failure.Malformed:       {"malformed credential", Credential},
	failure.Unauthenticated: {"not authenticated", Credential},
	failure.WrongHost:       {"wrong host for the credential", Host},
	failure.OutOfScope:      {"out of scope", Scope},
	failure.NoAccess:        {"no access to the site", CanUse},
	failure.ProfilesHidden:  {"may not view profiles", Permission},
	failure.Forbidden:       {"forbidden", Permission},
	failure.Forged:          {"perhaps forged by another site", XSRF},
	failure.Invalid:         {"invalid", Parameters},
	failure.Unreadable:      {"unreadable number", Parameters},
	failure.NotFound:        {"not found", Existence},
	failure.NoRoute:         {"no such path", Route},
	failure.WrongMethod:     {"wrong method", Route},
	failure.Conflict:        {"conflict", State},
	failure.TooLarge:        {"body too large", Parameters},
	failure.TooLong:         {"URL too long", Edge},
	failure.HeadersTooLarge: {"headers too large", Edge},
	failure.WrongMediaType:  {"wrong media type", Parameters},
	failure.Disabled:        {"switched off", Settings},
	failure.Unavailable:     {"unavailable", Server},
	failure.TooMany:         {"too many calls", RateLimit},
}

// Of names a kind of failure in words, and the check that it comes from unless the failure itself says otherwise.
func Of(kind failure.Kind) (words string, check Check) { return kinds[kind].words, kinds[kind].check }

var quotation = regexp.MustCompile(`"(?:[^"\\]|\\.)*("|$)`)

// Unquoted is a message for callers without what they sent themselves, which stands in quotation marks.
func Unquoted(message string) string { return quotation.ReplaceAllString(message, "…") }

// known is a method as a text of its own: that of a request keeps the whole request in memory.
func known(method string) string {
	for _, one := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"} {
		if method == one {
			return one
		}
	}
	return "other"
}

// public leaves out a text that looks as if it held an address or a secret, which none should.
func public(text string) string {
	if strings.Contains(text, "@") || strings.Contains(text, "roster_") || strings.Contains(text, "rosterapp_") {
		return "The details are left out, since something private could stand in them."
	}
	return text
}
