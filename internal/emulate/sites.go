package emulate

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/seed"
	"github.com/rosterhq/roster/internal/site"
)

// MostSites is how many sites a stand-in makes: about 70 KiB each on disk, so that tests that delete nothing are told
// of it before the disk is full.
const MostSites = 10_000

// Sites makes sites from a seed, and makes them what they were.
type Sites struct {
	Store *site.Store
	Seed  *seed.Seed
	Most  int64 // how many sites there can be; [MostSites] where 0

	mu        sync.Mutex
	cleared   bool
	templates map[int]*seed.Template // by the index of the document
}

// Of makes sites from another seed in the same database.
func (s *Sites) Of(plan *seed.Seed) *Sites {
	return &Sites{Store: s.Store, Seed: plan, Most: s.Most, cleared: true, templates: map[int]*seed.Template{}}
}

// Make makes a site of the seed's first document. Its cloud ID follows from its name; one without a name gets both at
// random. A name that is taken is a Conflict.
func (s *Sites) Make(ctx context.Context, by change.Actor, name string) (made seed.Applied, err error) {
	cloudID := seed.CloudIDOf(name)
	if name == "" {
		cloudID = uuid.NewString()
		name = "site-" + strings.ReplaceAll(cloudID, "-", "")[:16]
	}
	err = s.with(ctx, 0, func(t *seed.Template) error {
		there, err := s.Store.Count(ctx)
		if err == nil && there >= cmp.Or(s.Most, MostSites) {
			err = failure.Conflict.Errorf("There are %d sites, which is as many as a stand-in makes; delete those that nobody needs any more.", there)
		}
		if err == nil {
			made, err = t.Add(ctx, by, name, cloudID)
		}
		return err
	})
	return made, err
}

// Reset makes a site what the seed says, which loses everything that came to be since. It keeps its name, its addresses
// and its tokens. A site that the seed does not name becomes one of the seed's first document.
func (s *Sites) Reset(ctx context.Context, by change.Actor, cloudID string) (reset seed.Applied, err error) {
	if _, err := s.find(ctx, cloudID); err != nil {
		return reset, err
	}
	err = s.with(ctx, s.documentOf(cloudID), func(t *seed.Template) error {
		reset, err = t.Reset(ctx, by, cloudID)
		return err
	})
	return reset, err
}

// Remove deletes a site. The default site is a Conflict.
func (s *Sites) Remove(ctx context.Context, by change.Actor, cloudID string) error {
	if _, err := s.find(ctx, cloudID); err != nil {
		return err
	}
	_, err := s.Store.Remove(ctx, by, cloudID)
	return err
}

// List returns every site in the order of their making. Whom a caller can be is told as the seed has it.
func (s *Sites) List(ctx context.Context) ([]seed.Applied, error) {
	sites, err := s.Store.List(ctx)
	if err != nil {
		return nil, err
	}
	return s.described(sites)
}

// Newest is [Sites.List] in pages, those made last first: see [site.Store.Newest].
func (s *Sites) Newest(ctx context.Context, after int64, limit int) (page []seed.Applied, next int64, err error) {
	sites, next, err := s.Store.Newest(ctx, after, limit)
	if err != nil {
		return nil, 0, err
	}
	page, err = s.described(sites)
	return page, next, err
}

// described tells of sites whom a caller can be.
func (s *Sites) described(sites []site.Site) (all []seed.Applied, err error) {
	all = make([]seed.Applied, len(sites))
	documents := make([]*seed.Description, len(s.Seed.Documents))
	for i, of := range sites {
		at := s.documentOf(of.CloudID)
		if documents[at] == nil {
			if documents[at], err = s.Seed.Documents[at].Describe(); err != nil {
				return nil, err
			}
		}
		all[i] = documents[at].Of(of)
	}
	return all, nil
}

// find returns the site of this cloud ID. A name is none.
func (s *Sites) find(ctx context.Context, cloudID string) (site.Site, error) {
	if id, err := uuid.Parse(cloudID); err != nil || id.String() != cloudID {
		return site.Site{}, failure.NotFound.Errorf("There is no site with the cloud ID %.100q.", cloudID)
	}
	return s.Store.Named(ctx, cloudID)
}

// documentOf is the index of the document that describes the site of a cloud ID.
func (s *Sites) documentOf(cloudID string) int {
	for i := range s.Seed.Documents {
		if s.Seed.Documents[i].CloudID() == cloudID {
			return i
		}
	}
	return 0
}

// with calls do with the template of a document, one call at a time: on PostgreSQL they would only make each other try
// again. The first call fills the template in. Where another stand-in has cleared the database of templates since, it
// is filled in again.
func (s *Sites) with(ctx context.Context, document int, do func(*seed.Template) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.template(ctx, document)
	if err == nil {
		err = do(t)
	}
	if !errors.Is(err, site.ErrNoTemplate) {
		return err
	}
	delete(s.templates, document)
	if t, err = s.template(ctx, document); err != nil {
		return err
	}
	return do(t)
}

func (s *Sites) template(ctx context.Context, document int) (*seed.Template, error) {
	if t := s.templates[document]; t != nil {
		return t, nil
	}
	log := s.Store.Changes
	if !s.cleared {
		// What an earlier stand-in left would never be used again.
		if _, err := s.Store.DropTemplates(ctx, change.Actor{Via: change.Start}); err != nil {
			return nil, err
		}
		s.cleared, s.templates = true, map[int]*seed.Template{}
	}
	t, err := seed.NewTemplate(context.WithoutCancel(ctx), log, &s.Seed.Documents[document])
	if err == nil {
		s.templates[document] = t
	}
	return t, err
}

// Export returns what a site has become as a seed file.
func (s *Sites) Export(ctx context.Context, cloudID string) ([]byte, error) {
	found, err := s.find(ctx, cloudID)
	if err != nil {
		return nil, err
	}
	return seed.Export(ctx, s.Store.Changes, found, &s.Seed.Documents[s.documentOf(cloudID)])
}
