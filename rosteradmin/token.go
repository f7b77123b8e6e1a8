package rosteradmin

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"
)

// TokenKind is what an API token may do.
type TokenKind string

const (
	Classic TokenKind = "classic" // all that its account may
	Scoped  TokenKind = "scoped"  // what its scopes allow
	Service TokenKind = "service" // asks for a token of an app's account; it is kept as classic or scoped
)

// Token is an API token. Its text is told once, by [MadeToken].
type Token struct {
	TokenID    string    `json:"tokenId"`
	AccountID  string    `json:"accountId"` // its owner
	Label      string    `json:"label"`
	Kind       TokenKind `json:"kind"`   // classic or scoped
	Scopes     []string  `json:"scopes"` // never null
	CreatedAt  time.Time `json:"createdAt"`
	ExpiresAt  time.Time `json:"expiresAt"`
	LastUsedAt time.Time `json:"lastUsedAt,omitzero"` // absent if never; at most a minute behind
	RevokedAt  time.Time `json:"revokedAt,omitzero"`  // absent while it is good
}

// NewToken is an API token to make.
type NewToken struct {
	Email     string    `json:"email,omitempty"`     // its owner's address
	AccountID string    `json:"accountId,omitempty"` // or its owner's ID; a [Service] token without either makes its account
	Kind      TokenKind `json:"kind,omitempty"`      // [Scoped] where there are scopes, else [Classic], unless given
	Scopes    []string  `json:"scopes,omitempty"`
	ExpiresIn Lifetime  `json:"expiresIn,omitzero"` // a year unless given, which is the most
	Label     string    `json:"label,omitempty"`    // also the name of the account that a service token makes
}

// MadeToken is a new token with its text, which is told once.
type MadeToken struct {
	Token     string    `json:"token"`
	TokenID   string    `json:"tokenId"`
	AccountID string    `json:"accountId"` // as whom it calls
	ExpiresAt time.Time `json:"expiresAt"`
}

// Lifetime is how long a credential is good. It travels as whole seconds, rounded up.
type Lifetime time.Duration

// MarshalJSON writes the seconds.
func (l Lifetime) MarshalJSON() ([]byte, error) {
	return json.Marshal(int64((time.Duration(l) + time.Second - 1) / time.Second))
}

var lifetimeUnits = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}

// UnmarshalJSON reads a number of seconds, or a text such as "90d", "12h", "30m" or "90s".
func (l *Lifetime) UnmarshalJSON(text []byte) error {
	digits, unit := string(text), time.Second
	if words := ""; json.Unmarshal(text, &words) == nil && words != "" {
		last := len(words) - 1
		digits, unit = words[:last], lifetimeUnits[words[last:]]
	}
	const century = 100 * 365 * 24 * time.Hour
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || unit == 0 || n == 0 || n > uint64(century/unit) {
		return errors.New("a lifetime is a number of seconds, or a text such as 90d or 12h")
	}
	*l = Lifetime(time.Duration(n) * unit)
	return nil
}

// TokenPage is one page of a site's tokens, as the server answers it.
type TokenPage struct {
	Results []Token `json:"results"`        // never null
	Next    string  `json:"next,omitempty"` // where the next page begins; absent on the last
}

// TokenFilter narrows a list of tokens. Its zero value admits every one.
type TokenFilter struct {
	AccountID     string    // only those of this account
	ExpiresBefore time.Time // only those that are good now and expire before; they come in the order of expiry
}
