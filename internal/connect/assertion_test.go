package connect_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/failure"
)

const server = "https://oauth-2-authorization-server.services.atlassian.com"

func assertion() connect.Claims {
	return connect.Claims{
		Issuer: "urn:atlassian:connect:clientid:client-1", Subject: "urn:atlassian:connect:useraccountid:557058:ada",
		Tenant: "https://example.atlassian.net/wiki", Audience: []string{server}, IssuedAt: noon, ExpiresAt: noon.Add(time.Minute),
	}
}

func TestAnAssertionIsTakenApart(t *testing.T) {
	t.Parallel()
	want := connect.Assertion{
		ClientID: "client-1", AccountID: "557058:ada", Tenant: "https://example.atlassian.net/wiki",
		IssuedAt: noon, ExpiresAt: noon.Add(time.Minute),
	}
	token, err := want.Sign(secret, server)
	if err != nil {
		t.Fatal(err)
	}
	got, err := connect.VerifyAssertion(token, secret, noon, "https://auth.atlassian.com", server)
	if err != nil || !got.IssuedAt.Equal(noon) || !got.ExpiresAt.Equal(want.ExpiresAt) {
		t.Fatalf("%+v, %v, as %s", got, err, failure.ReasonOf(err))
	}
	if got.IssuedAt, got.ExpiresAt = want.IssuedAt, want.ExpiresAt; got != want {
		t.Errorf("%+v, not %+v", got, want)
	}
	if issuer, err := connect.Peek(token); err != nil {
		t.Error(err)
	} else if client, ok := connect.AssertedClient(issuer); !ok || client != "client-1" {
		t.Errorf("the client is %q, %v", client, ok)
	}
}

func TestAnAssertionIsRefusedForOneThingWrong(t *testing.T) {
	t.Parallel()
	for reason, edit := range map[string]func(*connect.Claims){
		"the iss of the assertion": func(c *connect.Claims) { c.Issuer = "com.example.app" },
		"and a client ID":          func(c *connect.Claims) { c.Issuer = "urn:atlassian:connect:clientid:" },
		"the sub of the assertion": func(c *connect.Claims) { c.Subject = "urn:atlassian:connect:userkey:ada" },
		"and an account ID":        func(c *connect.Claims) { c.Subject = "urn:atlassian:connect:useraccountid:a\x00" },
		"no tnt":                   func(c *connect.Claims) { c.Tenant = "" },
		"has a qsh":                func(c *connect.Claims) { c.QSH = qsh },
		"not this server":          func(c *connect.Claims) { c.Audience = []string{"https://auth.example.com"} },
		"aud of the assertion":     func(c *connect.Claims) { c.Audience = nil },
		"more than 5m":             func(c *connect.Claims) { c.ExpiresAt = noon.Add(5*time.Minute + time.Second) },
		"expired":                  func(c *connect.Claims) { c.IssuedAt, c.ExpiresAt = noon.Add(-2*time.Minute), noon.Add(-time.Minute) },
		"from now":                 func(c *connect.Claims) { c.IssuedAt = noon.Add(45 * time.Second) },
		"the JWT has no iat":       func(c *connect.Claims) { c.IssuedAt = time.Time{} },
		"the JWT has no exp":       func(c *connect.Claims) { c.ExpiresAt = time.Time{} },
		"exp is not after iat":     func(c *connect.Claims) { c.ExpiresAt = noon },
	} {
		c := assertion()
		edit(&c)
		got, err := connect.VerifyAssertion(sign(t, c), secret, noon, server)
		if kind, _ := failure.Of(err); kind != failure.Unauthenticated || !strings.Contains(failure.ReasonOf(err), reason) || got != (connect.Assertion{}) {
			t.Errorf("%s: %+v, %v, as %s", reason, got, err, failure.ReasonOf(err))
		}
	}
}

func TestNoAudienceTakesNoAssertion(t *testing.T) {
	t.Parallel()
	if _, err := connect.VerifyAssertion(sign(t, assertion()), secret, noon); err == nil {
		t.Error("an assertion for somebody else is taken")
	}
}

// The two kinds of JWT that an app makes with one secret do not stand for one another.
func TestARequestsTokenIsNoAssertionNorTheOtherWayRound(t *testing.T) {
	t.Parallel()
	if _, err := connect.VerifyAssertion(sign(t, good()), secret, noon, server); err == nil {
		t.Error("the JWT of a request is taken as an assertion")
	}
	for _, verify := range []func(string, string, string, time.Time) (connect.Claims, error){connect.Verify, connect.VerifyContext} {
		if _, err := verify(sign(t, assertion()), secret, qsh, noon); err == nil {
			t.Error("an assertion is taken as the JWT of a request")
		}
	}
}
