package auth

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/failure"
)

func basic(text string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(text)) }

func TestACredentialIsTakenApart(t *testing.T) {
	t.Parallel()
	raw := "Basic " + base64.RawStdEncoding.EncodeToString([]byte("ada@example.com:t0ken"))
	for header, want := range map[string]credential{
		basic("ada@example.com:t0ken"): {"ada@example.com", "t0ken", true},
		raw:                            {"ada@example.com", "t0ken", true},
		strings.Replace(basic("a:b"), "Basic", "bAsIc", 1):         {"a", "b", true},
		"Basic   " + basic("a:b")[6:] + "  ":                       {"a", "b", true},
		basic("naïve@example.com:t"):                               {"naïve@example.com", "t", true},
		"Bearer t0ken":                                             {"", "t0ken", false},
		"bearer t0ken":                                             {"", "t0ken", false},
		"Bearer roster_0123456789abcdef0123456789abcdef_abc+/=.-~": {"", "roster_0123456789abcdef0123456789abcdef_abc+/=.-~", false},
	} {
		if got, err := read(http.Header{"Authorization": {header}}); err != nil || got != want {
			t.Errorf("%q is %+v (%v), want %+v", header, got, err, want)
		}
	}
	if got, err := read(http.Header{}); err != nil || got != (credential{}) {
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
		"JWT":                         one("JWT a.b.c"),
		"Basic alone":                 one("Basic"),
		"Basic with nothing":          one("Basic "),
		"Basic not base64":            one("Basic !!!"),
		"Basic URL base64":            one("Basic " + base64.URLEncoding.EncodeToString([]byte("ada?>:\xc3\xbf\xc3\xbf\xc3\xbf"))),
		"Basic in two parts":          one(basic("a:b") + " x"),
		"Basic without colon":         one(basic("ada@example.com")),
		"Basic without user":          one(basic(":t0ken")),
		"Basic without password":      one(basic("ada@example.com:")),
		"Basic with only a colon":     one(basic(":")),
		"Basic with more colons":      one(basic("ada@example.com:a:b")),
		"Basic not UTF-8":             one(basic("ada\xff:t")),
		"Basic after a tab":           one("Basic\t" + basic("a:b")[6:]),
		"Bearer alone":                one("Bearer"),
		"Bearer with two tokens":      one("Bearer a b"),
		"Bearer with a comma":         one("Bearer a,b"),
		"two headers":                 one(basic("a:b"), "Bearer t0ken"),
		"the same header twice":       one("Bearer t0ken", "Bearer t0ken"),
		"one that is far too long":    one("Bearer " + strings.Repeat("a", longestSecret)),
		"Basic that is far too long":  one(basic("a:" + strings.Repeat("a", longestSecret))),
		"two credentials in one line": one("Bearer a, " + basic("a:b")),
	} {
		got, err := read(h)
		if kind, message := failure.Of(err); kind != failure.Malformed || got != (credential{}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		} else if strings.Contains(message, "t0ken") || strings.Contains(message, "ada") {
			t.Errorf("%s: %q repeats the credential", name, message)
		}
	}
}

func FuzzAnyHeaderIsACredentialOrMalformed(f *testing.F) {
	for _, seed := range []string{"", "Basic", basic("a:b"), basic(":"), "Bearer x", "Bearer  x ", "basic \x00", "Basic =", "\u2003Bearer x", "Bearer a\u00a0b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		got, err := read(http.Header{"Authorization": {header}})
		if err != nil {
			if kind, _ := failure.Of(err); kind != failure.Malformed || got != (credential{}) {
				t.Errorf("%+v, %v", got, err)
			}
			return
		}
		if got.secret == "" || got.basic != (got.email != "") || strings.ContainsAny(got.secret, " \t,") && !got.basic {
			t.Errorf("%q is %+v", header, got)
		}
		if got.basic && (strings.Contains(got.email, ":") || strings.Contains(got.secret, ":") || !utf8.ValidString(got.email+got.secret)) {
			t.Errorf("%q is %+v", header, got)
		}
	})
}
