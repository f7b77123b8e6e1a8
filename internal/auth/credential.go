package auth

import (
	"encoding/base64"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/failure"
)

// credential is what an Authorization header says.
type credential struct {
	email  string // of Basic; empty for Bearer
	secret string // empty where there is no header
	basic  bool
}

// longestSecret bounds what is worth hashing: no credential that Roster makes is near it.
const longestSecret = 8 << 10

// read takes the Authorization header apart. What it cannot read is Malformed.
func read(h http.Header) (credential, error) {
	values := h["Authorization"]
	switch {
	case len(values) == 0:
		return credential{}, nil
	case len(values) > 1:
		return credential{}, failure.Malformed.Errorf("There is more than one Authorization header.")
	case len(values[0]) > longestSecret:
		return credential{}, failure.Malformed.Errorf("The Authorization header is too long.")
	}
	scheme, rest, _ := strings.Cut(strings.TrimSpace(values[0]), " ")
	rest = strings.TrimSpace(rest)
	switch strings.ToLower(scheme) {
	case "basic":
		return readBasic(rest)
	case "bearer":
		if rest == "" || strings.ContainsAny(rest, " ,\t") {
			return credential{}, failure.Malformed.Errorf("The Bearer credential has no single token.")
		}
		return credential{secret: rest}, nil
	}
	return credential{}, failure.Malformed.Errorf("The Authorization header is neither Basic nor Bearer.")
}

func readBasic(encoded string) (credential, error) {
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		text, err = base64.RawStdEncoding.DecodeString(encoded)
	}
	if err != nil || !utf8.Valid(text) {
		return credential{}, failure.Malformed.Errorf("The Basic credential is not base64.")
	}
	email, token, _ := strings.Cut(string(text), ":")
	if email == "" || token == "" || strings.Contains(token, ":") {
		return credential{}, failure.Malformed.Errorf("The Basic credential is not email:token.")
	}
	return credential{email: email, secret: token, basic: true}, nil
}
