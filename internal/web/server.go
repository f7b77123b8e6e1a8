// Package web serves the pages that people see. They are made on the server, and all that is on them can be read and
// done without a script. A page links to others relatively, so that all of them work for the whole server, below a
// site's own path, and behind a proxy that adds a path.
package web

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/avatar"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/oauth"
	"github.com/rosterhq/roster/internal/site"
)

// Server serves the pages of every site. Make it with [New].
type Server struct {
	Sites     *site.Resolver
	Directory *directory.Directory
	Content   *content.Store
	Auth      *auth.Authenticator
	OAuth     *oauth.Server
	PublicURL string // where the server itself is reached
	StandIn   bool   // anybody may sign in as anybody
	Log       *slog.Logger
	Refusals  *explain.Store // why the authorization endpoint refused requests; nil keeps nothing

	ConfiguredURL string                 // PublicURL where it was configured; what is mailed has links below no other
	Invitations   *directory.Invitations // nil where no mail is sent

	// Describe returns the OpenAPI document of a site at an address, that of sites that answer as real ones were observed
	// to, or else as Atlassian documents; nil shows no reference.
	Describe func(observed bool, site, server string) []byte

	Operated  // what administrators run the server by
	Automated // what people automate
	Emulated  // what only a stand-in has

	described func(observed bool) (*reference, error)
	tongues   func() *tongues

	pages   *http.ServeMux
	first   map[string]bool // the first segments of the pages' paths
	guesses *throttle
}

// New returns s ready to serve.
func New(s Server) *Server {
	s.first = map[string]bool{}
	s.pages = s.mux()
	s.described = describing(s.Describe)
	if s.tongues == nil {
		s.tongues = ownTongues
	}
	s.Operated = s.Operated.filled(&s)
	s.guesses = newThrottle(func() time.Time { return s.Directory.Changes.Now() })
	return &s
}

// Handle answers requests for pages, by their path, and reports whether the request was for one. identify gives the
// answer the ID of its request.
func (s *Server) Handle(w http.ResponseWriter, r *http.Request, identify func(http.ResponseWriter) string) bool {
	path := r.URL.EscapedPath()
	if _, name, found := strings.Cut(path, assetsPath); found {
		return serveAsset(w, r, name)
	}
	if !s.mayServe(path) {
		return false
	}
	found, err := s.Sites.Resolve(r.Context(), r.Host, path)
	if kind, _ := failure.Of(err); err != nil && kind == failure.NotFound {
		return false // there may be no site yet; who answers the rest says so
	}
	if err != nil {
		found.Path = path
	}
	inner, served := s.within(r, found)
	if !served || !asksForPage(r, inner.URL.Path) {
		return false
	}
	began, answer := time.Now(), &answered{w, http.StatusOK}
	v := &visit{
		Server: s, w: answer, site: found, root: rootFrom(path, found),
		by: change.Actor{RequestID: identify(w), IP: auth.ClientIP(r), Via: change.API}, lost: err,
	}
	ctx := inner.Context()
	if err == nil && r.Method != http.MethodPost { // what a form has changed is read again
		ctx = s.Sites.Context(ctx, found)
	}
	s.pages.ServeHTTP(answer, inner.WithContext(context.WithValue(ctx, visitKey{}, v)))
	s.Meter.NotePage(answer.status, time.Since(began))
	return true
}

// answered remembers the status of an answer.
type answered struct {
	http.ResponseWriter
	status int
}

func (w *answered) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is what [http.ResponseController] needs.
func (w *answered) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// rootFrom leads from the page at an escaped path to the beginning of its site's pages, relatively.
func rootFrom(escaped string, found site.Found) string {
	if found.Way == site.ByName && !strings.HasSuffix(escaped, found.Path) { // /_site/name
		return found.Name + "/"
	}
	return strings.Repeat("../", max(strings.Count(found.Path, "/")-1, 0))
}

// visit is one request for a page.
type visit struct {
	*Server
	w    http.ResponseWriter
	r    *http.Request
	site site.Found
	root string       // leads from the page to the beginning of its site's pages, relatively
	by   change.Actor // without an account until somebody is signed in

	route route
	who   signedIn // where the route is not for anyone
	lost  error    // why the site was not found
}

