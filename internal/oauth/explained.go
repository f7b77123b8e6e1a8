package oauth

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/failure"
)

// decided is a failure with the site on which it was decided, and the account of the app that had proved itself by then.
type decided struct {
	error
	site    int64
	account string
}

func (d *decided) Unwrap() error { return d.error }

// on returns err as decided on a site; 0 where there is none. No account is that of a client that has not proved itself.
func on(site int64, account string, err error) error {
	if err == nil {
		return nil
	}
	return &decided{err, site, account}
}

// SiteOf returns the site on which a request was refused, or 0 where the refusal does not say.
func SiteOf(err error) int64 {
	if d, ok := errors.AsType[*decided](err); ok {
		return d.site
	}
	return 0
}

// checks are those that refuse by each code.
var checks = map[string]explain.Check{
	"invalid_request": explain.Parameters, "unsupported_grant_type": explain.Parameters, "invalid_scope": explain.Scope,
	"invalid_client": explain.Credential, "invalid_grant": explain.Credential,
	"unauthorized_client": explain.Permission, "access_denied": explain.Permission,
	"temporarily_unavailable": explain.Server, "server_error": explain.Server,
}

const notRecognized = "not recognized" // what kind of caller

// explain keeps why a request is refused, and names that in the header of its answer. What no site is known for is not
// kept: nobody could be let ask.
func (s *Server) explain(w http.ResponseWriter, r *http.Request, by change.Actor, why explain.Refusal) {
	if why.Site == 0 {
		return
	}
	why.At, why.RequestID, why.Method, why.Route = s.now(), by.RequestID, r.Method, strings.Clone(r.URL.Path)
	why.CallerKind = cmp.Or(why.CallerKind, notRecognized)
	if id := s.Refusals.Keep(why); id != "" {
		w.Header().Set(explain.Header, id)
	}
}

// explainError keeps why err refuses a request with e: on the site where that was decided, else on the first one of the
// client that the request names.
func (s *Server) explainError(w http.ResponseWriter, r *http.Request, by change.Actor, clientID string, e *Error, err error) {
	why := explain.Refusal{
		Status: e.status, Kind: strings.ReplaceAll(e.Code, "_", " "), Check: checks[e.Code], Reason: cmp.Or(failure.ReasonOf(err), e.Description),
	}
	d, known := errors.AsType[*decided](err)
	switch {
	case known:
		why.Site, why.AccountID = d.site, d.account
	case s.Refusals != nil && clientID != "" && e.status < http.StatusInternalServerError:
		why.Site = s.firstSite(r.Context(), clientID)
	}
	if why.AccountID != "" {
		why.CallerKind = "registered app"
	}
	if why.Check == explain.Server {
		why.Reason, why.Remedy = "The server could not.", "Its log says why, under the ID of the request."
	}
	s.explain(w, r, by, why)
}

// firstSite is the first site on which a client is registered; 0 where there is none, or that cannot be found out.
func (s *Server) firstSite(ctx context.Context, clientID string) int64 {
	if ids, err := s.Directory.SitesOfClient(ctx, clientID); err == nil && len(ids) > 0 {
		return ids[0]
	}
	return 0
}

// callerKind names the way in that a token is, in words for administrators.
func callerKind(t directory.Shown) string {
	switch {
	case t.Kind == directory.Scoped:
		return "scoped API token"
	case t.Kind == directory.Classic:
		return "classic API token"
	case t.App.Kind == directory.ConnectApp:
		return "Connect impersonation token"
	case t.Standing.Type == directory.App:
		return "access token of an app as itself"
	}
	return "OAuth access token of a person"
}
