package web

import (
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/oauth"
	"github.com/rosterhq/roster/internal/site"
)

// access says who may open a page.
type access int

const (
	anyone        access = iota
	person               // who is signed in
	administrator        // site administrators
)

// route is a page, or what a form does. Who may do it is said nowhere else.
type route struct {
	path    string // as http.ServeMux has it, below the beginning of a site's pages
	section string // that the navigation marks; empty for none
	access  access
	standIn bool // roster serve does not have it
	do      handler
}

// handler answers a request for one page. What it returns is told on a page of its own.
type handler func(*visit) error

var routes = []route{
	{"/login", "", anyone, false, (*visit).login},
	{"/logout", "", anyone, false, (*visit).logout},
	{oauth.AuthorizePath, "", anyone, false, (*visit).authorize},
	{loginAsPath, "", anyone, true, (*visit).loginAs},
	{homePath + "{$}", "", anyone, false, (*visit).home},

	{profilePath, "profile", person, false, (*visit).profile},
}

// section is a part of the pages that the navigation leads to.
type section struct {
	name    string // of the template's words for it
	path    string
	access  access
	standIn bool
}

// sections in the order of the navigation: one's own first.
var sections = []section{
	{"profile", profilePath, person, false},
}

// mux finds the page at a path. What it serves is never its own answer: see Server.Handle.
func (s *Server) mux() *http.ServeMux {
	mux := http.NewServeMux()
	for _, r := range routes {
		if r.standIn && !s.StandIn {
			continue
		}
		mux.HandleFunc(r.path, func(_ http.ResponseWriter, asked *http.Request) {
			v := asked.Context().Value(visitKey{}).(*visit)
			v.r, v.route = asked, r
			v.answer()
		})
		first, _, _ := strings.Cut(strings.TrimPrefix(r.path, "/"), "/")
		s.first[strings.TrimSuffix(first, "{$}")] = true
	}
	return mux
}

type visitKey struct{}

// mayServe tells most paths that are not served from those that are, without asking the database.
func (s *Server) mayServe(path string) bool {
	if rest, named := strings.CutPrefix(path, "/_site/"); named && s.Sites.Named {
		_, rest, _ := strings.Cut(rest, "/")
		path = "/" + rest
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return s.first[first]
}

// within returns a request for a page by its path below the beginning of the site's pages, and false where there is no
// such page.
func (s *Server) within(r *http.Request, found site.Found) (*http.Request, bool) {
	plain, err := url.PathUnescape(found.Path)
	if err != nil || found.Way == site.ByGateway || plain != "/" && path.Clean(plain) != plain {
		return nil, false
	}
	inner := r.Clone(r.Context())
	inner.URL = &url.URL{Path: plain, RawPath: found.Path, RawQuery: r.URL.RawQuery}
	_, pattern := s.pages.Handler(inner)
	return inner, pattern != ""
}

// admit lets in whom the route is for. Others are sent to sign in, or told.
func (v *visit) admit() (admitted bool, err error) {
	if v.route.access == anyone {
		return true, nil
	}
	who, in, err := v.signedIn()
	switch {
	case err != nil:
		return false, err
	case !in || who.site.ID != v.site.ID:
		if v.posted() {
			return false, v.goTo(loginPath)
		}
		return false, v.goTo(withQuery(loginPath, "next", v.r.URL.RequestURI()))
	case v.route.access == administrator && !who.Standing.SiteAdmin:
		return false, v.problem(http.StatusForbidden, "administrators", "")
	case !who.CanUse(v.site.Settings):
		return false, v.problem(http.StatusForbidden, "use", "")
	}
	v.who = who
	return true, nil
}

const homePath = "/"

// home leads to the page that somebody is likely to want first.
func (v *visit) home() error {
	who, in, err := v.signedIn()
	switch {
	case err != nil:
		return err
	case !in || who.site.ID != v.site.ID:
		return v.goTo(loginPath)
	}
	return v.goTo(profilePath)
}

// account returns the account that the path names.
func (v *visit) account() (directory.Account, error) {
	a, err := v.Directory.Account(v.ctx(), v.site.ID, v.r.PathValue("account"))
	if err == nil && a.ID != v.r.PathValue("account") {
		err = failure.NotFound.Errorf("There is no such account.")
	}
	return a, err
}
