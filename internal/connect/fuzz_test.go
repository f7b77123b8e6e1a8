package connect_test

import (
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/failure"
)

func FuzzPeek(f *testing.F) {
	f.Add(sign(f, good()))
	f.Add(encode(`{"alg":"none"}`) + "." + encode(`{"iss":"a"}`) + ".")
	f.Fuzz(func(t *testing.T, token string) {
		issuer, err := connect.Peek(token)
		kind, _ := failure.Of(err)
		if err == nil && (issuer == "" || len(issuer) > 255) || err != nil && (issuer != "" || failure.ReasonOf(err) == "") {
			t.Errorf("%q, %v", issuer, err)
		}
		if err != nil && kind != failure.Malformed && kind != failure.Unauthenticated {
			t.Errorf("%v is of kind %d", err, kind)
		}
	})
}

// Header and payload are signed with the right secret, so that every check behind the signature is reached.
func FuzzVerify(f *testing.F) {
	f.Add(header, payload(""), sign(f, good()))
	f.Add(`{"alg":"HS256","crit":[]}`, payload(`,"nbf":1e3,"aud":["a"]`), "a.b.c")
	f.Fuzz(func(t *testing.T, header, payload, token string) {
		if token != sign(t, good()) {
			if _, err := connect.Verify(token, "another secret", qsh, noon); err == nil {
				t.Errorf("%q is signed", token)
			}
		}
		token = hs256(header, payload)
		c, err := connect.Verify(token, secret, qsh, noon)
		switch kind, _ := failure.Of(err); {
		case err == nil:
			issuer, err := connect.Peek(token)
			if err == nil && issuer != c.Issuer || c.QSH != qsh || c.ExpiresAt.Sub(c.IssuedAt) > connect.MaxLifetime ||
				c.ExpiresAt.Before(noon.Add(-connect.Leeway)) || c.IssuedAt.After(noon.Add(connect.Leeway)) {
				t.Errorf("taken: %+v", c)
			}
		case kind != failure.Malformed && kind != failure.Unauthenticated, failure.ReasonOf(err) == "":
			t.Errorf("%v is of kind %d", err, kind)
		}
		if _, err := connect.VerifyAssertion(token, secret, noon, "a"); err == nil {
			c, _ := connect.VerifyContext(token, secret, "", noon)
			if c.ExpiresAt.Sub(c.IssuedAt) > time.Hour {
				t.Errorf("asserted: %+v", c)
			}
		}
	})
}

func FuzzDescriptor(f *testing.F) {
	f.Add([]byte(descriptor))
	f.Add([]byte(`{"key":"a","baseUrl":"http://[::1]:8/","authentication":{"type":"none"},"lifecycle":{"installed":"/%2e?a=b"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := connect.ParseDescriptor(data)
		kind, _ := failure.Of(err)
		if err != nil && kind != failure.Invalid || err == nil && (d.Key == "" || d.BaseURL == "" || d.Auth == "") {
			t.Errorf("%+v, %v", d, err)
		}
		for event, path := range d.Lifecycle {
			if path[0] != '/' {
				t.Errorf("%s leads to %q", event, path)
			}
		}
	})
}
