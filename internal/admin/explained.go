package admin

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/failure"
)

// explained keeps why a call is refused, and names that in the header of its answer.
func (s *Server) explained(w http.ResponseWriter, c *call, err error, status int) {
	kind, message := failure.Of(err)
	reason, remedy := cmp.Or(failure.ReasonOf(err), explain.Unquoted(message)), ""
	switch {
	case kind == failure.Internal && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || db.IsUnavailable(err)):
		kind, reason = failure.Unavailable, "The request was given up, or the database could not be reached."
	case kind == failure.Internal:
		reason, remedy = "The server failed.", "Its log says how, under the ID of the request."
	}
	words, check := explain.Of(kind)
	why := explain.Refusal{
		Site: c.site.ID, At: s.Auth.Now(), RequestID: c.by.RequestID, Method: c.Method, Route: c.template(), Status: status, Kind: words, Check: check,
		Reason: reason, Remedy: remedy, AccountID: c.by.AccountID, TokenID: c.by.TokenID, CallerKind: c.callerKind(kind),
	}
	if id := s.Refusals.Keep(why); id != "" {
		w.Header().Set(explain.Header, id)
	}
}

// template is the call's path with {id} in the place of an ID; empty where there is nothing at the path.
func (c *call) template() string {
	pattern := c.pattern()
	if routes[pattern] == nil {
		return ""
	}
	return root + strings.Replace(pattern, "*", "{id}", 1)
}

// callerKind is the way in that the caller took.
func (c *call) callerKind(kind failure.Kind) string {
	unknown := kind == failure.Malformed || kind == failure.Unauthenticated || kind == failure.WrongHost
	if c.caller.Kind == auth.Anonymous && unknown && !c.silent {
		return "not recognized"
	}
	return c.caller.Kind.String()
}
