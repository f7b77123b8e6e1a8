package seed

import (
	"context"
	"slices"

	"github.com/rosterhq/roster/internal/directory"
)

// exportApps returns the apps of the document that are still registered, and the accounts as which they act, which come
// with them.
func (e *exporter) exportApps(ctx context.Context) (apps []App, accounts map[string]bool, err error) {
	registered, err := e.directory.Registrations(ctx, e.site.ID)
	if err != nil {
		return nil, nil, err
	}
	accounts = map[string]bool{}
	for _, r := range registered {
		at := slices.IndexFunc(e.known.Apps, func(a App) bool { return e.known.clientID(&a) == r.ClientID })
		if at < 0 {
			e.left = append(e.left, "app "+r.ClientID+", as its secret is not known")
			continue
		}
		out, err := e.exportApp(ctx, r, &e.known.Apps[at])
		if err != nil {
			return nil, nil, err
		}
		apps, accounts[r.AccountID] = append(apps, out), true
	}
	return apps, accounts, nil
}

func (e *exporter) exportApp(ctx context.Context, r directory.Registration, was *App) (App, error) {
	out := App{
		Kind: r.Kind, Name: r.Name, ClientID: r.ClientID, AccountID: r.AccountID, Secret: was.Secret, Scopes: r.Scopes, RedirectURIs: r.RedirectURIs,
		Public: r.Public, Key: r.Key, SharedSecret: was.SharedSecret,
	}
	account, err := e.directory.Account(ctx, e.site.ID, r.AccountID)
	if err != nil {
		return out, err
	}
	out.EmailApproved = account.EmailApproved
	if out.Groups, err = e.groupsOf(ctx, r.AccountID); err != nil {
		return out, err
	}
	if r.Blocked {
		e.left = append(e.left, "that app "+r.ClientID+" is blocked")
	}
	if secret := was.secrets(e.site.CloudID, r.ClientID).Client; secret != "" {
		knows, err := e.directory.KnowsSecret(ctx, e.site.ID, r.ClientID, secret)
		if err != nil {
			return out, err
		}
		if !knows {
			e.left = append(e.left, "the secret of app "+r.ClientID+", which is not known")
		}
	}
	for i := range was.Tokens {
		t := was.Tokens[i]
		shown, found, err := e.directory.TokenByID(ctx, e.site.ID, t.id(e.site.CloudID, r.ClientID))
		if err != nil {
			return out, err
		}
		if found && shown.RevokedAt.IsZero() && shown.ExpiresAt.After(e.now) {
			out.Tokens = append(out.Tokens, AppToken{Label: t.Label, AsUser: t.AsUser, Scopes: t.Scopes, ExpiresIn: t.ExpiresIn})
		}
	}
	return out, nil
}

// groupsOf returns the names of an account's groups.
func (e *exporter) groupsOf(ctx context.Context, accountID string) ([]string, error) {
	var names []string
	for start := 0; ; start += exportPage {
		groups, err := e.directory.MemberOf(ctx, e.site.ID, accountID, start, exportPage)
		for _, g := range groups {
			names = append(names, g.Name)
		}
		if err != nil || len(groups) < exportPage {
			return names, err
		}
	}
}
