package auth

import (
	"context"
	"net/http"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

// SessionOf returns the secret of the session that a browser shows, or "". It may be no good, or no secret at all.
func SessionOf(r *http.Request) string {
	held, err := r.Cookie(SessionCookie)
	if err != nil || len(held.Value) > longestSecret {
		return ""
	}
	return held.Value
}

// Browser returns who is signed in to a site by a session, for a page that is made for people: nothing else that a
// request shows counts, and whose session is no good is anonymous. Whether another site's page sent the request is for
// the page to ask.
func (a *Authenticator) Browser(ctx context.Context, s site.Site, secret string) (Caller, error) {
	if secret == "" || directory.CloudIDOf(secret) != s.CloudID {
		return Caller{}, nil
	}
	c, err := a.token(ctx, site.Found{Site: s}, credential{scheme: cookie, secret: secret})
	if kind, _ := failure.Of(err); err != nil && kind == failure.Unauthenticated {
		return Caller{}, nil
	}
	if err == nil && a.Uses != nil {
		a.Uses.Note(s.ID, c.TokenID, a.Now())
	}
	return c, err
}