// answer serves the page.
func (v *visit) answer() {
	v.guard()
	err := v.lost
	if err == nil {
		err = v.run()
	}
	if err != nil {
		v.fail(err)
	}
}

// largestForm is more than any form of ours sends, but for those of largerForms.
const largestForm = 64 << 10

// largerForms is how much may be sent to the pages, by their paths, that take a file.
var largerForms = map[string]int64{
	appNewPath:        largestDescriptor + largestForm,
	ownPicturePath:    avatar.MaxBytes + largestForm,
	personPicturePath: avatar.MaxBytes + largestForm,
	seedSitePath:      largestSeed + largestForm,
	workflowAddPath:   3 * mostWorkflow, // as some characters take three when they are sent
}

// run keeps other sites' pages from sending our forms.
func (v *visit) run() error {
	switch v.r.Method {
	case http.MethodGet, http.MethodHead:
	case http.MethodPost:
		if http.NewCrossOriginProtection().Check(v.r) != nil {
			v.explain(http.StatusForbidden, failure.Forged.Errorf("Another site's page sent the form."))
			return v.problem(http.StatusForbidden, "forged", "")
		}
		v.r.Body = http.MaxBytesReader(v.w, v.r.Body, cmp.Or(largerForms[v.route.path], largestForm))
		if err := v.r.ParseForm(); err != nil {
			v.explain(http.StatusBadRequest, failure.Invalid.Errorf("The form cannot be read."))
			return v.problem(http.StatusBadRequest, "form", "")
		}
	default:
		v.w.Header().Set("Allow", "GET, HEAD, POST")
		v.explain(http.StatusMethodNotAllowed, failure.WrongMethod.Errorf("This path takes GET, HEAD and POST."))
		return v.problem(http.StatusMethodNotAllowed, "method", "")
	}
	if admitted, err := v.admit(); err != nil || !admitted {
		return err
	}
	return v.route.do(v)
}

func (v *visit) ctx() context.Context { return v.r.Context() }

func (v *visit) posted() bool { return v.r.Method == http.MethodPost }

// fail says that something went wrong. What people cannot help is logged whole, and shown as nothing.
func (v *visit) fail(err error) {
	kind, message := failure.Of(err)
	status, problem := http.StatusInternalServerError, "internal"
	switch kind {
	case failure.Unavailable:
		status, problem = http.StatusServiceUnavailable, "unavailable"
	case failure.Invalid, failure.Conflict, failure.TooLarge:
		status, problem = http.StatusBadRequest, "refused"
	case failure.NotFound:
		status, problem = http.StatusNotFound, "lost"
	case failure.Forbidden:
		status, problem = http.StatusForbidden, "refused"
	default:
		message = ""
	}
	if status >= 500 && v.ctx().Err() == nil {
		v.Log.ErrorContext(v.ctx(), "request failed", "request", v.by.RequestID, "path", v.r.URL.Path, "err", err)
	}
	v.explain(status, err)
	if err := v.problem(status, problem, message); err != nil {
		v.Log.ErrorContext(v.ctx(), "page failed", "request", v.by.RequestID, "err", err)
		http.Error(v.w, "Internal server error", http.StatusInternalServerError)
	}
}

// goTo sends the browser on to a page of the same site, given by its path and query below the site's beginning.
func (v *visit) goTo(page string) error {
	v.w.Header().Set("Location", v.link(page))
	v.w.WriteHeader(http.StatusSeeOther)
	return nil
}

// link leads to a page of the same site. As it is relative, it cannot lead to another server.
func (v *visit) link(page string) string { return "./" + v.root + strings.TrimPrefix(page, "/") }

// secure reports whether what the browser keeps is to be sent over TLS only.
func (v *visit) secure(s site.Site) bool {
	// A stand-in with a name of Atlassian's is reached in clear as well.
	return v.r.TLS != nil || !v.StandIn && strings.HasPrefix(s.URL(v.PublicURL, false), "https:")
}

// withQuery is a page's path with parameters, those that are empty left out.
func withQuery(page string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return page
	}
	return page + "?" + q.Encode()
}
