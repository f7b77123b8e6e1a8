package oauth

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

const (
	// assertionGrant is how a Connect app asks to act as somebody (RFC 7523).
	assertionGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	// assertionHost is where apps of real sites send the assertion, and so whom it is for.
	assertionHost = "https://oauth-2-authorization-server.services.atlassian.com"

	actAsUser         = "ACT_AS_USER"
	impersonationLife = 15 * time.Minute
)

var errAssertion = invalidGrant("The assertion is not valid, or the app may not act as this account.")

// assertion gives a Connect app a token to act as somebody, within its own scopes.
func (s *Server) assertion(ctx context.Context, by change.Actor, in tokenRequest) (any, error) {
	if in.Assertion == "" {
		return nil, invalidRequest("There is no assertion.")
	}
	issuer, err := connect.Peek(in.Assertion)
	clientID, ok := connect.AssertedClient(issuer)
	if err != nil || !ok {
		return nil, failure.Because(errAssertion, "The assertion cannot be read, or its iss names no client.")
	}
	ids, err := s.Directory.SitesOfClient(ctx, clientID)
	if err != nil {
		return nil, err
	}
	refused := on(0, "", errAssertion)
	for i, id := range ids {
		st, err := s.Sites.ByID(ctx, id)
		if err != nil {
			return nil, err
		}
		app, found, err := s.Directory.InstalledBy(ctx, id, clientID)
		if err != nil {
			return nil, err
		}
		if why := unfit(app, found); why != "" {
			if i == 0 {
				refused = on(id, "", failure.Because(errAssertion, "%s", why))
			}
			continue
		}
		asserted, err := connect.VerifyAssertion(in.Assertion, app.SharedSecret, s.now(), assertionHost, s.PublicURL, s.PublicURL+TokenPath, s.PublicURL+AssertionPath)
		switch {
		case err == nil && s.isTenant(st, asserted.Tenant):
			by.AccountID = app.AccountID
			out, err := s.impersonate(ctx, by, st, app, asserted.AccountID, in.Scope)
			return out, on(id, app.AccountID, err)
		case err == nil: // it is signed for this site, so no other has more to say
			refused = on(id, app.AccountID, failure.Because(errAssertion, "The tnt of the assertion of the app %s is not the base URL of the site.", app.ClientID))
		case i == 0:
			refused = on(id, "", failure.Because(errAssertion, "The assertion of the app %s is refused: %s", app.ClientID, cmp.Or(failure.ReasonOf(err), "it cannot be read")))
		}
	}
	return nil, refused
}

// unfit says why an app may not assert anything on a site, or "" where it may.
func unfit(app directory.Installed, found bool) string {
	switch {
	case !found:
		return "The app that issued the assertion is no Connect app of this site."
	case app.Blocked:
		return "The Connect app " + app.ClientID + " is blocked on this site."
	case app.Standing.Status != directory.Active:
		return fmt.Sprintf("Account %s of the Connect app %s is %s.", app.AccountID, app.ClientID, app.Standing.Status)
	}
	return ""
}

// isTenant reports whether a base URL is a site's, with or without the /wiki that Connect apps are told.
func (s *Server) isTenant(st site.Site, base string) bool {
	base = strings.TrimSuffix(strings.TrimSuffix(base, "/"), "/wiki")
	return base == st.URL(s.PublicURL, s.StandIn)
}

func (s *Server) impersonate(ctx context.Context, by change.Actor, st site.Site, app directory.Installed, accountID, asked string) (Tokens, error) {
	if !slices.Contains(app.Scopes, actAsUser) {
		return Tokens{}, unauthorized("The app is not installed with the scope %s.", actAsUser)
	}
	may := slices.DeleteFunc(slices.Clone(app.Scopes), func(scope string) bool { return scope == actAsUser })
	scopes, ok := within(strings.ToUpper(asked), may)
	if !ok {
		return Tokens{}, invalidScope("The scope is more than the app is installed with.")
	}
	var out Tokens
	secret := directory.NewSecret(st.CloudID)
	err := s.Changes.Write(ctx, st.ID, by, func(tx *change.Tx) error {
		a, err := s.Directory.AccountIn(ctx, tx, accountID)
		switch kind, _ := failure.Of(err); {
		case err != nil && kind == failure.NotFound, err == nil && a.ID != accountID:
			return failure.Because(errAssertion, "The app %s asks to act as an account that this site does not have.", app.ClientID)
		case err == nil && (a.Type != directory.Person || a.Status != directory.Active):
			return failure.Because(errAssertion, "The app %s asks to act as %s, and nobody can: the account is %s, its type %s.", app.ClientID, a.ID, a.Status, a.Type)
		}
		if err != nil {
			return err
		}
		out, err = s.issueIn(ctx, tx, secret, app.ClientID, a.ID, "", scopes, impersonationLife)
		return err
	})
	return out, err
}
