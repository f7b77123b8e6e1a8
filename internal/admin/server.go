// Package admin answers what administrators ask of Roster itself, below /_roster of a site: which apps are registered,
// and with which credentials programs call. In a stand-in it is how a test makes the caller that it needs.
package admin

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/event"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/install"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/webhook"
	"github.com/rosterhq/roster/internal/workflow"
)

// Server answers administrators.
type Server struct {
	Sites     *site.Resolver
	Directory *directory.Directory
	Auth      *auth.Authenticator
	Scopes    []string           // every scope that an operation asks for
	AppScopes []string           // what else an app may ask for
	Installer *install.Installer // tells Connect apps what happens to them
	Webhooks  *webhook.Store     // and what they wait for
	Workflows *workflow.Store    // and their runs
	Outbox    *mail.Outbox       // of what runs send; nil where no mail is sent
	StandIn   bool               // who shows no credential may do all of this
	Log       *slog.Logger

	Refusals *explain.Store // why requests were refused; nil keeps nothing
}

const root = "/_roster/"

// Handler serves the paths that are this package's and hands other requests on. identify gives an answer the ID of
// its request.
func (s *Server) Handler(identify func(http.ResponseWriter) string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, below, _ := strings.Cut(r.URL.Path, root)
		if first, _, _ := strings.Cut(below, "/"); !ours[first] {
			next.ServeHTTP(w, r)
			return
		}
		found, err := s.Sites.Resolve(r.Context(), r.Host, r.URL.EscapedPath())
		place := strings.Split(strings.TrimPrefix(found.Path, root), "/")
		if err != nil || !strings.HasPrefix(found.Path, root) || !ours[place[0]] {
			next.ServeHTTP(w, r)
			return
		}
		c := &call{Request: r, site: found, place: place, by: change.Actor{RequestID: event.RequestID(r.Context(), identify(w)), IP: auth.ClientIP(r), Via: change.API}}
		s.answer(w, c)
	})
}

// call is one request.
type call struct {
	*http.Request
	site   site.Found
	place  []string // the segments of the path below /_roster, escaped
	by     change.Actor
	caller auth.Caller
	silent bool // the request shows no credential
}

var (
	errNobody = failure.Unauthenticated.Errorf("This needs the credential of a site administrator.")
	errOther  = failure.Forbidden.Errorf("Only a site administrator may do this.")
	errScoped = failure.Forbidden.Errorf("Only a site administrator may do this, by a credential that no scope limits.")
	errForged = failure.Forged.Errorf("Another site sent this request.")
)

// admit lets site administrators in, and in a stand-in those who show no credential. The fidelity of a site is of no
// matter here: real sites have nothing of the kind.
func (s *Server) admit(c *call) error {
	found := c.site
	found.Settings.Fidelity = site.Documented
	caller, err := s.Auth.Caller(c.Context(), found, c.Request)
	if err != nil {
		return err
	}
	c.caller, c.silent = caller, caller.Kind == auth.Anonymous
	c.by.AccountID, c.by.TokenID = caller.Standing.AccountID, caller.TokenID
	switch {
	case caller.Kind == auth.Anonymous && !s.StandIn:
		return failure.Because(errNobody, "The request shows no credential.")
	case caller.Kind == auth.Anonymous:
		// Where nobody needs a credential, a page that somebody looks at could ask for one in their place.
		if http.NewCrossOriginProtection().Check(c.Request) != nil {
			return errForged
		}
		return nil
	case caller.Kind != auth.Token && caller.Kind != auth.Session:
		return failure.Because(errScoped, "No scope lets a credential of this kind (%s) do this.", caller.Kind)
	case !caller.Standing.SiteAdmin:
		return failure.Because(errOther, "No group of the account holds the permission %s.", directory.SiteAdmin)
	}
	return nil
}
