package transfer

import (
	"context"
	"slices"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// copySpace brings a space, and the accounts and groups that it and the line name, into the scratch directory.
func (e *engine) copySpace(ctx context.Context, tx *change.Tx, s *Space) error {
	tx.Record(change.Record{Operation: "import.try", Target: "site"})
	source := &content.Store{Changes: e.source.Changes}
	there, err := readSpace(ctx, source, source.Changes.DB, e.Site, s.said["key"], nil)
	if err != nil {
		return err
	}
	if err := e.copySubjects(ctx, tx, s, there); err != nil {
		return err
	}
	if there.ID == 0 {
		return nil
	}
	if standing, err := e.spaces.SpaceIn(ctx, tx, e.Site, there.Key); !isMissing(err) {
		if err == nil && standing.ID == there.ID {
			err = e.copyWatches(ctx, tx, source, content.WatchSpace, there.ID, s.watchers)
		}
		return err
	}
	copied := there.Space
	copied.Homepage = 0
	copied, err = e.spaces.AddIn(ctx, tx, copied)
	if kind, _ := failure.Of(err); kind == failure.Conflict {
		return nil // an earlier line has given its alias or owner away
	}
	if err == nil {
		err = e.spaces.SetLabelsIn(ctx, tx, content.OnSpace, copied.ID, there.labels)
	}
	if err == nil {
		standing := slices.Clone(there.permissions)
		for i := range standing {
			s := &standing[i].Subject
			s.Gone = s.Kind == content.Group && s.Name == ""
		}
		err = e.spaces.SetPermissionsIn(ctx, tx, copied, standing)
	}
	if err == nil {
		err = e.copyHome(ctx, tx, source, copied, there.home)
	}
	if err == nil {
		err = e.copyWatches(ctx, tx, source, content.WatchSpace, copied.ID, s.watchers)
	}
	return err
}

// copySubjects copies whom a space and a line name, as owners, watchers and in permissions.
func (e *engine) copySubjects(ctx context.Context, tx *change.Tx, s *Space, there spaceState) error {
	people := []directory.Edit{{ID: s.said["owner"]}, {ID: there.Owner}}
	var ids, refs []string
	for _, p := range there.permissions {
		switch p.Subject.Kind {
		case content.User:
			people = append(people, directory.Edit{ID: p.Subject.ID})
		case content.Group:
			ids = append(ids, p.Subject.ID)
		}
	}
	for _, id := range s.watchers {
		people = append(people, directory.Edit{ID: id})
	}
	for _, p := range s.permissions {
		people = append(people, directory.Edit{ID: p.user})
		if p.group != "" {
			refs = append(refs, p.group)
		}
	}
	if err := e.dir.CopyIn(ctx, tx, e.source, people); err != nil {
		return err
	}
	return e.dir.CopyGroupsIn(ctx, tx, e.source, ids, refs)
}

func (e *engine) copyHome(ctx context.Context, tx *change.Tx, source *content.Store, space content.Space, home content.Page) error {
	if home.ID == 0 {
		return nil
	}
	if err := e.copyPage(ctx, tx, source, space, home); err != nil {
		return err
	}
	_, err := e.spaces.ChangeIn(ctx, tx, space, func(to *content.Space) error {
		to.Homepage = home.ID
		return nil
	})
	return err
}
