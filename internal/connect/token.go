package connect

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/rosterhq/roster/internal/failure"
)

const (
	// MaxToken is the longest JWT that is looked at, in bytes. Those that apps make have a few hundred.
	MaxToken = 8 << 10

	// Leeway is how far the clocks of an app and of this server may differ: as much as Atlassian's own reader grants.
	Leeway = 30 * time.Second

	// MaxLifetime is the longest time from iat to exp. Three minutes are advised, but published clients sign for a whole
	// day, which has 25 hours where the clocks go back. A JWT is good for one request only, whatever its lifetime.
	MaxLifetime = 25 * time.Hour

	// ContextQSH stands in place of a hash in a JWT that an app's page got from the product, bound to no request.
	ContextQSH = "context-qsh"
)

// What the caller reads is the same whatever is wrong, and the same as of other credentials.
var (
	errUnreadable = failure.Malformed.Errorf("The JWT cannot be read.")
	errRefused    = failure.Unauthenticated.Errorf("The credential is unknown, expired or revoked, or its account cannot be used.")
)

func unreadable(reason string, args ...any) error {
	return failure.Because(errUnreadable, reason, args...)
}

func refused(reason string, args ...any) error { return failure.Because(errRefused, reason, args...) }

// Unverified is a JWT that was read, and of which nothing is verified yet.
type Unverified struct {
	Issuer string // who it says it is from, so that the secret to verify it with can be found

	parts  parts
	claims Claims
}

// Read takes a JWT apart. One that is not signed as [Verify] wants, or names no issuer, is refused with Verify's errors.
func Read(token string) (Unverified, error) {
	parts, err := split(token)
	if err != nil {
		return Unverified{}, err
	}
	claims, err := parts.claims()
	if err != nil {
		return Unverified{}, err
	}
	if !isName(claims.Issuer) {
		return Unverified{}, refused("the JWT has no iss that an app could have")
	}
	return Unverified{claims.Issuer, parts, claims}, nil
}

// Verify is the function of this name, for a JWT that was read already.
func (u Unverified) Verify(sharedSecret, qsh string, now time.Time) (Claims, error) {
	err := u.parts.checkSignature(sharedSecret)
	if err == nil {
		err = u.claims.isCurrent(now, MaxLifetime)
	}
	if err == nil {
		err = u.claims.isFor(qsh)
	}
	if err != nil {
		return Claims{}, err
	}
	return u.claims, nil
}

// Peek returns who a JWT says it is from. Nothing is verified yet. It fails as [Read] does.
func Peek(token string) (issuer string, err error) {
	u, err := Read(token)
	return u.Issuer, err
}

// longestName bounds what is worth looking up.
const longestName = 255

func isName(s string) bool {
	return s != "" && len(s) <= longestName && strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r == 0x7F }) < 0
}

// Verify returns the claims of a JWT that is signed by HS256 with the app's shared secret, now valid, and made for the
// request with the given [QSH]. A JWT that cannot be read is [failure.Malformed], any other that is not good
// [failure.Unauthenticated]; either holds its reason for administrators, without the token or the secret.
func Verify(token, sharedSecret, qsh string, now time.Time) (Claims, error) {
	return verify(token, sharedSecret, now, func(c Claims) error { return c.isFor(qsh) })
}

// VerifyContext is [Verify] for the few places that also take a JWT which is bound to the app's page, not to a request.
func VerifyContext(token, sharedSecret, qsh string, now time.Time) (Claims, error) {
	return verify(token, sharedSecret, now, func(c Claims) error {
		if c.QSH == ContextQSH {
			return nil
		}
		return c.isFor(qsh)
	})
}

func verify(token, sharedSecret string, now time.Time, check func(Claims) error) (Claims, error) {
	parts, err := split(token)
	if err == nil {
		err = parts.checkSignature(sharedSecret)
	}
	if err != nil {
		return Claims{}, err
	}
	c, err := parts.claims()
	if err == nil {
		err = c.isCurrent(now, MaxLifetime)
	}
	if err == nil {
		err = check(c)
	}
	if err != nil {
		return Claims{}, err
	}
	return c, nil
}

// checkSignature tells whether a JWT is signed by HS256 with a secret, of which there must be one.
func (p parts) checkSignature(sharedSecret string) error {
	switch {
	case sharedSecret == "":
		return refused("the app has no shared secret")
	case !p.isSignedWith(sharedSecret):
		return refused("the JWT is not signed with the app's shared secret")
	}
	return nil
}

