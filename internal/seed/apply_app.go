package seed

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/fold"
)

// addApps registers the apps of a site. log writes at the document's time; now is when tokens begin to be good.
func (p *plan) addApps(ctx context.Context, d *directory.Directory, log *change.Log, site int64, now time.Time) error {
	if len(p.Apps) == 0 {
		return nil
	}
	home, err := d.HomeGroup(ctx, site, false)
	if err != nil {
		return err
	}
	return inBatches(ctx, log, site, len(p.Apps), func(tx *change.Tx, i int) error {
		return placed(p.Apps[i].Line, entry("apps", i), p.addApp(ctx, d, tx, &p.Apps[i], home, now))
	})
}

func (p *plan) addApp(ctx context.Context, d *directory.Directory, tx *change.Tx, a *App, home string, now time.Time) error {
	id := p.clientID(a)
	var groups []string
	for _, name := range a.Groups {
		groups = append(groups, p.groupIDs[p.groupAt[fold.Key(name)]])
	}
	if len(groups) == 0 && home != "" {
		groups = []string{home}
	}
	account, err := d.AddIn(ctx, tx, directory.Account{
		ID: p.appAccount(a), Type: directory.App, DisplayName: a.Name, EmailApproved: a.EmailApproved,
	}, groups...)
	if err != nil {
		return err
	}
	r, err := d.RegisterIn(ctx, tx, directory.Registration{
		ClientID: id, Kind: a.Kind, Name: a.Name, AccountID: account.ID, Public: a.Public, RedirectURIs: a.RedirectURIs,
		Scopes: slices.Clone(a.Scopes), Key: a.key(id), ClientKey: a.clientKey(p.cloudID, id),
	}, a.secrets(p.cloudID, id))
	if err != nil {
		return err
	}
	for i := range a.Tokens {
		t := &a.Tokens[i]
		ask := directory.AppToken{AsUser: t.AsUser, Token: directory.Token{
			ID: t.id(p.cloudID, id), Label: t.Label, Scopes: slices.Clone(t.Scopes), ExpiresAt: p.Time.AddDate(100, 0, 0),
		}}
		if t.ExpiresIn > 0 {
			ask.ExpiresAt = end(now, t.ExpiresIn)
		}
		if _, err := d.AddAppTokenIn(ctx, tx, r, ask, t.secret(p.cloudID, id)); err != nil {
			return placed(t.Line, entry("tokens", i), err)
		}
	}
	return nil
}

// clientID is the app's ID on the plan's site.
func (p *plan) clientID(a *App) string { return a.id(p.appSite) }

// appAccount is the ID of an app's account, which is the same on every site that is made of the document.
func (p *plan) appAccount(a *App) string {
	return cmp.Or(a.AccountID, "712020:"+derive("app account", p.Site.Name, a.id(p.Site.Name)))
}

// Registered is an app that a caller can be.
type Registered struct {
	Kind         directory.AppKind
	Name         string
	ClientID     string
	AccountID    string
	ClientSecret string // of an OAuth app that is not public, or of a Forge app
	Key          string // of a Connect app, and so on
	ClientKey    string
	SharedSecret string
	RedirectURIs []string
	Scopes       []string
	Tokens       []Bearer
}

// Bearer is an access token of an app: its label, whom it makes the caller, and its text, which nothing else can tell.
type Bearer struct{ Label, AsUser, Text string }

// registered returns the document's apps, with what they prove themselves with.
func (p *plan) registered() []Registered {
	all := make([]Registered, len(p.Apps))
	for i := range p.Apps {
		a := &p.Apps[i]
		id := p.clientID(a)
		secrets := a.secrets(p.cloudID, id)
		all[i] = Registered{
			Kind: a.Kind, Name: a.Name, ClientID: id, AccountID: p.appAccount(a), ClientSecret: secrets.Client,
			Key: a.key(id), ClientKey: a.clientKey(p.cloudID, id), SharedSecret: secrets.Shared, RedirectURIs: a.RedirectURIs, Scopes: a.Scopes,
		}
		for j := range a.Tokens {
			t := &a.Tokens[j]
			all[i].Tokens = append(all[i].Tokens, Bearer{t.Label, t.AsUser, t.secret(p.cloudID, id)})
		}
	}
	return all
}
