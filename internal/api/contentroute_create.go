package api

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/failure"
)

type contentCreateIn struct {
	Expand []string `query:"expand" oneof:"$content" doc:"What to answer in full; space, history and version where absent. Below space and container stands what getSpace expands, as in space.icon."`
	Body   confluence.ContentCreate
}

// createContent makes content, which the caller then watches.
func (s *Server) createContent(ctx context.Context, c *call, in contentCreateIn) (*confluence.Content, error) {
	given, v := in.Body, c.spaceViewer()
	if strings.TrimSpace(given.Title) == "" && given.Type != "comment" {
		return nil, failure.Invalid.Errorf("/title is required.")
	}
	space, parent, err := s.placeOf(ctx, c, v, given)
	if err != nil {
		return nil, err
	}
	if !space.MayDo("create", permissionTarget(given.Type)) {
		return nil, failure.Forbidden.Errorf("The caller may not create this in the space.")
	}
	if given.Status != "" && given.Status != "current" && given.Status != "draft" {
		return nil, failure.Invalid.Errorf("/status is none of current, draft.")
	}
	page := content.Page{Parent: parent, Type: given.Type, Status: given.Status, Title: given.Title, CreatedBy: c.viewer.AccountID}
	if given.Body != nil && given.Body.Storage != nil {
		page.Body = given.Body.Storage.Value
	}
	added, err := s.Content.AddPage(ctx, c.site.ID, c.actor, space.Key, page)
	if kind, message := failure.Of(err); err != nil && kind == failure.Conflict {
		return nil, failure.Invalid.Errorf("%s", message) // the reference knows no 409 here
	}
	if err != nil {
		return nil, err
	}
	seenSpace, seen, err := s.Content.SeePage(ctx, c.site.ID, v, strconv.FormatInt(added.ID, 10))
	if err != nil {
		return nil, err
	}
	return s.oneContent(ctx, c, v, place{seenSpace, seen}, in.Expand)
}

// placeOf finds where new content is to be: in the space named, or in that of its container, and below the last ancestor, or
// else the container. The ID is 0 at the top of the space.
func (s *Server) placeOf(ctx context.Context, c *call, v content.Viewer, given confluence.ContentCreate) (space content.Seen, parent int64, err error) {
	if given.Space.Key == "" && given.Container == nil {
		return space, 0, failure.Invalid.Errorf("/space is required.")
	}
	if given.Space.Key != "" {
		if space, err = s.Content.SeeSpace(ctx, c.site.ID, v, given.Space.Key); err != nil {
			return space, 0, err
		}
	}
	var container int64
	if given.Container != nil {
		around, page, err := s.Content.SeePage(ctx, c.site.ID, v, given.Container.ID.String())
		if err != nil {
			return space, 0, err
		}
		if space.Key != "" && space.ID != around.ID {
			return space, 0, failure.Invalid.Errorf("/container is not in /space.")
		}
		space, container = around, page.ID
	}
	n := len(given.Ancestors)
	if n == 0 {
		return space, container, nil
	}
	_, page, err := s.Content.SeePage(ctx, c.site.ID, v, given.Ancestors[n-1].ID.String())
	if err != nil {
		return space, 0, err
	}
	isContainer := func(p content.Page) bool { return p.ID == container }
	if container != 0 && !isContainer(page.Page) && !slices.ContainsFunc(page.Ancestors, isContainer) {
		return space, 0, failure.Invalid.Errorf("/ancestors are not in /container.")
	}
	return space, page.ID, nil
}