func (p parts) isSignedWith(secret string) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	io.WriteString(mac, p.signed)
	var room [sha256.Size]byte
	return hmac.Equal(p.signature, mac.Sum(room[:0]))
}

// isFor tells whether the claims were made for the request with this hash.
func (c Claims) isFor(qsh string) error {
	switch {
	case c.QSH == "":
		return refused("the JWT has no qsh")
	case c.QSH == ContextQSH:
		return refused("the qsh of the JWT is %s, which an API call does not take", ContextQSH)
	case subtle.ConstantTimeCompare([]byte(c.QSH), []byte(qsh)) != 1:
		return refused("the qsh of the JWT is another request's")
	}
	return nil
}

// isCurrent tells whether claims with a lifetime of at most longest hold now.
func (c Claims) isCurrent(now time.Time, longest time.Duration) error {
	switch {
	case c.IssuedAt.IsZero():
		return refused("the JWT has no iat")
	case c.ExpiresAt.IsZero():
		return refused("the JWT has no exp")
	case !c.ExpiresAt.After(c.IssuedAt):
		return refused("the JWT expires before it was made: exp is not after iat")
	case c.ExpiresAt.Sub(c.IssuedAt) > longest:
		return refused("the JWT is made for more than %v", longest)
	case !now.Before(c.ExpiresAt.Add(Leeway)):
		return refused("the JWT expired %v ago", now.Sub(c.ExpiresAt).Truncate(time.Second))
	case c.IssuedAt.After(now.Add(Leeway)):
		return refused("the JWT was made %v from now: the app's clock is ahead", c.IssuedAt.Sub(now).Truncate(time.Second))
	case c.notBefore.After(now.Add(Leeway)):
		return refused("the JWT is not good for another %v", c.notBefore.Sub(now).Truncate(time.Second))
	}
	return nil
}

// parts is a JWT taken apart, its header found to be one of HS256.
type parts struct {
	signed    string // header and payload as they were signed
	payload   []byte
	signature []byte
}

// usualHeaders are those that libraries write for HS256, and need no closer look.
var usualHeaders = []string{
	strict.EncodeToString([]byte(`{"typ":"JWT","alg":"HS256"}`)),
	strict.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)),
}

func split(token string) (parts, error) {
	if len(token) > MaxToken {
		return parts{}, unreadable("the JWT is longer than %d bytes", MaxToken)
	}
	head, rest, _ := strings.Cut(token, ".")
	body, signature, ok := strings.Cut(rest, ".")
	if !ok {
		return parts{}, unreadable("the JWT does not have three parts")
	}
	if !slices.Contains(usualHeaders, head) {
		header, err := decodePart(head)
		if err != nil {
			return parts{}, unreadable("the header of the JWT %v", err)
		}
		if err := checkHeader(header); err != nil {
			return parts{}, err
		}
	}
	p := parts{signed: token[:len(head)+1+len(body)]}
	var err error
	if p.payload, err = decodePart(body); err != nil {
		return parts{}, unreadable("the payload of the JWT %v", err)
	}
	if p.signature, err = decodePart(signature); err != nil {
		return parts{}, unreadable("the signature of the JWT %v", err)
	}
	return p, nil
}

var errNotBase64 = errors.New("is not base64url without padding")

// strict knows one text only for each sequence of bytes, so that a JWT cannot be changed and stay the same.
var strict = base64.RawURLEncoding.Strict()

func decodePart(text string) ([]byte, error) {
	if text == "" || strings.IndexByte(text, '\r') >= 0 || strings.IndexByte(text, '\n') >= 0 { // package base64 would skip these
		return nil, errNotBase64
	}
	data, err := strict.DecodeString(text)
	if err != nil {
		return nil, errNotBase64
	}
	return data, nil
}

// checkHeader refuses any algorithm but HS256, however it is spelled, and whatever else changes how a JWT is verified.
func checkHeader(header []byte) error {
	var alg, critical bool
	typed := true
	err := object(header, func(name, value []byte) error {
		switch string(name) {
		case "alg":
			text, _ := unquote(value)
			alg = string(text) == jwt.SigningMethodHS256.Alg()
		case "typ":
			text, ok := unquote(value)
			typed = ok && strings.EqualFold(string(text), "JWT")
		case "crit":
			critical = true
		}
		return nil
	})
	switch {
	case err != nil:
		return unreadable("the header of the JWT %v", err)
	case !alg:
		return refused("the alg of the JWT is not HS256")
	case critical:
		return refused("the JWT has a crit header, which nothing here understands")
	case !typed:
		return refused("the typ of the JWT is not JWT")
	}
	return nil
}
