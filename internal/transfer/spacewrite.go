package transfer

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// SetSpace changes a space as a JSON object says, whose members are those of a line of kind space. It need not
// have a kind or key; a key that is not that of the space is Invalid, and a space that does not exist NotFound.
func SetSpace(ctx context.Context, d *directory.Directory, site int64, by change.Actor, key string, object []byte) (content.Space, error) {
	all, err := members(object)
	if err != nil {
		return content.Space{}, err
	}
	if !slices.ContainsFunc(all, func(m member) bool { return m.name == "key" }) {
		name, err := json.Marshal(key)
		if err != nil {
			return content.Space{}, err
		}
		all = append(all, member{"key", name})
	}
	said, err := decodeSpace(all)
	if err != nil {
		return content.Space{}, err
	}
	if said.said["key"] != key {
		return content.Space{}, failure.Invalid.Errorf("This is about the space %.300q.", said.said["key"])
	}
	e := &engine{Options: Options{Site: site}, dir: d, spaces: &content.Store{Changes: d.Changes}}
	var after spaceState
	err = d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		before, err := e.spaces.SpaceIn(ctx, tx, site, key)
		if err == nil {
			_, after, err = e.putSpace(ctx, tx, said, before.Key)
		}
		return err
	})
	return after.Space, err
}

func (e *engine) writeSpace(ctx context.Context, tx *change.Tx, it Item) (verdict, error) {
	key := it.Space.said["key"]
	if e.source != nil {
		if err := e.copySpace(ctx, tx, it.Space); err != nil {
			return verdict{}, err
		}
	}
	v := verdict{item: it, Result: Result{Line: it.Line, Kind: it.Kind, Action: Unchanged, ID: key}}
	before, after, err := e.putSpace(ctx, tx, it.Space, key)
	if err != nil {
		return v, err
	}
	changes := spaceDifferences(before, after)
	switch {
	case before.ID == 0:
		v.Action = Create
	case len(changes) > 0:
		v.Action = Update
	}
	if e.Details {
		v.Changes = changes
	}
	return v, nil
}

// putSpace makes or changes a space as a line says. Everything is checked before anything is written, so
// that a line that is refused leaves nothing behind.
func (e *engine) putSpace(ctx context.Context, tx *change.Tx, s *Space, key string) (before, after spaceState, err error) {
	if before, err = readSpace(ctx, e.spaces, tx, e.Site, key, s.watchers); err != nil {
		return before, after, err
	}
	permissions, err := e.spacePermissions(ctx, tx, s)
	if err == nil {
		err = e.spaces.CheckWatchersIn(ctx, tx, s.watchers)
	}
	if err == nil {
		err = s.checkHome(before.home)
	}
	if err != nil {
		return before, after, err
	}
	now := before.Space
	if before.ID != 0 {
		now, err = e.spaces.ChangeIn(ctx, tx, now, s.set)
	} else if err = s.set(&now); err == nil {
		now, err = e.spaces.AddIn(ctx, tx, now)
	}
	if _, said := s.said["labels"]; err == nil && said && !sameLabels(s.labels, before.labels) {
		err = e.spaces.SetLabelsIn(ctx, tx, content.OnSpace, now.ID, s.labels)
	}
	if _, said := s.said["permissions"]; err == nil && said && !slices.Equal(permissionTexts(permissions), before.permissionTexts()) {
		err = e.spaces.SetPermissionsIn(ctx, tx, now, permissions)
	}
	if err == nil {
		err = e.addWatches(ctx, tx, content.WatchSpace, now.ID, s.watchers)
	}
	if err == nil {
		err = e.putHome(ctx, tx, s, now, before.home)
	}
	if err == nil {
		after, err = readSpace(ctx, e.spaces, tx, e.Site, now.Key, s.watchers)
	}
	return before, after, err
}

// saysHome reports whether the line gives the space a homepage, or says something of the one it has.
func (s *Space) saysHome() bool {
	_, title := s.said["homepage.title"]
	_, body := s.said["homepage.body"]
	return title || body
}

func (s *Space) editHome(p *content.Page) error {
	if title, said := s.said["homepage.title"]; said {
		p.Title = title
	}
	if body, said := s.said["homepage.body"]; said {
		p.Body = body
	}
	return nil
}

func (s *Space) checkHome(home content.Page) error {
	if !s.saysHome() {
		return nil
	}
	if home.ID == 0 {
		home.Type, home.Status = "page", "current"
	}
	_ = s.editHome(&home)
	return home.Check()
}

// putHome changes the homepage, or makes it, or leaves the space without one.
func (e *engine) putHome(ctx context.Context, tx *change.Tx, s *Space, space content.Space, home content.Page) error {
	_, without := s.said["homepage"]
	var err error
	switch {
	case without:
		home = content.Page{}
	case !s.saysHome():
		return nil
	case home.ID != 0:
		_, err = e.spaces.ChangePageIn(ctx, tx, home, s.editHome)
		return err
	default:
		_ = s.editHome(&home)
		if home, err = e.spaces.AddPageIn(ctx, tx, space, home); err != nil {
			return err
		}
	}
	_, err = e.spaces.ChangeIn(ctx, tx, space, func(to *content.Space) error {
		to.Homepage = home.ID
		return nil
	})
	return err
}

func isMissing(err error) bool {
	kind, _ := failure.Of(err)
	return kind == failure.NotFound
}
