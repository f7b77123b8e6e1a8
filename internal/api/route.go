package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/failure"
)

// router finds the operation for a method and an escaped path. It never redirects and never cleans a
// path: "//", "." and a trailing slash are other paths. A parameter is one segment, decoded once.
type router struct {
	fixed  map[string]*target // paths without parameters
	shaped []*target          // the others
}

// target is a path and the operations on it, by method.
type target struct {
	segments []string // "" for a parameter
	methods  map[string]*operation
}

func newRouter(table []operation) *router {
	rt := &router{fixed: map[string]*target{}}
	shapes := map[string]*target{}
	for i := range table {
		op := &table[i]
		t := shapes[op.path()]
		if t == nil {
			t = &target{methods: map[string]*operation{}}
			shapes[op.path()] = t
			parameters := false
			for s := range strings.SplitSeq(op.path()[1:], "/") {
				if strings.HasPrefix(s, "{") {
					s, parameters = "", true
				}
				t.segments = append(t.segments, s)
			}
			if parameters {
				rt.shaped = append(rt.shaped, t)
			} else {
				rt.fixed[op.path()] = t
			}
		}
		t.methods[op.method()] = op
	}
	return rt
}

// find returns the operation and the values of the path's parameters. NoRoute is a path that nothing
// answers; WrongMethod comes with the methods that the path allows.
func (rt *router) find(method, escaped string) (op *operation, values []string, allow []string, err error) {
	t := rt.fixed[escaped]
	if t == nil {
		segments := strings.Split(strings.TrimPrefix(escaped, "/"), "/")
		for _, candidate := range rt.shaped {
			if v, ok := candidate.match(segments); ok {
				t, values = candidate, v
				break
			}
		}
	}
	if t == nil {
		return nil, nil, nil, failure.NoRoute.Errorf("There is nothing at this path.")
	}
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if op := t.methods[method]; op != nil {
		return op, values, nil, nil
	}
	for m := range t.methods {
		allow = append(allow, m)
		if m == http.MethodGet {
			allow = append(allow, http.MethodHead)
		}
	}
	slices.Sort(allow)
	return nil, nil, allow, failure.WrongMethod.Errorf("This path does not take %.20s.", method)
}

func (t *target) match(segments []string) (values []string, ok bool) {
	if len(segments) != len(t.segments) {
		return nil, false
	}
	for i, want := range t.segments {
		if want != "" {
			if segments[i] != want {
				return nil, false
			}
			continue
		}
		value, err := url.PathUnescape(segments[i])
		if err != nil || value == "" {
			return nil, false
		}
		values = append(values, value)
	}
	return values, true
}
