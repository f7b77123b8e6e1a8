package api

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/failure"
)

// explainedBy names, in a refusal, what an administrator can ask why it was refused.
const explainedBy = explain.Header

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
	words, _ := explain.Of(kind)
	id := s.Refusals.Keep(explain.Refusal{
		Site: c.site.ID, At: s.Auth.Now(), RequestID: c.actor.RequestID, Method: r.Method, Operation: c.operation(), Route: c.route(),
		Status: status, Kind: words, Check: why.check, Reason: why.reason, Remedy: why.remedy,
		AccountID: c.caller.Standing.AccountID, TokenID: c.caller.TokenID, CallerKind: why.caller,
	})
	if id != "" {
		w.Header().Set(explainedBy, id)
	}
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
	_, check := explain.Of(kind)
	return check
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
		reason = explain.Unquoted(message)
	}
	return answerTo{c.checkOf(kind, err), reason, remedy, c.callerInWords(kind, err)}
}
