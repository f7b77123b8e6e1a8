package api

import (
	"context"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/failure"
)

type getUserIn struct {
	AccountID string `query:"accountId" required:"true" doc:"The account ID of the user."`
	expandUserIn
}

func (in getUserIn) users() []string { return []string{in.AccountID} }

func (s *Server) getUser(ctx context.Context, c *call, in getUserIn) (*confluence.User, error) {
	return s.oneUser(ctx, c, in.AccountID, in.Expand)
}

// oneUser answers with a user by itself.
func (s *Server) oneUser(ctx context.Context, c *call, accountID string, expand []string) (*confluence.User, error) {
	profiles, err := s.Directory.Profiles(ctx, c.site.ID, c.viewer, accountID)
	if err != nil {
		return nil, err
	}
	if len(profiles) == 0 {
		return nil, errNoUser
	}
	users, err := s.users(ctx, c, profiles, expand)
	if err != nil {
		return nil, err
	}
	users[0].Links["base"], users[0].Links["context"] = c.base+wikiContext, wikiContext
	return &users[0], nil
}

var errNoUser = failure.NotFound.Errorf("There is no user with this account ID.")

// expandUserIn is what can be expanded of a user.
type expandUserIn struct {
	Expand []string `query:"expand" oneof:"operations personalSpace isExternalCollaborator details details.personal details.business" doc:"What to answer in full. Below personalSpace stands what getSpace expands, as in personalSpace.icon, and below personalSpace.homepage what getContentById expands, as in personalSpace.homepage.body.view."`
}

func (s *Server) getCurrentUser(ctx context.Context, c *call, in expandUserIn) (currentUser, error) {
	if c.caller.Kind == auth.Anonymous {
		u, err := s.getAnonymousUser(ctx, c, anonymousIn(in))
		return currentUser{anonymous: u}, err
	}
	u, err := s.oneUser(ctx, c, c.caller.Standing.AccountID, in.Expand)
	return currentUser{User: u}, err
}

// currentUser is a user, or the anonymous one.
type currentUser struct {
	*confluence.User
	anonymous *confluence.UserAnonymous
}

// MarshalJSON writes whichever it is.
func (u currentUser) MarshalJSON() ([]byte, error) {
	if u.anonymous != nil {
		return encode(u.anonymous), nil
	}
	return encode(u.User), nil
}

type anonymousIn struct {
	Expand []string `query:"expand" oneof:"operations" doc:"What to answer in full."`
}

func (s *Server) getAnonymousUser(_ context.Context, c *call, in anonymousIn) (*confluence.UserAnonymous, error) {
	u := &confluence.UserAnonymous{
		Type: "anonymous", DisplayName: "Anonymous",
		ProfilePicture: confluence.Icon{Path: avatarOf(anonymousAvatar), Width: 48, Height: 48, IsDefault: true},
		Expandable:     confluence.Expandable{"operations": ""},
		Links:          c.siteLinks("/rest/api/user/anonymous"),
	}
	if parseExpansion(in.Expand).has("operations") {
		u.Operations, u.Expandable = mayUse(c.site.Settings.AnonymousAccess), confluence.Expandable{}
	}
	return u, nil
}

type bulkIn struct {
	AccountID []string `query:"accountId" required:"true" doc:"The account IDs."`
	expandUserIn
	Limit *int `query:"limit" min:"1" doc:"The most users to answer, up to the site's cap."`
}

func (in bulkIn) users() []string { return in.AccountID }

// getBulkUsers answers in the order asked for, each user once; unknown IDs, and those above the cap, are left out.
func (s *Server) getBulkUsers(ctx context.Context, c *call, in bulkIn) (*confluence.BulkUserArray, error) {
	limit := c.site.Settings.BulkCap
	if in.Limit != nil {
		limit = min(limit, *in.Limit)
	}
	ids := in.AccountID[:min(limit, len(in.AccountID))]
	profiles, err := s.Directory.Profiles(ctx, c.site.ID, c.viewer, ids...)
	if err != nil {
		return nil, err
	}
	users, err := s.users(ctx, c, profiles, in.Expand)
	if err != nil {
		return nil, err
	}
	for i := range users {
		users[i].ExternalCollaborator = nil
	}
	self := c.self
	if kept := c.keptQuery(); kept != "" {
		self += "?" + kept
	}
	return &confluence.BulkUserArray{Results: users, Limit: limit, Size: len(users), Links: c.siteLinks(self)}, nil
}

type pageOfUserIn struct {
	AccountID string `query:"accountId" required:"true" doc:"The account ID of the user."`
	Start     int    `query:"start" default:"0" min:"0" doc:"How many to skip."`
	Limit     int    `query:"limit" default:"200" min:"0" doc:"The most to answer, up to the site's cap."`
}

func (s *Server) getGroupMemberships(ctx context.Context, c *call, in pageOfUserIn) (*confluence.GroupArray, error) {
	exists, err := s.Directory.Exists(ctx, c.site.ID, in.AccountID)
	if err != nil {
		return nil, err
	}
	if !exists {
		return nil, errNoUser
	}
	limit := min(in.Limit, c.site.Settings.PageCap)
	groups, err := s.Directory.MemberOf(ctx, c.site.ID, in.AccountID, in.Start, limit+1)
	if err != nil {
		return nil, err
	}
	return c.groupPage(groups[:min(limit, len(groups))], in.Start, limit, len(groups) > limit), nil
}
