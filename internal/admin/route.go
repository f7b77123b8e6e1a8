package admin

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/failure"
)

// operation does what is asked about the thing with this ID, and returns the status and body of the answer.
type operation func(s *Server, c *call, id string) (int, any, error)

// routes are the operations by their path, in which * stands for an ID, and by their method.
var routes = map[string]map[string]operation{
	"apps":                 {http.MethodGet: (*Server).listApps, http.MethodPost: (*Server).addApp},
	"apps/*":               {http.MethodGet: (*Server).showApp, http.MethodDelete: (*Server).revokeApp},
	"apps/*/approve-email": {http.MethodPost: (*Server).approveEmail},
	"apps/*/block":         {http.MethodPost: block(true)},
	"apps/*/unblock":       {http.MethodPost: block(false)},
	"apps/*/rotate":        {http.MethodPost: (*Server).rotateApp},
	"apps/*/tokens":        {http.MethodPost: (*Server).addAppToken},
	"tokens":               {http.MethodGet: (*Server).listTokens, http.MethodPost: (*Server).addToken},
	"tokens/*":             {http.MethodDelete: (*Server).revokeToken},
}

// pattern is the call's path as routes have it, whether they do or not.
func (c *call) pattern() string {
	pattern := slices.Clone(c.place)
	if len(pattern) > 1 {
		pattern[1] = "*"
	}
	return strings.Join(pattern, "/")
}

// route finds what a method does at a path. Where the path takes other methods only, allow says which.
func (c *call) route() (do operation, id string, allow []string, err error) {
	if len(c.place) > 1 {
		id, err = url.PathUnescape(c.place[1])
	}
	methods, known := routes[c.pattern()]
	if err != nil || !known || len(c.place) > 1 && id == "" {
		return nil, "", nil, failure.NoRoute.Errorf("There is nothing at this path.")
	}
	method := c.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if do = methods[method]; do != nil {
		return do, id, nil, nil
	}
	allow = slices.Collect(maps.Keys(methods))
	if methods[http.MethodGet] != nil {
		allow = append(allow, http.MethodHead)
	}
	slices.Sort(allow)
	return nil, "", allow, failure.WrongMethod.Errorf("This path does not take %.20s.", c.Method)
}
