package oauth

import (
	"context"
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
		return nil, errAssertion
	}
	ids, err := s.Directory.SitesOfClient(ctx, clientID)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		st, err := s.Sites.ByID(ctx, id)
		if err != nil {
			return nil, err
		}
		app, found, err := s.Directory.InstalledBy(ctx, id, clientID)
		if err != nil {
			return nil, err
		}
		if !found || app.Blocked || app.Standing.Status != directory.Active {
			continue
		}
		asserted, err := connect.VerifyAssertion(in.Assertion, app.SharedSecret, s.now(), assertionHost, s.PublicURL, s.PublicURL+TokenPath, s.PublicURL+AssertionPath)
		if err != nil || !s.isTenant(st, asserted.Tenant) {
			continue
		}
		by.AccountID = app.AccountID
		return s.impersonate(ctx, by, st, app, asserted.AccountID, in.Scope)
	}
	return nil, errAssertion
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
		if kind, _ := failure.Of(err); err != nil && kind == failure.NotFound || err == nil && (a.Type != directory.Person || a.ID != accountID || a.Status != directory.Active) {
			return errAssertion
		}
		if err != nil {
			return err
		}
		out, err = s.issueIn(ctx, tx, secret, app.ClientID, a.ID, "", scopes, impersonationLife)
		return err
	})
	return out, err
}
