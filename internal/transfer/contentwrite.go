package transfer

import (
	"context"
	"slices"
	"strconv"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/failure"
)

func (e *engine) writeContent(ctx context.Context, tx *change.Tx, it Item) (verdict, error) {
	if e.source != nil {
		if err := e.copyContent(ctx, tx, it.Content); err != nil {
			return verdict{}, err
		}
	}
	v := verdict{item: it, Result: Result{Line: it.Line, Kind: it.Kind, Action: Unchanged}}
	if line, given := e.given[it.Content.id]; given {
		return v, failure.Invalid.Errorf("The ID %d went to the content of line %d, which names none; put lines with an id first.", it.Content.id, line)
	}
	before, after, err := e.putContent(ctx, tx, it.Content)
	if err != nil {
		return v, err
	}
	if before.ID == 0 && it.Content.id == 0 {
		e.given[after.ID] = it.Line
	}
	if before.ID != 0 || e.source == nil || it.Content.id != 0 {
		v.ID = strconv.FormatInt(after.ID, 10)
	}
	changes := contentDifferences(before, after)
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

// putContent makes or changes content as a line says. Everything is checked before anything is written, so
// that a line that is refused leaves nothing behind.
func (e *engine) putContent(ctx context.Context, tx *change.Tx, c *Content) (before, after contentState, err error) {
	space, err := e.spaces.SpaceIn(ctx, tx, e.Site, c.said["space"])
	if err != nil {
		return before, after, err
	}
	found, err := c.find(ctx, e.spaces, tx, e.Site, space)
	if err != nil {
		return before, after, err
	}
	if before, err = readContent(ctx, e.spaces, tx, e.Site, space, found, c.watchers); err != nil {
		return before, after, err
	}
	restrictions, err := e.checkContent(ctx, tx, c, found)
	if err != nil {
		return before, after, err
	}
	now, err := e.putPage(ctx, tx, c, space, found)
	if err != nil {
		return before, after, err
	}
	if space, err = e.hang(ctx, tx, c, space, now, before, restrictions); err == nil {
		after, err = readContent(ctx, e.spaces, tx, e.Site, space, now, c.watchers)
	}
	return before, after, err
}

// checkContent refuses what would fail only after something else is written, and returns the restrictions that the
// line asks for.
func (e *engine) checkContent(ctx context.Context, tx *change.Tx, c *Content, found content.Page) ([]content.Restriction, error) {
	kind := found.Type
	if kind == "" {
		kind = c.said["type"]
	}
	creator := c.said["creator"]
	switch {
	case c.said["homepage"] == "true" && kind != "" && kind != "page":
		return nil, failure.Invalid.Errorf("Only a page can be a homepage.")
	case found.ID != 0 && creator != "" && creator != found.CreatedBy:
		return nil, failure.Invalid.Errorf("Who made content never changes.")
	}
	if err := e.spaces.CheckWatchersIn(ctx, tx, c.watchers); err != nil {
		return nil, err
	}
	all := make([]content.Restriction, len(c.restrictions))
	for i, r := range c.restrictions {
		all[i] = content.Restriction{Operation: r.operation, Subject: content.Subject{Kind: content.User, ID: r.user}}
		if r.former != "" {
			all[i].Subject = former(r.former)
		}
		if r.group != "" {
			g, err := e.dir.GroupNamedIn(ctx, tx, e.Site, r.group)
			if err != nil {
				return nil, err
			}
			all[i].Subject = content.Subject{Kind: content.Group, ID: g.ID, Name: g.Name}
		}
	}
	return all, e.spaces.CheckRestrictionsIn(ctx, tx, all)
}

// putPage makes the content itself, or changes it.
func (e *engine) putPage(ctx context.Context, tx *change.Tx, c *Content, space content.Space, found content.Page) (content.Page, error) {
	above := content.Page{ID: found.Parent}
	if _, said := c.said["parent"]; said {
		var err error
		if above, err = c.above(ctx, e.spaces, tx, e.Site, space); err != nil {
			return found, err
		}
	}
	if found.ID != 0 {
		return e.spaces.ChangePageIn(ctx, tx, found, func(p *content.Page) error {
			c.edit(p)
			p.Parent = above.ID
			return nil
		})
	}
	p := content.Page{ID: c.id, Parent: above.ID, CreatedBy: c.said["creator"]}
	c.edit(&p)
	if c.nobodys {
		space.Owner = "" // who would be the creator
	}
	p, err := e.spaces.AddPageIn(ctx, tx, space, p)
	if err == nil && c.unwatched && p.CreatedBy != "" {
		err = e.spaces.UnwatchIn(ctx, tx, content.WatchContent, p.ID, p.CreatedBy)
	}
	return p, err
}

// hang puts on content what hangs on it, where that differs, and returns the space as it is then.
func (e *engine) hang(ctx context.Context, tx *change.Tx, c *Content, space content.Space, p content.Page, before contentState, restrictions []content.Restriction) (content.Space, error) {
	if _, said := c.said["labels"]; said && !sameLabels(c.labels, before.labels) {
		if err := e.spaces.SetLabelsIn(ctx, tx, content.OnContent, p.ID, c.labels); err != nil {
			return space, err
		}
	}
	if _, said := c.said["restrictions"]; said && !slices.Equal(restrictionTexts(restrictions), before.restrictions) {
		if err := e.spaces.RestrictIn(ctx, tx, p, restrictions); err != nil {
			return space, err
		}
	}
	if err := e.addWatches(ctx, tx, content.WatchContent, p.ID, c.watchers); err != nil {
		return space, err
	}
	home, said := c.said["homepage"]
	if isHome := space.Homepage == p.ID; !said || isHome == (home == "true") {
		return space, nil
	}
	return e.spaces.ChangeIn(ctx, tx, space, func(to *content.Space) error {
		to.Homepage = 0
		if home == "true" {
			to.Homepage = p.ID
		}
		return nil
	})
}

func (e *engine) addWatches(ctx context.Context, tx *change.Tx, kind content.WatchKind, id int64, accounts []string) error {
	for _, account := range accounts {
		if err := e.spaces.WatchIn(ctx, tx, kind, id, account); err != nil {
			return err
		}
	}
	return nil
}
