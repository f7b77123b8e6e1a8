package api

import (
	"context"
	"strings"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/failure"
)

type spacesIn struct {
	SpaceKey []string `query:"spaceKey" doc:"Only the spaces with these keys."`
	Type     string   `query:"type" enum:"global personal" doc:"Only spaces of this kind."`
	Status   string   `query:"status" enum:"current archived" doc:"Only spaces in this state."`
	Expand   []string `query:"expand" oneof:"$space" doc:"What to answer in full. Below homepage stands what getContentById expands, as in homepage.body.view."`
	Start    int      `query:"start" default:"0" min:"0" doc:"How many to skip."`
	Limit    int      `query:"limit" default:"25" min:"0" doc:"The most to answer, up to the site's cap."`
}

func (s *Server) getSpaces(ctx context.Context, c *call, in spacesIn) (*confluence.SpaceArray, error) {
	limit := min(in.Limit, c.site.Settings.PageCap)
	filter := content.SpaceFilter{Keys: in.SpaceKey, Type: content.SpaceType(in.Type), Status: content.SpaceStatus(in.Status)}
	found, more, err := s.Content.SeeSpaces(ctx, c.site.ID, c.spaceViewer(), filter, in.Start, limit)
	if err != nil {
		return nil, err
	}
	spaces, err := s.spaces(ctx, c, found, in.Expand)
	if err != nil {
		return nil, err
	}
	return &confluence.SpaceArray{Results: spaces, Start: in.Start, Limit: limit, Size: len(spaces), Links: c.pageLinks(in.Start, limit, more)}, nil
}

// spaces renders spaces with what the caller asked to expand.
func (s *Server) spaces(ctx context.Context, c *call, seen []content.Seen, expand []string) ([]confluence.Space, error) {
	e := parseExpansion(expand)
	sh, err := s.fillShelf(ctx, c, seen, e)
	if err != nil {
		return nil, err
	}
	out := make([]confluence.Space, len(seen))
	for i, sp := range seen {
		if out[i], err = sh.space(sp, e); err != nil {
			return nil, err
		}
	}
	return out, nil
}

type spaceIn struct {
	SpaceKey string   `path:"spaceKey" doc:"The key of the space."`
	Expand   []string `query:"expand" oneof:"$space" doc:"What to answer in full. Below homepage stands what getContentById expands, as in homepage.body.view."`
}

func (s *Server) getSpace(ctx context.Context, c *call, in spaceIn) (*confluence.Space, error) {
	seen, err := s.Content.SeeSpace(ctx, c.site.ID, c.spaceViewer(), in.SpaceKey)
	if err != nil {
		return nil, err
	}
	spaces, err := s.spaces(ctx, c, []content.Seen{seen}, in.Expand)
	if err != nil {
		return nil, err
	}
	spaces[0].Links["base"], spaces[0].Links["context"] = c.base+wikiContext, wikiContext
	return &spaces[0], nil
}

type spaceCreateIn struct {
	Body confluence.SpaceCreate
}

// createSpace makes a global space, which belongs to the caller.
func (s *Server) createSpace(ctx context.Context, c *call, in spaceCreateIn) (*confluence.Space, error) {
	given := in.Body
	if err := mayMakeSpace(c); err != nil {
		return nil, err
	}
	if strings.HasPrefix(given.Key, "~") {
		return nil, failure.Invalid.Errorf("/key is that of a personal space, which is not made this way.")
	}
	space := content.Space{Key: given.Key, Alias: given.Alias, Name: given.Name, Type: content.Global, Owner: c.viewer.AccountID}
	if given.Description != nil {
		space.Description = given.Description.Plain.Value
	}
	permissions, err := s.permissionsOf(ctx, c, given.Permissions)
	if err != nil {
		return nil, err
	}
	added, err := s.Content.AddPermitting(ctx, c.site.ID, c.actor, space, permissions)
	if kind, message := failure.Of(err); err != nil && kind == failure.Conflict {
		return nil, failure.Invalid.Errorf("%s", message) // the reference knows no 409 here
	}
	if err != nil {
		return nil, err
	}
	return s.getSpace(ctx, c, spaceIn{SpaceKey: added.Key, Expand: []string{"description.plain"}})
}

// mayMakeSpace decides whether the caller may create a space.
func mayMakeSpace(c *call) error {
	if c.caller.Standing.Outsider {
		return failure.Forbidden.Errorf("Guests and external collaborators may not create spaces.")
	}
	return nil
}

type spaceDeleteIn struct {
	SpaceKey string `path:"spaceKey" doc:"The key of the space."`
}

// deleteSpace deletes at once, though the reference makes a task of it.
func (s *Server) deleteSpace(ctx context.Context, c *call, in spaceDeleteIn) (*confluence.LongTask, error) {
	space, err := s.Content.SeeSpace(ctx, c.site.ID, c.spaceViewer(), in.SpaceKey)
	if err != nil {
		return nil, err
	}
	if !space.MayDo("administer", "space") {
		return nil, failure.Forbidden.Errorf("Only an administrator of Confluence or of the space may delete it.")
	}
	if err := s.Content.Delete(ctx, c.site.ID, c.actor, space.Key); err != nil {
		return nil, err
	}
	return &confluence.LongTask{ID: c.actor.RequestID}, nil
}
