package connect

import (
	"slices"
	"strings"
	"time"
)

const (
	clientURN  = "urn:atlassian:connect:clientid:"
	accountURN = "urn:atlassian:connect:useraccountid:"

	// MaxAssertionLifetime is the longest time from iat to exp of an assertion. Apps use a minute.
	MaxAssertionLifetime = 5 * time.Minute
)

// Assertion is what an app says who wants to act as a user, by the grant urn:ietf:params:oauth:grant-type:jwt-bearer.
type Assertion struct {
	ClientID  string // the app's oauthClientId
	AccountID string // of the user to act as
	Tenant    string // the base URL of the site, as the app was told it; for the caller to compare
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// AssertedClient returns the oauthClientId in the issuer of an assertion, as [Peek] returned it; false if it is none.
func AssertedClient(issuer string) (clientID string, ok bool) {
	clientID, ok = strings.CutPrefix(issuer, clientURN)
	return clientID, ok && isName(clientID)
}

// VerifyAssertion returns what an assertion says that is signed by HS256 with the app's shared secret, now valid, and
// made for one of the audiences. It fails as [Verify] does. Nothing in an assertion tells a second use from the first.
func VerifyAssertion(token, sharedSecret string, now time.Time, audience ...string) (Assertion, error) {
	var a Assertion
	_, err := verify(token, sharedSecret, now, func(c Claims) error {
		var app, user bool
		a = Assertion{Tenant: c.Tenant, IssuedAt: c.IssuedAt, ExpiresAt: c.ExpiresAt}
		a.ClientID, app = AssertedClient(c.Issuer)
		a.AccountID, user = strings.CutPrefix(c.Subject, accountURN)
		switch {
		case !app:
			return refused("the iss of the assertion is not %s and a client ID", clientURN)
		case !user || !isName(a.AccountID):
			return refused("the sub of the assertion is not %s and an account ID", accountURN)
		case c.Tenant == "":
			return refused("the assertion has no tnt")
		case c.QSH != "":
			return refused("the assertion has a qsh: it is the JWT of a request")
		case !slices.ContainsFunc(c.Audience, func(aud string) bool { return slices.Contains(audience, aud) }):
			return refused("the aud of the assertion is not this server")
		}
		return c.isCurrent(now, MaxAssertionLifetime)
	})
	if err != nil {
		return Assertion{}, err
	}
	return a, nil
}

// Sign returns the assertion as a JWT for an audience.
func (a Assertion) Sign(sharedSecret, audience string) (string, error) {
	return Sign(Claims{
		Issuer: clientURN + a.ClientID, Subject: accountURN + a.AccountID, Tenant: a.Tenant,
		Audience: []string{audience}, IssuedAt: a.IssuedAt, ExpiresAt: a.ExpiresAt,
	}, sharedSecret)
}
