package seed

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// endless is longer than any stand-in runs.
const endless = 250 * 365 * 24 * time.Hour

// batch is how many accounts or spaces share a transaction: so few that a seed of any size needs little memory.
const batch = 500

var by = change.Actor{Via: change.Seed}

// Apply makes the seed's sites, which must not exist yet, with everything in them. Everything is created
// at its document's time, but tokens expire by log's clock, so that they are good now. The whole seed is
// checked for what refers to nothing before anything is written; an error found later leaves what was
// written before it.
func Apply(ctx context.Context, log *change.Log, s *Seed) ([]Applied, error) {
	plans := make([]*plan, len(s.Documents))
	for i := range s.Documents {
		p, err := newPlan(&s.Documents[i])
		if err != nil {
			return nil, err
		}
		plans[i] = p
	}
	all := make([]Applied, 0, len(plans))
	for _, p := range plans {
		applied, err := p.apply(ctx, log)
		if err != nil {
			return all, err
		}
		all = append(all, applied)
	}
	return all, nil
}

func (p *plan) apply(ctx context.Context, log *change.Log) (a Applied, err error) {
	passwords, err := p.hashPasswords(ctx)
	if err != nil {
		return a, err
	}
	then := *log
	then.Now = func() time.Time { return p.Time }
	a.Site, err = (&site.Store{Changes: &then}).Add(ctx, by, site.Site{
		Name: p.Site.Name, CloudID: p.cloudID, PublicURL: p.Site.PublicURL, Hosts: p.Site.Hosts, Settings: p.settings(),
	})
	if err != nil {
		return a, placed(p.Site.Line, "site", err)
	}
	if err := p.fillSite(ctx, log, a.Site.ID, passwords); err != nil {
		return a, err
	}
	a.fill(p)
	return a, nil
}

// settings are those of the site, or a stand-in's where the document gives none.
func (p *plan) settings() site.Settings {
	if p.Site.Settings == (site.Settings{}) {
		return site.StandInSettings()
	}
	return p.Site.Settings
}

// fillSite puts everything into a site that has nothing yet.
func (p *plan) fillSite(ctx context.Context, log *change.Log, id int64, passwords map[int]directory.PasswordHash) error {
	then := *log
	then.Now = func() time.Time { return p.Time }
	d := &directory.Directory{Changes: log, TokenLife: endless}
	if err := then.Write(ctx, id, by, func(tx *change.Tx) error { return p.addGroups(ctx, d, tx) }); err != nil {
		return err
	}
	err := inBatches(ctx, &then, id, len(p.Accounts), func(tx *change.Tx, i int) error {
		return placed(p.Accounts[i].Line, entry("accounts", i), p.addAccount(ctx, d, tx, i, passwords, log.Now()))
	})
	if err != nil {
		return err
	}
	if err := p.addApps(ctx, d, &then, id, log.Now()); err != nil {
		return err
	}
	store := &content.Store{Changes: log}
	return inBatches(ctx, &then, id, len(p.Spaces), func(tx *change.Tx, i int) error {
		return placed(p.Spaces[i].Line, entry("spaces", i), p.addSpace(ctx, store, tx, &p.Spaces[i]))
	})
}

// fill adds whom a caller can be.
func (a *Applied) fill(p *plan) {
	a.People = p.people()
	a.Apps = p.registered()
	for _, person := range a.People {
		if person.Role == siteAdministrator {
			a.Admin = person
			return
		}
	}
}

// inBatches calls add for each of n entries in their order, a batch in one transaction.
func inBatches(ctx context.Context, log *change.Log, site int64, n int, add func(tx *change.Tx, i int) error) error {
	for from := 0; from < n; from += batch {
		err := log.Write(ctx, site, by, func(tx *change.Tx) error {
			for i := from; i < min(from+batch, n); i++ {
				if err := add(tx, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *plan) addGroups(ctx context.Context, d *directory.Directory, tx *change.Tx) error {
	for i, g := range p.Groups {
		_, err := d.AddGroupIn(ctx, tx, directory.Group{ID: p.groupIDs[i], Name: g.Name, UsageType: g.UsageType, ManagedBy: g.ManagedBy})
		for _, permission := range g.Permissions {
			if err == nil {
				_, err = d.GrantIn(ctx, tx, p.groupIDs[i], permission, true)
			}
		}
		if err != nil {
			return placed(g.Line, entry("groups", i), err)
		}
	}
	return nil
}

func (p *plan) addAccount(ctx context.Context, d *directory.Directory, tx *change.Tx, i int, passwords map[int]directory.PasswordHash, now time.Time) error {
	seeded := &p.Accounts[i]
	a, err := d.AddIn(ctx, tx, p.account(i), p.memberOf(seeded)...)
	if err != nil {
		return err
	}
	if hash, has := passwords[i]; has {
		if err := d.SetPasswordIn(ctx, tx, a, hash); err != nil {
			return err
		}
	}
	for j, property := range seeded.Properties {
		kept := directory.Property{
			ID: cmp.Or(property.ID, derive("property", a.ID, property.Key)), Key: property.Key, Value: property.Value, App: property.App,
		}
		if _, err := d.AddPropertyIn(ctx, tx, a.ID, kept, p.propertyLimits()); err != nil {
			return placed(property.Line, entry("properties", j), err)
		}
	}
	for j := range seeded.Tokens {
		t := &seeded.Tokens[j]
		token := directory.Token{ID: t.id(p.cloudID, a.ID), Label: t.Label, Scopes: slices.Clone(t.Scopes), ExpiresAt: p.Time.AddDate(100, 0, 0)}
		if t.ExpiresIn > 0 {
			token.ExpiresAt = end(now, t.ExpiresIn)
		}
		if _, err := d.AddTokenIn(ctx, tx, a, token, t.secret(p.cloudID, seeded, a.ID)); err != nil {
			return placed(t.Line, entry("tokens", j), err)
		}
	}
	return nil
}

func (p *plan) propertyLimits() directory.PropertyLimits {
	s := p.settings()
	return directory.PropertyLimits{KeyBytes: s.PropertyKeyBytes, ValueBytes: s.PropertyValueBytes, PerUserAndApp: s.PropertiesPerUserAndApp}
}

// end is when a token ends that is made now and good for some time.
func end(now time.Time, life time.Duration) time.Time {
	return now.UTC().Truncate(time.Microsecond).Add(life)
}
