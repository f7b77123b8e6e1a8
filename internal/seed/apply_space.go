package seed

import (
	"cmp"
	"context"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
)

// addSpace adds a space with its labels, permissions and pages.
func (p *plan) addSpace(ctx context.Context, store *content.Store, tx *change.Tx, seeded *Space) error {
	given, err := p.space(seeded)
	if err != nil {
		return err
	}
	s, err := store.AddIn(ctx, tx, given)
	if err != nil {
		return err
	}
	if len(seeded.Labels) > 0 {
		if err := store.SetLabelsIn(ctx, tx, content.OnSpace, s.ID, seeded.Labels); err != nil {
			return err
		}
	}
	if len(seeded.Permissions) > 0 {
		permissions, err := p.spacePermissions(seeded)
		if err == nil {
			err = store.SetPermissionsIn(ctx, tx, s, permissions)
		}
		if err != nil {
			return err
		}
	}
	if err := p.addWatches(ctx, store, tx, content.WatchSpace, s.ID, seeded.Watchers); err != nil {
		return err
	}
	ids := make(map[string]int64, len(seeded.Pages))
	for i := range seeded.Pages {
		page := &seeded.Pages[i]
		if ids[page.Title], err = p.addPage(ctx, store, tx, s, page, cmp.Or(page.ParentID, ids[page.Parent])); err != nil {
			return placed(page.Line, entry("pages", i), err)
		}
	}
	if seeded.Homepage == "" && seeded.HomepageID == 0 {
		return nil
	}
	_, err = store.ChangeIn(ctx, tx, s, func(s *content.Space) error {
		s.Homepage = cmp.Or(seeded.HomepageID, ids[seeded.Homepage])
		return nil
	})
	return err
}

func (p *plan) addPage(ctx context.Context, store *content.Store, tx *change.Tx, s content.Space, seeded *Page, parent int64) (int64, error) {
	creator, err := p.creator(seeded)
	if err != nil {
		return 0, err
	}
	page, err := store.AddPageIn(ctx, tx, s, content.Page{
		ID: seeded.ID, Parent: parent, Type: seeded.Type, Status: seeded.Status, Title: seeded.Title, Body: seeded.Body, CreatedBy: creator,
	})
	if err != nil {
		return 0, err
	}
	if len(seeded.Labels) > 0 {
		if err := store.SetLabelsIn(ctx, tx, content.OnContent, page.ID, seeded.Labels); err != nil {
			return 0, err
		}
	}
	if err := p.addWatches(ctx, store, tx, content.WatchContent, page.ID, seeded.Watchers); err != nil {
		return 0, err
	}
	if len(seeded.Restrictions) == 0 {
		return page.ID, nil
	}
	restrictions, err := p.restrictions(seeded)
	if err == nil {
		err = store.RestrictIn(ctx, tx, page, restrictions)
	}
	return page.ID, err
}

func (p *plan) addWatches(ctx context.Context, store *content.Store, tx *change.Tx, kind content.WatchKind, id int64, watchers []string) error {
	ids, err := p.watchers(watchers)
	for _, account := range ids {
		if err == nil {
			err = store.WatchIn(ctx, tx, kind, id, account)
		}
	}
	return err
}
