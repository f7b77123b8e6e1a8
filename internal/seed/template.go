package seed

import (
	"context"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// Template is a document, filled in once, of which any number of sites can be made at little cost: each is what
// [Apply] makes of the document, but for its name, its cloud ID and its tokens.
type Template struct {
	plan      *plan
	rows      *site.Template
	sites     *site.Store
	directory *directory.Directory
}

// NewTemplate fills in a document.
func NewTemplate(ctx context.Context, log *change.Log, doc *Document) (*Template, error) {
	p, err := newPlan(doc)
	if err != nil {
		return nil, err
	}
	passwords, err := p.hashPasswords(ctx)
	if err != nil {
		return nil, err
	}
	t := &Template{plan: p, sites: &site.Store{Changes: log}, directory: &directory.Directory{Changes: log}}
	t.rows, err = t.sites.NewTemplate(ctx, by, p.settings(), p.Time, func(s site.Site) error { return p.fillSite(ctx, log, s.ID, passwords) })
	return t, err
}

// CloudID is the cloud ID of the document's own site.
func (d *Document) CloudID() string { return d.Site.cloudID() }

// CloudIDOf is the cloud ID of a site that has nothing but a name.
func CloudIDOf(name string) string { return (&Site{Name: name}).cloudID() }

// Add makes a site of this name and cloud ID.
func (t *Template) Add(ctx context.Context, by change.Actor, name, cloudID string) (Applied, error) {
	return t.write(ctx, by, cloudID, func(tx *change.Tx) (site.Site, error) {
		return t.sites.CopyIn(ctx, tx, t.rows, site.Site{Name: name, CloudID: cloudID})
	})
}

// Reset makes the site of this cloud ID what [Template.Add] would make it, but for its name and addresses.
func (t *Template) Reset(ctx context.Context, by change.Actor, cloudID string) (Applied, error) {
	return t.write(ctx, by, cloudID, func(tx *change.Tx) (site.Site, error) {
		return t.sites.RenewIn(ctx, tx, t.rows, cloudID)
	})
}

func (t *Template) write(ctx context.Context, by change.Actor, cloudID string, add func(*change.Tx) (site.Site, error)) (Applied, error) {
	log, p := t.sites.Changes, t.plan.as(cloudID)
	var made site.Site
	err := log.Write(ctx, 0, by, func(tx *change.Tx) (err error) {
		if made, err = add(tx); err != nil {
			return err
		}
		if err := t.directory.CopyAppsIn(ctx, tx, t.rows.ID, p.appCopies(t.plan)); err != nil {
			return err
		}
		return t.directory.CopyTokensIn(ctx, tx, t.rows.ID, p.tokenCopies(t.plan, log.Now()))
	})
	return Description{t.plan}.Of(made), err
}

// Description tells whom a caller can be on sites that were made of a document.
type Description struct{ plan *plan }

// Describe returns the description of a document's sites.
func (d *Document) Describe() (*Description, error) {
	p, err := newPlan(d)
	return &Description{p}, err
}

// Of tells whom a caller can be on a site that is as it was made.
func (d Description) Of(s site.Site) Applied {
	a := Applied{Site: s}
	a.fill(d.plan.as(s.CloudID))
	return a
}

// as is the plan of a site with another cloud ID. IDs of accounts and groups follow from the document's own site; apps
// have IDs of their own, as an app of one ID is one app, and would be seen on all sites.
func (p *plan) as(cloudID string) *plan {
	if cloudID == p.cloudID {
		return p
	}
	other := *p
	other.cloudID, other.appSite = cloudID, cloudID
	return &other
}

// tokenCopies are the tokens of p, which is from as another site.
func (p *plan) tokenCopies(from *plan, now time.Time) []directory.TokenCopy {
	var copies []directory.TokenCopy
	add := func(c directory.TokenCopy, life time.Duration) {
		if life > 0 {
			c.ExpiresAt = end(now, life)
		}
		copies = append(copies, c)
	}
	for i := range p.Accounts {
		a, id := &p.Accounts[i], p.accountIDs[i]
		for j := range a.Tokens {
			t := &a.Tokens[j]
			add(directory.TokenCopy{Of: t.id(from.cloudID, id), ID: t.id(p.cloudID, id), Secret: t.secret(p.cloudID, a, id)}, t.ExpiresIn)
		}
	}
	for i := range p.Apps {
		a := &p.Apps[i]
		was, id := from.clientID(a), p.clientID(a)
		for j := range a.Tokens {
			t := &a.Tokens[j]
			add(directory.TokenCopy{Of: t.id(from.cloudID, was), ID: t.id(p.cloudID, id), ClientID: id, Secret: t.secret(p.cloudID, id)}, t.ExpiresIn)
		}
	}
	return copies
}

// appCopies are the apps of p, which is from as another site.
func (p *plan) appCopies(from *plan) []directory.AppCopy {
	copies := make([]directory.AppCopy, len(p.Apps))
	for i := range p.Apps {
		a := &p.Apps[i]
		id := p.clientID(a)
		copies[i] = directory.AppCopy{Of: from.clientID(a), ClientID: id, Key: a.key(id), ClientKey: a.clientKey(p.cloudID, id), Secrets: a.secrets(p.cloudID, id)}
	}
	return copies
}
