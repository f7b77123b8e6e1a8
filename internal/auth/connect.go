package auth

import (
	"context"
	"net/http"
	"strings"

	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

// connect finds the Connect app that signed a request.
func (a *Authenticator) connect(ctx context.Context, s site.Found, r *http.Request, token string) (Caller, error) {
	shown, err := connect.Read(token)
	if err != nil {
		return Caller{}, err
	}
	in, found, err := a.Directory.InstalledBy(ctx, s.ID, shown.Issuer)
	if err != nil {
		return Caller{}, err
	}
	switch {
	case !found && s.Way == site.ByGateway:
		return Caller{}, site.ErrNone
	case !found:
		return Caller{}, failure.Because(errUnknown, "No Connect app of this site has the key that issued the JWT.")
	case in.Standing.Status != directory.Active:
		return Caller{}, failure.Because(errUnknown, "Account %s of the Connect app %s is %s.", in.Standing.AccountID, in.ClientID, in.Standing.Status)
	case in.Blocked:
		return Caller{}, failure.Because(errUnknown, "The Connect app %s is blocked on this site.", in.ClientID)
	}
	qsh := connect.QSH(r.Method, strings.TrimPrefix(s.Path, "/wiki"), r.URL.RawQuery)
	if _, err := shown.Verify(in.SharedSecret, qsh, a.Now()); err != nil {
		if kind, _ := failure.Of(err); kind == failure.Unauthenticated {
			err = failure.Because(errUnknown, "The JWT of the Connect app %s is refused: %s", in.ClientID, failure.ReasonOf(err))
		}
		return Caller{}, err
	}
	return Caller{Kind: ConnectApp, TokenID: "app:" + in.ClientID, Scopes: in.Scopes, Standing: in.Standing, App: in.Through}, nil
}
