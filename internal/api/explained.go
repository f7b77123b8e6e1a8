package api

import (
	"cmp"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/failure"
)

// explainedBy names, in a refusal, what an administrator can ask why it was refused.
const explainedBy = "X-Roster-Explain"

// checked is a failure with the check that it comes from, where its kind does not tell.
type checked struct {
	error
	check explain.Check
}

func (k *checked) Unwrap() error { return k.error }

// explained keeps why a call is refused, and names that in the header of its answer.
func (s *Server) explained(w http.ResponseWriter, r *http.Request, c *call, kind failure.Kind, err error, status int) {
	why := c.why(r, kind, err)
	s.Meter.refuse(why.check)
	w.Header().Set(explainedBy, s.refused.Keep(explain.Refusal{
		Site: c.site.ID, At: s.Auth.Now(), RequestID: c.actor.RequestID, Method: knownMethod(r.Method), Operation: c.operation(), Route: c.route(),
		Status: status, Kind: kindsInWords[kind].words, Check: why.check, Reason: withoutSecrets(why.reason), Remedy: withoutSecrets(why.remedy),
		AccountID: c.caller.Standing.AccountID, TokenID: c.caller.TokenID, CallerKind: why.caller,
	}))
}

// knownMethod is a method as a text of its own: that of a request keeps the whole request in memory.
func knownMethod(method string) string {
	for _, known := range []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions,
	} {
		if method == known {
			return known
		}
	}
	return "other"
}

// route is where on a site the call goes, with the names of the path's parameters in the place of their values.
func (c *call) route() string {
	if c.op != nil {
		return c.op.path()
	}
	for _, p := range []struct{ prefix, template string }{
		{explainPath + "/", explainPath + "/{id}"},
		{avatarPath, avatarPath + "{accountId}"},
		{directory.InvitationPath, directory.InvitationPath + "{secret}"},
	} {
		if strings.HasPrefix(c.place, p.prefix) {
			return p.template
		}
	}
	for _, path := range []string{explainPath, acceptPath, operationsPath} {
		if c.place == path {
			return path
		}
	}
	return ""
}

// kindsInWords names each kind of failure, and the check that it comes from unless the failure itself says otherwise.
var kindsInWords = map[failure.Kind]struct {
	words string
	check explain.Check
}{
	failure.Internal:        {"internal error", explain.Server},
	failure.Malformed:       {"malformed credential", explain.Credential},
	failure.Unauthenticated: {"not authenticated", explain.Credential},
	failure.WrongHost:       {"wrong host for the credential", explain.Host},
	failure.OutOfScope:      {"out of scope", explain.Scope},
	failure.NoAccess:        {"no access to the site", explain.CanUse},
	failure.ProfilesHidden:  {"may not view profiles", explain.Permission},
	failure.Forbidden:       {"forbidden", explain.Permission},
	failure.Forged:          {"perhaps forged by another site", explain.XSRF},
	failure.Invalid:         {"invalid", explain.Parameters},
	failure.Unreadable:      {"unreadable number", explain.Parameters},
	failure.NotFound:        {"not found", explain.Existence},
	failure.NoRoute:         {"no such path", explain.Route},
	failure.WrongMethod:     {"wrong method", explain.Route},
	failure.Conflict:        {"conflict", explain.State},
	failure.TooLarge:        {"body too large", explain.Parameters},
	failure.TooLong:         {"URL too long", explain.Edge},
	failure.HeadersTooLarge: {"headers too large", explain.Edge},
	failure.WrongMediaType:  {"wrong media type", explain.Parameters},
	failure.Disabled:        {"switched off", explain.Settings},
	failure.Unavailable:     {"unavailable", explain.Server},
	failure.TooMany:         {"too many calls", explain.RateLimit},
}

// checkOf is the check that a failure comes from.
func (c *call) checkOf(kind failure.Kind, err error) explain.Check {
	if k, ok := errors.AsType[*checked](err); ok {
		return k.check
	}
	_, notSeen := errors.AsType[*content.NotSeen](err)
	switch {
	case notSeen:
		return explain.Existence
	case errors.Is(err, content.ErrAppsBlocked):
		return explain.AppRule
	case kind == failure.NotFound && c.site.ID == 0:
		return explain.Site
	case kind == failure.Unavailable && lasts(err):
		return explain.Settings
	case kind == failure.Invalid && c.op != nil && c.op.needs.has(approvedApp) && c.notApproved() != "":
		return explain.Permission
	}
	return kindsInWords[kind].check
}

var quotation = regexp.MustCompile(`"(?:[^"\\]|\\.)*("|$)`)

// plain is a message for callers without what they sent themselves, which stands in quotation marks.
func plain(message string) string { return quotation.ReplaceAllString(message, "…") }

// withoutSecrets leaves out a text that looks as if it held an address or a secret, which none should.
func withoutSecrets(text string) string {
	if strings.ContainsAny(text, "@") || strings.Contains(text, "roster_") || strings.Contains(text, "rostercs_") {
		return "The details are left out, since something private could stand in them."
	}
	return text
}

// callerInWords is the way in that the caller took.
func (c *call) callerInWords(kind failure.Kind, err error) string {
	if c.caller.Kind != auth.Anonymous {
		return c.caller.Kind.String()
	}
	switch kind {
	case failure.Malformed, failure.WrongHost:
		return "not recognized"
	case failure.Unauthenticated:
		if failure.ReasonOf(err) != "" {
			return "not recognized"
		}
	}
	return c.caller.Kind.String()
}

// answerTo is what an administrator is told of a refusal.
type answerTo struct {
	check                  explain.Check
	reason, remedy, caller string
}

// why finds out why a call is refused, from what is known already.
func (c *call) why(r *http.Request, kind failure.Kind, err error) answerTo {
	reason, remedy := c.reason(r, kind, err)
	if reason = cmp.Or(failure.ReasonOf(err), reason); reason == "" {
		_, message := failure.Of(err)
		reason = plain(message)
	}
	return answerTo{c.checkOf(kind, err), reason, remedy, c.callerInWords(kind, err)}
}
