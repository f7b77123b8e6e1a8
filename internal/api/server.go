// Package api answers Confluence's REST API, v1 and v2. operations is the table of what it serves; every request
// goes one way through it: which site, who, may they, what, answer.
package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/event"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

const (
	longestURL     = 64 << 10
	largestHeaders = 32 << 10
)

// Server answers the REST API of every site.
type Server struct {
	Sites     *site.Resolver
	Directory *directory.Directory
	Content   *content.Store
	Auth      *auth.Authenticator
	PublicURL string // of the server: sites without a public URL of their own stand below it
	Log       *slog.Logger

	ConfiguredURL string                 // PublicURL where the operator gave one
	Invitations   *directory.Invitations // nil where the server sends no mail
	Meter         *Meter                 // counts requests; may be nil
	Refusals      *explain.Store         // why requests were refused; nil keeps nothing
	Requests      *explain.Log           // the last requests, for a stand-in; nil keeps nothing

	router  *router
	limiter limiter
}

// Handler returns the API as one handler.
func (s *Server) Handler() http.Handler {
	s.router = newRouter(operations)
	return s
}

// ServeHTTP is the way of every request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	c := &call{header: w.Header()}
	c.actor = change.Actor{RequestID: event.RequestID(r.Context(), Identify(w)), IP: auth.ClientIP(r), Via: change.API}
	status := s.answer(w, r, c)
	took := time.Since(began)
	s.Meter.note(c.op, status, took)
	if s.Requests != nil {
		s.Requests.Add(explain.Request{
			Site: c.site.ID, ID: c.actor.RequestID, At: s.Auth.Now(), Method: r.Method, Operation: c.operation(), Path: c.shownPath(), Status: status,
			CallerKind: c.caller.Kind.String(), AccountID: c.caller.Standing.AccountID, Took: took, Refusal: w.Header().Get(explain.Header),
		})
	}
	if s.Log.Enabled(r.Context(), slog.LevelDebug) {
		s.Log.DebugContext(r.Context(), "request", "request", c.actor.RequestID, "method", r.Method, "operation", c.operation(),
			"status", status, "took", took, "token", c.actor.TokenID)
	}
}

// answer serves one request and returns the status it wrote.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, c *call) int {
	status, out, err := s.serveOrRecover(w, r, c)
	switch {
	case err != nil:
		return s.refuse(w, r, c, err)
	case status == 0:
		return http.StatusOK // a page has written itself
	case out == nothing{}:
		w.WriteHeader(status)
		return status
	}
	return writeJSON(w, status, out)
}

// serveOrRecover makes of a panic a failure like any other: logged whole, shown as nothing.
func (s *Server) serveOrRecover(w http.ResponseWriter, r *http.Request, c *call) (status int, out any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return s.serve(w, r, c)
}

// serve finds out which site a request is for, who calls, whether they may and what, and does it. Status 0
// says that the answer is written already.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, c *call) (status int, out any, err error) {
	if err := checkSize(r); err != nil {
		return 0, nil, err
	}
	found, err := s.locate(r, c)
	if err != nil {
		return 0, nil, err
	}
	r = r.WithContext(s.Sites.Context(r.Context(), found))
	if show := invitationOf(c.place); show != nil && found.Way != site.ByGateway {
		return 0, nil, show(s, w, r, c)
	}
	watchless := s.router.watchless(r.Method, c.place)
	unknown, err := s.recognize(r, c, found)
	if r.Method == http.MethodPatch && watchless == nil && !errors.Is(err, site.ErrNone) {
		return 0, nil, s.refusePatch(c)
	}
	if err != nil {
		return 0, nil, err
	}
	if show := pageOf(r.Method, c.place); show != nil {
		return 0, nil, show(s, w, r, c)
	}
	if watchless != nil {
		c.op = watchless
		return 0, nil, cmp.Or(unknown, watchless.admit(c), errNoTarget)
	}
	return s.operate(r, c, unknown)
}

// locate finds the site that a request is for, and the place on it.
func (s *Server) locate(r *http.Request, c *call) (site.Found, error) {
	found, err := s.Sites.Resolve(r.Context(), r.Host, r.URL.EscapedPath())
	if err != nil {
		return found, err
	}
	c.site, c.way, c.base = found.Site, found.Way, found.URL(s.PublicURL, s.Sites.Named)
	c.place, c.self = found.Path, strings.TrimPrefix(found.Path, wikiContext)
	return found, nil
}

