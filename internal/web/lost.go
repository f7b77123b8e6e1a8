package web

import (
	"net/http"
	"strings"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

// lostRoute is the page of all paths at which there is none.
var lostRoute = route{"", "lost", anyone, false, (*visit).lostPage}

// apis are the beginnings of the paths, below that of a site, whose answers are for programs even where a browser asks.
var apis = []string{"/wiki/", "/rest/", "/ex/", "/oauth/", "/_"}

// Lost returns rest with pages for people who ask it for what is not there: a browser is led to the page that its path
// names with a slash too many, or told that there is none. Programs, and all paths of the API, get the answers of rest.
func (s *Server) Lost(rest http.Handler, identify func(http.ResponseWriter) string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead || s.forPrograms(r.URL.Path) || !asksForHTML(r) {
			rest.ServeHTTP(w, r)
			return
		}
		kept := &unlessMissing{ResponseWriter: w}
		rest.ServeHTTP(kept, r)
		if !kept.missing {
			return
		}
		w.Header().Del("Content-Length")
		w.Header().Del("WWW-Authenticate")
		s.lose(w, r, identify)
	})
}

// forPrograms reports whether a path is the API's.
func (s *Server) forPrograms(path string) bool {
	if rest, named := strings.CutPrefix(path, "/_site/"); named && s.Sites.Named {
		_, rest, _ := strings.Cut(rest, "/")
		path = "/" + rest
	}
	for _, api := range apis {
		if strings.HasPrefix(path, api) || path == strings.TrimSuffix(api, "/") {
			return true
		}
	}
	return false
}

func (s *Server) lose(w http.ResponseWriter, r *http.Request, identify func(http.ResponseWriter) string) {
	path := r.URL.EscapedPath()
	found, err := s.Sites.Resolve(r.Context(), r.Host, path)
	if err != nil {
		found = site.Found{Path: path}
	}
	v := &visit{
		Server: s, w: w, r: r, site: found, root: rootFrom(path, found), route: lostRoute,
		by: change.Actor{RequestID: identify(w), IP: auth.ClientIP(r), Via: change.API},
	}
	if kind, _ := failure.Of(err); err != nil && kind != failure.NotFound {
		v.lost = err
	}
	v.answer()
}

// lostPage leads to the page that the path names but for a slash at its end, or says that there is none.
func (v *visit) lostPage() error {
	if v.site.ID == 0 {
		return v.problem(http.StatusNotFound, "lost", "")
	}
	if page, slashed := strings.CutSuffix(v.site.Path, "/"); slashed {
		plain := v.site
		plain.Path = page
		if _, served := v.within(v.r, plain); served {
			to := page
			if v.r.URL.RawQuery != "" {
				to += "?" + v.r.URL.RawQuery
			}
			return v.goTo(to)
		}
	}
	if err := v.know(); err != nil {
		return err
	}
	return v.problem(http.StatusNotFound, "lost", "")
}

// unlessMissing passes an answer on, unless it says to programs that there is nothing.
type unlessMissing struct {
	http.ResponseWriter
	missing bool
}

func (w *unlessMissing) WriteHeader(status int) {
	w.missing = status == http.StatusNotFound && !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html")
	if !w.missing {
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *unlessMissing) Write(b []byte) (int, error) {
	if w.missing {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap is what [http.ResponseController] needs.
func (w *unlessMissing) Unwrap() http.ResponseWriter { return w.ResponseWriter }
