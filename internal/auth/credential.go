package auth

import (
	"encoding/base64"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/failure"
)

// scheme is how a credential is shown.
type scheme int

const (
	bearer scheme = iota
	basic
	jwt    // a Connect app's
	cookie // a browser's
)

// SessionCookie holds the secret of the session of a browser.
const SessionCookie = "roster_session"

// credential is what a request shows of its caller.
type credential struct {
	scheme scheme
	email  string // of Basic
	secret string // empty where there is none
}

// longestSecret bounds what is worth hashing: no credential that Roster makes is near it.
const longestSecret = 8 << 10

// read takes the credential of a request apart. What it cannot read is Malformed. A cookie is looked at only where
// there is no Authorization header, and is nobody's where another site's page made the browser send it.
func read(r *http.Request) (credential, error) {
	values := r.Header["Authorization"]
	switch {
	case len(values) == 0:
		return readOther(r)
	case len(values) > 1:
		return credential{}, failure.Malformed.Errorf("There is more than one Authorization header.")
	case len(values[0]) > longestSecret:
		return credential{}, failure.Malformed.Errorf("The Authorization header is too long.")
	}
	name, rest, _ := strings.Cut(strings.TrimSpace(values[0]), " ")
	rest = strings.TrimSpace(rest)
	switch strings.ToLower(name) {
	case "basic":
		return readBasic(rest)
	case "bearer":
		return readSingle(bearer, "Bearer", rest)
	case "jwt":
		return readSingle(jwt, "JWT", rest)
	}
	return credential{}, failure.Malformed.Errorf("The Authorization header is neither Basic, Bearer nor JWT.")
}

func readSingle(s scheme, name, token string) (credential, error) {
	if token == "" || strings.IndexByte(token, ' ') >= 0 || strings.IndexByte(token, ',') >= 0 || strings.IndexByte(token, '\t') >= 0 {
		return credential{}, failure.Malformed.Errorf("The %s credential has no single token.", name)
	}
	return credential{scheme: s, secret: token}, nil
}

// readOther looks where a credential can be but in the Authorization header: a Connect app's in the query, a
// browser's in a cookie.
func readOther(r *http.Request) (credential, error) {
	if strings.Contains(r.URL.RawQuery, "jwt=") {
		if token := r.URL.Query().Get("jwt"); token != "" {
			if len(token) > longestSecret {
				return credential{}, failure.Malformed.Errorf("The parameter jwt is too long.")
			}
			return credential{scheme: jwt, secret: token}, nil
		}
	}
	held, err := r.Cookie(SessionCookie)
	if err != nil || held.Value == "" || len(held.Value) > longestSecret {
		return credential{}, nil
	}
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		return credential{}, failure.Forged.Errorf("Another site sent this request.")
	}
	return credential{scheme: cookie, secret: held.Value}, nil
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
	return credential{scheme: basic, email: email, secret: token}, nil
}
