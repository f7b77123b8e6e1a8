package seed

import (
	"cmp"
	"crypto/sha256"
	"strings"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/fold"
)

// root is the name space of every derived ID. Another one would change the IDs of everybody's seeds.
var root = uuid.NewSHA1(uuid.NameSpaceOID, []byte("roster seed"))

// derive returns the UUID that follows from a kind of thing and what names it.
func derive(kind string, names ...string) string {
	return uuid.NewSHA1(root, []byte(kind+"\x00"+strings.Join(names, "\x00"))).String()
}

func (s *Site) cloudID() string { return cmp.Or(s.CloudID, derive("site", s.Name)) }

func (g *Group) id(site string) string { return cmp.Or(g.ID, derive("group", site, fold.Key(g.Name))) }

func (a *Account) id(site string) string {
	if a.ID != "" {
		return a.ID
	}
	return "712020:" + derive("account", site, a.naturalKey())
}

// emailKey is empty for an account without a valid address.
func (a *Account) emailKey() string {
	key, _ := directory.EmailKey(a.Email)
	return key
}

// naturalKey is what names an account: its address, its name where it has none.
func (a *Account) naturalKey() string {
	return cmp.Or(a.emailKey(), a.DisplayName, a.PublicName)
}

// names returns the display name and the public name: one stands for the other, and the part of the address
// before the "@" for both.
func (a *Account) names() (display, public string) {
	local, _, _ := strings.Cut(a.Email, "@")
	return cmp.Or(a.DisplayName, a.PublicName, local), cmp.Or(a.PublicName, a.DisplayName, local)
}

func (t *Token) id(cloudID, accountID string) string {
	return derive("token", cloudID, accountID, t.Label)
}

// secret is the token's text. The account's address leads to it, so that an ID can be given later.
func (t *Token) secret(cloudID string, a *Account, accountID string) string {
	if t.Secret != "" {
		return t.Secret
	}
	owner := cmp.Or(a.emailKey(), accountID)
	return directory.SecretFrom(cloudID, sha256.Sum256([]byte("roster dev token\x00"+cloudID+"\x00"+owner+"\x00"+t.Label)))
}
