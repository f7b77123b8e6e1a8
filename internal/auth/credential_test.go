package auth

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/failure"
)

func encoded(text string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(text)) }

// with is a request with these headers.
func with(h http.Header) *http.Request {
	return &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/wiki/rest/api/user"}, Header: h}
}

func TestACredentialIsTakenApart(t *testing.T) {
	t.Parallel()
	raw := "Basic " + base64.RawStdEncoding.EncodeToString([]byte("ada@example.com:t0ken"))
	for header, want := range map[string]credential{
		encoded("ada@example.com:t0ken"): {basic, "ada@example.com", "t0ken"},
		raw:                              {basic, "ada@example.com", "t0ken"},
		strings.Replace(encoded("a:b"), "Basic", "bAsIc", 1):       {basic, "a", "b"},
		"Basic   " + encoded("a:b")[6:] + "  ":                     {basic, "a", "b"},
		encoded("naïve@example.com:t"):                             {basic, "naïve@example.com", "t"},
		"Bearer t0ken":                                             {bearer, "", "t0ken"},
		"bearer t0ken":                                             {bearer, "", "t0ken"},
		"Bearer roster_0123456789abcdef0123456789abcdef_abc+/=.-~": {bearer, "", "roster_0123456789abcdef0123456789abcdef_abc+/=.-~"},
	} {
		if got, err := read(with(http.Header{"Authorization": {header}})); err != nil || got != want {
			t.Errorf("%q is %+v (%v), want %+v", header, got, err, want)
		}
	}
	if got, err := read(with(http.Header{})); err != nil || got != (credential{}) {
		t.Errorf("no header is %+v (%v)", got, err)
	}
}

func TestACredentialThatCannotBeReadIsMalformed(t *testing.T) {
	t.Parallel()
	one := func(values ...string) http.Header { return http.Header{"Authorization": values} }
	for name, h := range map[string]http.Header{
		"empty":                       one(""),
		"white space":                 one("  \t "),
		"no scheme":                   one("t0ken"),
		"another scheme":              one("Digest username=ada"),
		"JWT alone":                   one("JWT"),
		"JWT with two tokens":         one("JWT a.b.c d.e.f"),
		"Basic alone":                 one("Basic"),
		"Basic with nothing":          one("Basic "),
		"Basic not base64":            one("Basic !!!"),
		"Basic URL base64":            one("Basic " + base64.URLEncoding.EncodeToString([]byte("ada?>:\xc3\xbf\xc3\xbf\xc3\xbf"))),
		"Basic in two parts":          one(encoded("a:b") + " x"),
		"Basic without colon":         one(encoded("ada@example.com")),
		"Basic without user":          one(encoded(":t0ken")),
		"Basic without password":      one(encoded("ada@example.com:")),
		"Basic with only a colon":     one(encoded(":")),
		"Basic with more colons":      one(encoded("ada@example.com:a:b")),
		"Basic not UTF-8":             one(encoded("ada\xff:t")),
		"Basic after a tab":           one("Basic\t" + encoded("a:b")[6:]),
		"Bearer alone":                one("Bearer"),
		"Bearer with two tokens":      one("Bearer a b"),
		"Bearer with a comma":         one("Bearer a,b"),
		"two headers":                 one(encoded("a:b"), "Bearer t0ken"),
		"the same header twice":       one("Bearer t0ken", "Bearer t0ken"),
		"one that is far too long":    one("Bearer " + strings.Repeat("a", longestSecret)),
		"Basic that is far too long":  one(encoded("a:" + strings.Repeat("a", longestSecret))),
		"two credentials in one line": one("Bearer a, " + encoded("a:b")),
	} {
		got, err := read(with(h))
		if kind, message := failure.Of(err); kind != failure.Malformed || got != (credential{}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		} else if strings.Contains(message, "t0ken") || strings.Contains(message, "ada") {
			t.Errorf("%s: %q repeats the credential", name, message)
		}
	}
}

func FuzzAnyHeaderIsACredentialOrMalformed(f *testing.F) {
	for _, seed := range []string{"", "Basic", encoded("a:b"), encoded(":"), "Bearer x", "Bearer  x ", "basic \x00", "Basic =", "\u2003Bearer x", "Bearer a\u00a0b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		got, err := read(with(http.Header{"Authorization": {header}}))
		if err != nil {
			if kind, _ := failure.Of(err); kind != failure.Malformed || got != (credential{}) {
				t.Errorf("%+v, %v", got, err)
			}
			return
		}
		if got.secret == "" || (got.scheme == basic) != (got.email != "") || strings.ContainsAny(got.secret, " \t,") && got.scheme != basic {
			t.Errorf("%q is %+v", header, got)
		}
		if got.scheme == basic && (strings.Contains(got.email, ":") || strings.Contains(got.secret, ":") || !utf8.ValidString(got.email+got.secret)) {
			t.Errorf("%q is %+v", header, got)
		}
	})
}
