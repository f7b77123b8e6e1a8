package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/jsonbody"
	"github.com/rosterhq/roster/internal/site"
)

// blameless reports whether an error is the caller's own doing.
func blameless(err error) bool {
	switch kind, _ := failure.Of(err); kind {
	case failure.Invalid, failure.Unreadable, failure.TooLarge, failure.WrongMediaType:
		return true
	}
	return false
}

func FuzzAQueryIsDecodedOrInvalid(f *testing.F) {
	for _, seed := range []string{"", "a=b", "a=%zz", "a;b=c", "&&=&", "a=b&a=c", "%00=%ff", "a=b=c", "+=+"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		values, err := parseQuery(raw)
		if err != nil {
			if !blameless(err) || values != nil {
				t.Errorf("%v, %v", values, err)
			}
			return
		}
		if std, err := url.ParseQuery(strings.ReplaceAll(raw, ";", "%3B")); err != nil || !reflect.DeepEqual(std, values) {
			t.Errorf("%q is %v, the standard library says %v (%v)", raw, values, std, err)
		}
	})
}

type fuzzedIn struct {
	ID     string   `query:"id" required:"true"`
	Start  int      `query:"start" default:"0" min:"0"`
	Limit  *int     `query:"limit" min:"1"`
	Total  bool     `query:"total" default:"false"`
	Kind   string   `query:"kind" enum:"all none"`
	Expand []string `query:"expand"`
}

func FuzzParametersAreReadOrTheCallersFault(f *testing.F) {
	for _, seed := range []string{"id=a", "id=a&start=-1", "id=a&limit=0", "id=a&start=3%204", "id=a&start=99999999999", "id=a&id=b", "id=%ff", "id=a&total=maybe&kind=all", "id=a&expand=a,,b&expand=b"} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	p := paramsOf(reflect.TypeFor[fuzzedIn]())
	op := &operation{route: "GET /wiki/rest/api/x"}
	f.Fuzz(func(t *testing.T, raw string, observed bool) {
		query, err := parseQuery(raw)
		if err != nil {
			return
		}
		c := &call{op: op, query: query}
		if observed {
			c.site.Settings.Fidelity = site.Observed
		}
		var in fuzzedIn
		if err := p.fill(c, httptest.NewRequest(http.MethodGet, "/", nil), reflect.ValueOf(&in).Elem()); err != nil {
			if !blameless(err) {
				t.Errorf("%q: %v", raw, err)
			}
			return
		}
		if in.ID == "" || in.Start < 0 || in.Limit != nil && *in.Limit < 1 || in.Kind != "" && in.Kind != "all" && in.Kind != "none" || !utf8.ValidString(in.ID+strings.Join(in.Expand, "")) {
			t.Errorf("%q is read as %+v", raw, in)
		}
	})
}

func FuzzABodyIsAnObjectOrInvalid(f *testing.F) {
	for _, seed := range []string{"", "{}", "null", "[]", `{"a":1}`, `{"a":1,"a":2}`, `{"a":{"b":[{}]}}`, `{"a":1}x`, "{\"\\u0000\":1}", `{"a":1e999}`, "\ufeff{}", strings.Repeat(`{"a":`, 70) + "1" + strings.Repeat("}", 70)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		members, err := jsonbody.Object(data)
		if err != nil {
			if kind, _ := failure.Of(err); kind != failure.Invalid || members != nil {
				t.Errorf("%v, %v", members, err)
			}
			return
		}
		if !json.Valid(data) || !utf8.Valid(data) || members == nil {
			t.Errorf("%q was taken as %v", data, members)
		}
		for name, raw := range members {
			if !json.Valid(raw) {
				t.Errorf("%q has the member %q that is %q", data, name, raw)
			}
		}
	})
}

func FuzzARouteIsFoundByItsOwnShapeOnly(f *testing.F) {
	rt := newRouter(operations)
	for i := range operations {
		f.Add(operations[i].method(), pathValues.Replace(operations[i].path()))
	}
	for _, seed := range []string{"", "/", "//", "/wiki", "/wiki/rest/api/user/", "/wiki/rest/api/group/%2f/membersByGroupId", "/wiki/rest/api/group/%zz/membersByGroupId"} {
		f.Add("GET", seed)
	}
	f.Fuzz(func(t *testing.T, method, path string) {
		op, values, allow, err := rt.find(method, path)
		if err != nil {
			if kind, _ := failure.Of(err); op != nil || kind != failure.NoRoute && kind != failure.WrongMethod || (kind == failure.WrongMethod) != (len(allow) > 0) {
				t.Errorf("%s %q: %v, %v, %v", method, path, op, allow, err)
			}
			return
		}
		have, want := strings.Split(path, "/"), strings.Split(op.path(), "/")
		if len(have) != len(want) || method != op.method() && method != http.MethodHead {
			t.Fatalf("%s %q finds %s", method, path, op.route)
		}
		for i, segment := range want {
			if strings.HasPrefix(segment, "{") {
				if decoded, err := url.PathUnescape(have[i]); err != nil || decoded == "" || decoded != values[0] {
					t.Errorf("%q gives %q for %s", path, values, segment)
				}
				values = values[1:]
			} else if segment != have[i] {
				t.Errorf("%q finds %s", path, op.route)
			}
		}
	})
}

func FuzzAnExpansionIsBounded(f *testing.F) {
	for _, seed := range []string{"", "operations", "a.b.c.d.e.f.g.h", "....", "a,a.b,a.b.c", strings.Repeat("a.b,", 300), strings.Repeat("a.", 5000)} {
		f.Add(seed)
	}
	var count func(expansion, int) (nodes, depth int)
	count = func(e expansion, at int) (nodes, depth int) {
		depth = at
		for _, below := range e {
			n, d := count(below, at+1)
			nodes, depth = nodes+n+1, max(depth, d)
		}
		return nodes, depth
	}
	f.Fuzz(func(t *testing.T, text string) {
		paths := splitList(text)
		e := parseExpansion(paths)
		if nodes, depth := count(e, 0); nodes > mostExpansions*deepestExpansion || depth > deepestExpansion {
			t.Errorf("%d nodes, %d deep", nodes, depth)
		}
		for i, path := range paths {
			first, _, _ := strings.Cut(path, ".")
			if i < mostExpansions && !e.has(first) {
				t.Errorf("%q is not in %v", first, e)
			}
		}
	})
}
