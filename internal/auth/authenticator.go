package auth

import (
	"context"
	"crypto/subtle"
	"net/http"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

// Authenticator tells who is calling.
type Authenticator struct {
	Directory *directory.Directory
	Uses      *directory.Uses // notes the last use of tokens; may be nil
	Now       func() time.Time
}

var errUnknown = failure.Unauthenticated.Errorf("The credential is unknown, expired or revoked, or its account cannot be used.")

// Caller reads the credential of a request to a site. Without one the caller is anonymous. Whatever is
// wrong with a credential that can be read, the answer and its cost are the same: one look-up by hash.
func (a *Authenticator) Caller(ctx context.Context, s site.Found, h http.Header) (Caller, error) {
	shown, err := read(h)
	if err != nil || shown.secret == "" {
		return Caller{}, err
	}
	token, standing, found, err := a.Directory.TokenBySecret(ctx, s.ID, shown.secret)
	if err != nil {
		return Caller{}, err
	}
	now := a.Now()
	if !found || !token.RevokedAt.IsZero() || !now.Before(token.ExpiresAt) || standing.Status != directory.Active || !shown.belongsTo(standing) {
		return Caller{}, errUnknown
	}
	if a.Uses != nil {
		a.Uses.Note(s.ID, token.ID, now)
	}
	c := Caller{Kind: Token, TokenID: token.ID, Scopes: token.Scopes, Standing: standing}
	if token.Kind == directory.Scoped {
		c.Kind = ScopedToken
		if s.Settings.Fidelity == site.Observed && s.Way != site.ByGateway {
			return Caller{}, failure.WrongHost.Errorf("A scoped token works through the gateway only.")
		}
	}
	return c, nil
}

// belongsTo reports whether the address of a Basic credential is the account's own.
func (c credential) belongsTo(st directory.Standing) bool {
	if !c.basic {
		return true
	}
	key, _ := directory.EmailKey(c.email)
	return st.EmailKey != "" && subtle.ConstantTimeCompare([]byte(key), []byte(st.EmailKey)) == 1
}
