package api

import (
	"context"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/content"
)

type watchersIn struct {
	ID    string `path:"id" doc:"The ID of the content."`
	Start int    `query:"start" default:"0" min:"0" doc:"How many to skip."`
	Limit int    `query:"limit" default:"200" min:"0" doc:"The most to answer, up to the site's cap."`
}

// watchesOfContent lists who is told about content.
func (s *Server) watchesOfContent(ctx context.Context, c *call, in watchersIn) (*confluence.WatchArray, error) {
	_, at, err := s.seeToRead(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	limit := min(in.Limit, c.site.Settings.PageCap)
	watchers, more, err := s.watchers(ctx, c, content.WatchContent, at.page.ID, in.Start, limit)
	if err != nil {
		return nil, err
	}
	out := &confluence.WatchArray{
		Results: make([]confluence.ContentWatch, len(watchers)), Start: in.Start, Limit: limit, Size: len(watchers),
		Links: c.pageLinks(in.Start, limit, more),
	}
	for i, w := range watchers {
		out.Results[i] = confluence.ContentWatch{Type: at.page.Type, Watcher: w, ContentID: at.page.ID}
	}
	return out, nil
}

// watchesOfItsSpace lists who is told about everything in the space of content.
func (s *Server) watchesOfItsSpace(ctx context.Context, c *call, in watchersIn) (*confluence.SpaceWatchArray, error) {
	_, at, err := s.seeToRead(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	return s.spaceWatches(ctx, c, at.space, in.Start, in.Limit)
}

type spaceWatchersIn struct {
	SpaceKey string `path:"spaceKey" doc:"The key of the space."`
	Start    int    `query:"start" default:"0" min:"0" doc:"How many to skip."`
	Limit    int    `query:"limit" default:"200" min:"0" doc:"The most to answer, up to the site's cap."`
}

// watchesOfSpace lists who is told about everything in a space.
func (s *Server) watchesOfSpace(ctx context.Context, c *call, in spaceWatchersIn) (*confluence.SpaceWatchArray, error) {
	space, err := s.Content.SeeSpace(ctx, c.site.ID, c.spaceViewer(), in.SpaceKey)
	if err != nil {
		return nil, err
	}
	return s.spaceWatches(ctx, c, space, in.Start, in.Limit)
}

func (s *Server) spaceWatches(ctx context.Context, c *call, space content.Seen, start, limit int) (*confluence.SpaceWatchArray, error) {
	limit = min(limit, c.site.Settings.PageCap)
	watchers, more, err := s.watchers(ctx, c, content.WatchSpace, space.ID, start, limit)
	if err != nil {
		return nil, err
	}
	out := &confluence.SpaceWatchArray{
		Results: make([]confluence.SpaceWatch, len(watchers)), Start: start, Limit: limit, Size: len(watchers),
		Links: c.pageLinks(start, limit, more),
	}
	for i, w := range watchers {
		out.Results[i] = confluence.SpaceWatch{Type: "space", Watcher: w, SpaceKey: space.Key}
	}
	return out, nil
}

// watchers renders a page of those who watch something, by account ID.
func (s *Server) watchers(ctx context.Context, c *call, kind content.WatchKind, id int64, start, limit int) ([]confluence.WatchUser, bool, error) {
	ids, more, err := s.Content.Watchers(ctx, c.site.ID, kind, id, start, limit)
	if err != nil {
		return nil, false, err
	}
	profiles, err := s.Directory.Profiles(ctx, c.site.ID, c.viewer, ids...)
	out := make([]confluence.WatchUser, len(profiles))
	for i, p := range profiles {
		u := c.user(p, nil)
		out[i] = confluence.WatchUser{
			Type: u.Type, AccountID: u.AccountID, AccountType: u.AccountType, Email: u.Email, PublicName: u.PublicName,
			ProfilePicture: u.ProfilePicture, DisplayName: u.DisplayName, TimeZone: u.TimeZone,
			Operations: confluence.Null[[]confluence.OperationCheckResult](), PersonalSpace: confluence.Null[map[string]any](),
			IsExternalCollaborator: u.IsExternalCollaborator, ExternalCollaborator: u.IsExternalCollaborator, IsGuest: u.IsGuest,
			AccountStatus: u.AccountStatus, Locale: u.Locale,
		}
	}
	return out, more, err
}
