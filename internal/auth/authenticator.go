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

var (
	errUnknown = failure.Unauthenticated.Errorf("The credential is unknown, expired or revoked, or its account cannot be used.")
	errGateway = failure.WrongHost.Errorf("A scoped token works through the gateway only.")
	errSite    = failure.WrongHost.Errorf("A Connect app calls the site itself, not the gateway.")
)

// Caller reads the credential of a request to a site. Without one the caller is anonymous. Whatever is
// wrong with a credential that can be read, the answer and its cost are the same: one look-up.
func (a *Authenticator) Caller(ctx context.Context, s site.Found, r *http.Request) (Caller, error) {
	shown, err := read(r)
	if err != nil || shown.secret == "" {
		return Caller{}, err
	}
	var c Caller
	if shown.scheme == jwt {
		c, err = a.connect(ctx, s, r, shown.secret)
	} else {
		c, err = a.token(ctx, s, shown)
	}
	if err != nil {
		return Caller{}, err
	}
	if err := c.CheckHost(s); err != nil {
		return Caller{}, err
	}
	if a.Uses != nil {
		a.Uses.Note(s.ID, c.TokenID, a.Now())
	}
	return c, nil
}

// token finds the caller whose token was shown.
func (a *Authenticator) token(ctx context.Context, s site.Found, shown credential) (Caller, error) {
	t, found, err := a.Directory.TokenBySecret(ctx, s.ID, shown.secret)
	if err != nil {
		return Caller{}, err
	}
	if !found {
		return Caller{}, strange(s, shown.secret)
	}
	c, err := a.Holder(t)
	if err == nil && !shown.fits(t) {
		return Caller{}, failure.Because(errUnknown, "Token %s, a %s token, was not shown as such tokens are, or with another account's address.", t.ID, t.Kind)
	}
	return c, err
}

// Holder returns who calls by a token, or why nobody does, however it is shown. Whether the token is taken at an
// address is for [Caller.CheckHost] to say.
func (a *Authenticator) Holder(t directory.Shown) (Caller, error) {
	if why := t.Useless(a.Now()); why != "" {
		return Caller{}, failure.Because(errUnknown, "%s", why)
	}
	return Caller{Kind: kindOf(t), TokenID: t.ID, Scopes: t.Scopes, Standing: t.Standing, App: t.App}, nil
}

// strange is why a secret that no token of the site has is refused. To a token of another site, the gateway has no
// such site.
func strange(s site.Found, secret string) error {
	if of := directory.CloudIDOf(secret); of != "" && of != s.CloudID {
		if s.Way == site.ByGateway {
			return site.ErrNone
		}
		return failure.Because(errUnknown, "The token was made for another site.")
	}
	return failure.Because(errUnknown, "No token of this site has this secret.")
}

// kindOf is the way in that a token is.
func kindOf(t directory.Shown) Kind {
	switch asItself := t.AccountID == t.App.AccountID; {
	case t.Kind == directory.Scoped:
		return ScopedToken
	case t.Kind == directory.Session:
		return Session
	case t.Kind != directory.Delegated:
		return Token
	case t.App.Kind == directory.ConnectApp:
		return ConnectUser
	case asItself:
		return AppAccess
	}
	return UserAccess
}

// fits reports whether a token was shown in the way of its kind: a session by the browser's cookie, an access token
// as Bearer, an API token also as Basic with the address of its account.
func (c credential) fits(t directory.Shown) bool {
	if (c.scheme == cookie) != (t.Kind == directory.Session) || c.scheme == basic && t.Kind == directory.Delegated {
		return false
	}
	return c.belongsTo(t.Standing)
}

// belongsTo reports whether the address of a Basic credential is the account's own.
func (c credential) belongsTo(st directory.Standing) bool {
	if c.scheme != basic {
		return true
	}
	isKey := func(text string) bool {
		return st.EmailKey != "" && subtle.ConstantTimeCompare([]byte(text), []byte(st.EmailKey)) == 1
	}
	if isKey(c.email) { // most are shown in the form by which they are matched
		return true
	}
	key, _ := directory.EmailKey(c.email)
	return isKey(key)
}

// CheckHost refuses, where real sites were observed to, a credential that is shown at the wrong host.
func (c Caller) CheckHost(s site.Found) error {
	switch gateway := s.Way == site.ByGateway; {
	case s.Settings.Fidelity != site.Observed:
		return nil
	case c.Scoped() && !gateway:
		return failure.Because(errGateway, "A %s (%s) is taken at the gateway only; this request went to the site.", c.Kind, c.TokenID)
	case c.Connect() && gateway:
		return failure.Because(errSite, "A %s (%s) is taken at the site only; this request went to the gateway.", c.Kind, c.TokenID)
	}
	return nil
}
