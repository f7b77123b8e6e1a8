package connect

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Claims is what a JWT says. What it does not say is zero.
type Claims struct {
	Issuer    string // iss: of a request the app's key or the site's client key
	Subject   string // sub
	Tenant    string // tnt: the site's base URL, in an assertion
	QSH       string // qsh: the hash of the request
	Audience  []string
	IssuedAt  time.Time
	ExpiresAt time.Time

	notBefore time.Time
}

// Sign returns a JWT with these claims, signed by HS256. It signs whatever it is given, so that tests can say what
// [Verify] refuses; a secret there must be.
func Sign(c Claims, sharedSecret string) (string, error) {
	if sharedSecret == "" {
		return "", errors.New("sign a JWT: there is no shared secret")
	}
	return signed(jwt.NewWithClaims(jwt.SigningMethodHS256, c.wire()), []byte(sharedSecret))
}

func signed(token *jwt.Token, key any) (string, error) {
	text, err := token.SignedString(key)
	if err != nil {
		return "", fmt.Errorf("sign a JWT: %w", err)
	}
	return text, nil
}

func (c Claims) wire() jwt.MapClaims {
	wire := jwt.MapClaims{}
	for name, value := range map[string]string{"iss": c.Issuer, "sub": c.Subject, "tnt": c.Tenant, "qsh": c.QSH} {
		if value != "" {
			wire[name] = value
		}
	}
	for name, at := range map[string]time.Time{"iat": c.IssuedAt, "exp": c.ExpiresAt} {
		if !at.IsZero() {
			wire[name] = at.Unix()
		}
	}
	if len(c.Audience) > 0 {
		wire["aud"] = c.Audience
	}
	return wire
}

// claims reads the payload. Claims that it does not know are ignored, null counts as absent.
func (p parts) claims() (c Claims, err error) {
	err = object(p.payload, func(name, value []byte) error { return c.read(name, value) })
	if err != nil {
		return Claims{}, unreadable("the payload of the JWT %v", err)
	}
	return c, nil
}

func (c *Claims) read(name, value []byte) (err error) {
	if isNull(value) {
		return nil
	}
	switch string(name) {
	case "iss":
		c.Issuer, err = claim(name, value)
	case "sub":
		c.Subject, err = claim(name, value)
	case "tnt":
		c.Tenant, err = claim(name, value)
	case "qsh":
		c.QSH, err = claim(name, value)
	case "aud":
		c.Audience, err = audience(value)
	case "iat":
		c.IssuedAt, err = date(name, value)
	case "exp":
		c.ExpiresAt, err = date(name, value)
	case "nbf":
		c.notBefore, err = date(name, value)
	}
	return err
}

func claim(name, value []byte) (string, error) {
	text, ok := unquote(value)
	if !ok {
		return "", fmt.Errorf("has an %s that is not a string", name)
	}
	return string(text), nil
}

// audience reads one string, or a list of them.
func audience(value []byte) ([]string, error) {
	if text, ok := unquote(value); ok {
		return []string{string(text)}, nil
	}
	list, ok := texts(value)
	if !ok {
		return nil, errors.New("has an aud that is neither a string nor a list of strings")
	}
	return list, nil
}

// latest is the end of the year 9999: what lies beyond is no date.
const latest = 253402300799

// date reads seconds since 1970, which may have a fraction.
func date(name, value []byte) (time.Time, error) {
	if seconds, err := strconv.ParseInt(string(value), 10, 64); err == nil && 0 <= seconds && seconds <= latest {
		return time.Unix(seconds, 0), nil
	}
	seconds, err := strconv.ParseFloat(string(value), 64)
	if c := value[0]; err != nil || (c != '-' && (c < '0' || c > '9')) || seconds < 0 || seconds > latest {
		return time.Time{}, fmt.Errorf("has an %s that is not a date in seconds", name)
	}
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(fraction*1e9)), nil
}
