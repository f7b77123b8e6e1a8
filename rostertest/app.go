package rostertest

import (
	"slices"

	"github.com/rosterhq/roster/internal/seed"
)

// App is an app that the seed registers on the site.
type App struct {
	Kind      string // oauth, connect or forge
	Name      string
	ClientID  string
	AccountID string // as whom it acts for itself
	Secret    string // the client secret of an OAuth or Forge app, what a Connect app signs with; empty for a public one

	Key       string // of a Connect app
	ClientKey string // of a Connect app: what the site calls itself to it

	RedirectURIs []string // of an OAuth app
	Scopes       []string
	Tokens       []AppToken
}

// AppToken is an access token of an app.
type AppToken struct {
	Label  string
	AsUser string // the account ID of the person as whom it calls; empty for the app itself
	Token  string
}

// App returns an app of [Site.Apps], by name. None of that name ends the test.
func (s *Site) App(name string) App {
	s.t.Helper()
	at := slices.IndexFunc(s.Apps, func(a App) bool { return a.Name == name })
	if at < 0 {
		s.t.Fatalf("no app of site %s is %q", s.Name, name)
	}
	return s.Apps[at]
}

func appOf(r seed.Registered) App {
	a := App{
		Kind: string(r.Kind), Name: r.Name, ClientID: r.ClientID, AccountID: r.AccountID, Secret: r.ClientSecret,
		Key: r.Key, ClientKey: r.ClientKey, RedirectURIs: slices.Clone(r.RedirectURIs), Scopes: slices.Clone(r.Scopes),
	}
	if r.SharedSecret != "" {
		a.Secret = r.SharedSecret
	}
	for _, t := range r.Tokens {
		a.Tokens = append(a.Tokens, AppToken{Label: t.Label, AsUser: t.AsUser, Token: t.Text})
	}
	return a
}
