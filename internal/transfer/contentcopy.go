package transfer

import (
	"context"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// copyContent brings what a line of content touches into the scratch database: its space, the content it may mean, what
// that is below, and whom the line names.
func (e *engine) copyContent(ctx context.Context, tx *change.Tx, c *Content) error {
	tx.Record(change.Record{Operation: "import.try", Target: "site"})
	people, groups := append([]string{c.said["creator"]}, c.watchers...), []string(nil)
	for _, r := range c.restrictions {
		people = append(people, r.user)
		if r.group != "" {
			groups = append(groups, r.group)
		}
	}
	if err := e.copyPeople(ctx, tx, people); err != nil {
		return err
	}
	if err := e.dir.CopyGroupsIn(ctx, tx, e.source, nil, groups); err != nil {
		return err
	}
	if err := e.copySpace(ctx, tx, &Space{said: map[string]string{"key": c.said["space"]}}); err != nil {
		return err
	}
	space, err := e.spaces.SpaceIn(ctx, tx, e.Site, c.said["space"])
	if err != nil {
		return err
	}
	source := &content.Store{Changes: e.source.Changes}
	candidates, err := e.candidates(ctx, source, c)
	if err != nil {
		return err
	}
	for _, p := range candidates {
		if err := e.copyPage(ctx, tx, source, space, p); err != nil {
			return err
		}
		if err := e.copyWatches(ctx, tx, source, content.WatchContent, p.ID, c.watchers); err != nil {
			return err
		}
	}
	return nil
}

// candidates are the content of the source that a line may mean or name, or whose title it may want. An ID that
// something in another space has is Invalid.
func (e *engine) candidates(ctx context.Context, source *content.Store, c *Content) ([]content.Page, error) {
	q := source.Changes.DB
	space, err := source.SpaceIn(ctx, q, e.Site, c.said["space"])
	if err != nil && !isMissing(err) {
		return nil, err
	}
	var all []content.Page
	for _, by := range []struct {
		kind, title string
		trash       bool
	}{
		{c.said["type"], c.said["title"], false},
		{"page", c.said["title"], false},
		{c.said["type"], c.said["title"], true},
		{"", c.said["parent"], false},
	} {
		if space.ID == 0 || by.title == "" {
			continue
		}
		found, err := source.TitledIn(ctx, q, e.Site, space.ID, by.kind, by.title, by.trash)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	for _, id := range []int64{c.id, c.parent} {
		p, err := source.PageIn(ctx, q, e.Site, id)
		switch {
		case isMissing(err):
		case err != nil:
			return nil, err
		case p.Space != space.ID && id == c.id:
			return nil, elsewhere(id)
		case p.Space == space.ID:
			all = append(all, p)
		}
	}
	return all, nil
}

// copyPage brings content with all that is above it, unless it is there or an earlier line has taken its place.
func (e *engine) copyPage(ctx context.Context, tx *change.Tx, source *content.Store, space content.Space, p content.Page) error {
	if _, err := e.spaces.PageIn(ctx, tx, e.Site, p.ID); !isMissing(err) {
		return err
	}
	q := source.Changes.DB
	if p.Parent != 0 {
		above, err := source.PageIn(ctx, q, e.Site, p.Parent)
		if err == nil {
			err = e.copyPage(ctx, tx, source, space, above)
		}
		if err != nil {
			return err
		}
	}
	var err error
	if p.Body, err = source.BodyIn(ctx, q, e.Site, p.ID); err != nil {
		return err
	}
	if err := e.copyPeople(ctx, tx, []string{p.CreatedBy, p.Version.By}); err != nil {
		return err
	}
	_, err = e.spaces.AddPageIn(ctx, tx, space, p)
	if kind, _ := failure.Of(err); err != nil && kind == failure.Conflict {
		return nil // an earlier line has given its title away
	}
	if err == nil {
		err = e.copyHangings(ctx, tx, source, p)
	}
	return err
}

// copyHangings brings what hangs on content that was just copied.
func (e *engine) copyHangings(ctx context.Context, tx *change.Tx, source *content.Store, p content.Page) error {
	q := source.Changes.DB
	labels, err := source.LabelsIn(ctx, q, e.Site, content.OnContent, []int64{p.ID}, content.MaxLabels)
	if err != nil {
		return err
	}
	if err := e.spaces.SetLabelsIn(ctx, tx, content.OnContent, p.ID, labelTexts(labels[p.ID])); err != nil {
		return err
	}
	restrictions, err := source.RestrictionsIn(ctx, q, e.Site, []int64{p.ID}, content.MaxRestrictions)
	if err != nil {
		return err
	}
	var people, groups []string
	var standing []content.Restriction
	for _, r := range restrictions[p.ID] {
		switch {
		case r.Subject.Kind == content.User:
			people = append(people, r.Subject.ID)
		case r.Subject.Name == "":
			r.Subject.Gone = true
		default:
			groups = append(groups, r.Subject.ID)
		}
		standing = append(standing, r)
	}
	if err := e.copyPeople(ctx, tx, people); err != nil {
		return err
	}
	if err := e.dir.CopyGroupsIn(ctx, tx, e.source, groups, nil); err != nil {
		return err
	}
	if err := e.spaces.RestrictIn(ctx, tx, p, standing); err != nil || p.CreatedBy == "" {
		return err
	}
	if err := e.spaces.UnwatchIn(ctx, tx, content.WatchContent, p.ID, p.CreatedBy); err != nil {
		return err
	}
	return e.copyWatches(ctx, tx, source, content.WatchContent, p.ID, []string{p.CreatedBy})
}

// copyWatches brings who of these accounts watches content or a space.
func (e *engine) copyWatches(ctx context.Context, tx *change.Tx, source *content.Store, kind content.WatchKind, id int64, accounts []string) error {
	watching, err := source.WatchingIn(ctx, source.Changes.DB, e.Site, kind, id, accounts)
	if err != nil {
		return err
	}
	return e.addWatches(ctx, tx, kind, id, watching)
}

func (e *engine) copyPeople(ctx context.Context, tx *change.Tx, ids []string) error {
	people := make([]directory.Edit, len(ids))
	for i, id := range ids {
		people[i].ID = id
	}
	return e.dir.CopyIn(ctx, tx, e.source, people)
}
