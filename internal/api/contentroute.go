package api

import (
	"context"
	"slices"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/failure"
)

// byDefault is what is expanded of content where the caller does not say.
var byDefault = []string{"space", "history", "version"}

type contentIn struct {
	ID     string   `path:"id" doc:"The ID of the content."`
	Expand []string `query:"expand" oneof:"$content" doc:"What to answer in full; space, history and version where absent. Below space and container stands what getSpace expands, as in space.icon."`
}

func (s *Server) getContent(ctx context.Context, c *call, in contentIn) (*confluence.Content, error) {
	v, at, err := s.seeToRead(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	return s.oneContent(ctx, c, v, at, in.Expand)
}

// oneContent renders content by itself.
func (s *Server) oneContent(ctx context.Context, c *call, v content.Viewer, at place, expand []string) (*confluence.Content, error) {
	if len(expand) == 0 {
		expand = byDefault
	}
	all, err := s.contents(ctx, c, v, []place{at}, expand)
	if err != nil {
		return nil, err
	}
	all[0].Links["base"], all[0].Links["context"] = c.base+wikiContext, wikiContext
	return &all[0], nil
}

// contents renders content with what the caller asked to expand.
func (s *Server) contents(ctx context.Context, c *call, v content.Viewer, at []place, expand []string) ([]confluence.Content, error) {
	e := parseExpansion(expand)
	sh := &shelf{c: c, viewer: v, room: mostExpanded, pages: map[int64]content.SeenPage{}}
	var ids []int64
	var spaces []content.Seen
	for _, p := range at {
		ids = append(ids, p.page.ID)
		sh.pages[p.page.ID] = p.page
		if !slices.ContainsFunc(spaces, func(s content.Seen) bool { return s.ID == p.space.ID }) {
			spaces = append(spaces, p.space)
		}
	}
	trees := []expansion{e.under("space"), e.under("container")}
	if err := s.fillSpaces(ctx, sh, spaces, trees); err != nil {
		return nil, err
	}
	if err := s.fillPages(ctx, sh, ids, e); err != nil {
		return nil, err
	}
	var err error
	if sh.users, err = s.embeddedUsers(ctx, c, sh.people(spaces, trees, e)); err != nil {
		return nil, err
	}
	out := make([]confluence.Content, len(at))
	for i, p := range at {
		if out[i], err = sh.page(p, e); err != nil {
			return nil, err
		}
	}
	return out, nil
}

type contentsIn struct {
	SpaceKey string   `query:"spaceKey" doc:"Only content of the space with this key."`
	Type     string   `query:"type" doc:"Only content of this kind, such as page or blogpost."`
	Status   string   `query:"status" enum:"current draft archived trashed" doc:"Only content in this state. What is in the trash is never listed."`
	Title    string   `query:"title" doc:"Only content of this title. Pages in use are found however it is written, as no two of a space share it."`
	Expand   []string `query:"expand" oneof:"$content" doc:"What to answer in full. Below space and container stands what getSpace expands, as in space.icon."`
	Start    int      `query:"start" default:"0" min:"0" doc:"How many to skip."`
	Limit    int      `query:"limit" default:"25" min:"0" doc:"The most to answer, up to the site's cap."`
}

func (s *Server) getContents(ctx context.Context, c *call, in contentsIn) (*confluence.ContentArray, error) {
	v, err := s.reader(ctx, c)
	if err != nil {
		return nil, err
	}
	limit := min(in.Limit, c.site.Settings.PageCap)
	filter := content.PageFilter{Space: in.SpaceKey, Type: in.Type, Status: in.Status, Title: in.Title}
	found, more, err := s.Content.SeePages(ctx, c.site.ID, v, filter, in.Start, limit)
	if err == nil {
		err = s.noteListing(ctx, c, filter, in.Start, found)
	}
	if err != nil {
		return nil, err
	}
	at := make([]place, len(found))
	for i, p := range found {
		at[i] = place{p.Space, p.Page}
	}
	all, err := s.contents(ctx, c, v, at, in.Expand)
	if err != nil {
		return nil, err
	}
	return &confluence.ContentArray{Results: all, Start: in.Start, Limit: limit, Size: len(all), Links: c.pageLinks(in.Start, limit, more)}, nil
}

// permissionTarget is what a permission calls content of a kind. Kinds without a permission of their own go by
// that for pages.
func permissionTarget(kind string) string {
	switch kind {
	case "blogpost", "comment", "attachment":
		return kind
	}
	return "page"
}

type contentDeleteIn struct {
	ID     string `path:"id" doc:"The ID of the content."`
	Status string `query:"status" doc:"trashed deletes for good what is in the trash already."`
}

// deleteContent puts content into the trash, or deletes it from there.
func (s *Server) deleteContent(ctx context.Context, c *call, in contentDeleteIn) (nothing, error) {
	see, remove := s.Content.SeePage, s.Content.TrashPage
	if in.Status == "trashed" {
		see, remove = s.Content.SeeTrashed, s.Content.PurgePage
	}
	space, page, err := s.seeToChange(ctx, c, see, in.ID)
	if err != nil {
		return nothing{}, err
	}
	if !page.MayUpdate || !space.MayDo("delete", permissionTarget(page.Type)) {
		return nothing{}, failure.Forbidden.Errorf("The caller may not delete this content.")
	}
	return nothing{}, remove(ctx, c.site.ID, c.actor, page.ID)
}