// refusePatch answers whoever calls, as the edge of real sites does.
func (s *Server) refusePatch(c *call) error {
	_, _, allow, _ := s.router.find(http.MethodPatch, c.place)
	c.allow(allow)
	return failure.WrongMethod.Errorf("No path takes PATCH.")
}

// recognize finds out who calls. unknown says why that is nobody: pages are shown to them all the same. What else is
// wrong with a credential is err.
func (s *Server) recognize(r *http.Request, c *call, found site.Found) (unknown, err error) {
	caller, err := s.Auth.Caller(r.Context(), found, r)
	if errors.Is(err, site.ErrNone) {
		*c = call{header: c.header, actor: c.actor} // not even its fidelity shows that there is a site
	}
	if err != nil {
		if kind, _ := failure.Of(err); kind != failure.Unauthenticated && kind != failure.WrongHost {
			return nil, err
		}
	}
	c.caller, c.viewer, c.nobody = caller, caller.Standing.Viewer(), err
	c.actor.AccountID, c.actor.TokenID = caller.Standing.AccountID, caller.TokenID
	return err, nil
}

// operate serves the operation at the request's path.
func (s *Server) operate(r *http.Request, c *call, unknown error) (status int, out any, err error) {
	op, values, allow, err := s.router.find(r.Method, c.place)
	if kind, _ := failure.Of(unknown); kind == failure.WrongHost {
		return 0, nil, unknown // what is there is not this host's to say
	}
	if err != nil && c.caller.Scoped() {
		return 0, nil, errOutOfScope // scopes are looked at before paths: none covers what is not there
	}
	if err != nil {
		c.allow(allow)
		return 0, nil, err
	}
	c.op, c.path = op, values
	if unknown != nil {
		return 0, nil, unknown
	}
	if err := cmp.Or(s.spend(c), op.admit(c)); err != nil {
		return 0, nil, err
	}
	if c.query, err = parseQuery(r.URL.RawQuery); err != nil {
		return 0, nil, err
	}
	out, err = op.serve.call(s, r.Context(), c, r)
	return op.status, out, err
}

func checkSize(r *http.Request) error {
	if len(r.RequestURI) > longestURL {
		return failure.TooLong.Errorf("The URL is longer than %d bytes.", longestURL)
	}
	size := 0
	for name, values := range r.Header {
		for _, v := range values {
			size += len(name) + len(v)
		}
	}
	if size > largestHeaders {
		return failure.HeadersTooLarge.Errorf("The headers are larger than %d bytes.", largestHeaders)
	}
	return nil
}

// parseQuery decodes a query. Unlike [url.ParseQuery] it takes a semicolon for a character.
func parseQuery(raw string) (url.Values, error) {
	values := url.Values{}
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		n, err := url.QueryUnescape(name)
		v, err2 := url.QueryUnescape(value)
		if err != nil || err2 != nil {
			return nil, failure.Invalid.Errorf("The query string is not percent-encoded correctly.")
		}
		values[n] = append(values[n], v)
	}
	return values, nil
}

// Identify gives an answer the ID of its request, which the log lines about it have too.
func Identify(w http.ResponseWriter) string {
	id := "unknown"
	if v7, err := uuid.NewV7(); err == nil {
		id = v7.String()
	}
	w.Header().Set("X-Roster-Request-Id", id)
	return id
}

// report logs what the caller must not see, and says which kind of failure it is for them.
func (s *Server) report(ctx context.Context, c *call, err error) (failure.Kind, string) {
	kind, message := failure.Of(err)
	switch {
	case kind == failure.Unavailable && errors.Unwrap(err) != nil:
		s.logFailure(ctx, c, err)
	case kind != failure.Internal:
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return failure.Unavailable, "The request was given up."
	case db.IsUnavailable(err):
		s.logFailure(ctx, c, err)
		return failure.Unavailable, "The database cannot be reached now; try again."
	default:
		s.logFailure(ctx, c, err)
	}
	return kind, message
}

func (s *Server) logFailure(ctx context.Context, c *call, err error) {
	s.Log.ErrorContext(ctx, "request failed", "request", c.actor.RequestID, "operation", c.operation(), "err", err)
}
