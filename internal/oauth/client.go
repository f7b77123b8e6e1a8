package oauth

import (
	"context"
	"net/http"
	"slices"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

// authenticate returns the app that a request to the token endpoint comes from, on one site. A public app shows
// its ID alone.
func (s *Server) authenticate(ctx context.Context, siteID int64, in tokenRequest) (directory.Registration, error) {
	r, err := s.app(ctx, siteID, in.ClientID)
	if err != nil {
		return r, err
	}
	if r.Public {
		if in.ClientSecret != "" {
			return r, failure.Because(errClient, "The app %s is public, so it has no client secret, and the request shows one.", r.ClientID)
		}
		return r, nil
	}
	knows, err := s.Directory.KnowsSecret(ctx, siteID, in.ClientID, in.ClientSecret)
	switch {
	case err != nil:
	case r.Kind == directory.ConnectApp:
		err = failure.Because(errClient, "The app %s is a Connect app, which proves itself by assertions only.", r.ClientID)
	case in.ClientSecret == "":
		err = failure.Because(errClient, "The request shows no client secret, and the app %s has one.", r.ClientID)
	case !knows:
		err = failure.Because(errClient, "The client secret is not that of the app %s on this site, or not any more.", r.ClientID)
	}
	return r, err
}

// place returns the site on which a request is decided: the one that the secret in it names, if the client is
// registered there. Otherwise named is false, and the site is the client's own, where it proves itself all the same: the
// one that the client secret names, else the first on which it is registered.
func (s *Server) place(ctx context.Context, in tokenRequest, secret string) (st site.Site, named bool, err error) {
	ids, err := s.Directory.SitesOfClient(ctx, in.ClientID)
	if err == nil && len(ids) == 0 {
		err = on(0, "", failure.Because(errClient, "No site has an app with this client ID."))
	}
	if err != nil {
		return st, false, err
	}
	for i, text := range []string{secret, in.ClientSecret} {
		st, found, err := s.siteOf(ctx, text)
		if err != nil || found && slices.Contains(ids, st.ID) {
			return st, i == 0, err
		}
	}
	st, err = s.Sites.ByID(ctx, ids[0])
	return st, false, err
}

// grantor gives a client tokens on a site.
type grantor func(ctx context.Context, by change.Actor, st site.Site, client directory.Registration, in tokenRequest) (Tokens, error)

// forClient does what a client asks once it has proved itself.
func (s *Server) forClient(r *http.Request, by change.Actor, in tokenRequest, st site.Site, do grantor) (any, error) {
	client, err := s.authenticate(r.Context(), st.ID, in)
	if err != nil {
		return nil, on(st.ID, "", err)
	}
	by.AccountID = client.AccountID
	out, err := do(r.Context(), by, st, client, in)
	return out, on(st.ID, client.AccountID, err)
}

// clientCredentials gives an app a token as itself, with all scopes that it is registered with.
func (s *Server) clientCredentials(ctx context.Context, by change.Actor, st site.Site, client directory.Registration, in tokenRequest) (Tokens, error) {
	switch {
	case client.Public:
		return Tokens{}, unauthorized("A public client cannot act as itself.")
	case in.Scope != "":
		return Tokens{}, invalidRequest("An app as itself has the scopes that it is registered with; leave scope out.")
	}
	var out Tokens
	secret := directory.NewSecret(st.CloudID)
	err := s.Changes.Write(ctx, st.ID, by, func(tx *change.Tx) (err error) {
		scopes := slices.DeleteFunc(slices.Clone(client.Scopes), func(scope string) bool { return scope == OfflineAccess })
		out, err = s.issueIn(ctx, tx, secret, client.ClientID, client.AccountID, "", scopes, accessLife)
		return err
	})
	return out, err
}
