package api

import (
	"context"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// group renders a group as an entry of an answer.
func (c *call) group(g directory.Group) confluence.Group {
	return confluence.Group{
		Type: "group", Name: g.Name, ID: g.ID, UsageType: g.UsageType, ManagedBy: g.ManagedBy,
		Links: confluence.Links{"self": c.base + wikiContext + "/rest/api/group/by-id?id=" + g.ID},
	}
}

func (c *call) groupPage(groups []directory.Group, start, limit int, more bool) *confluence.GroupArray {
	page := &confluence.GroupArray{Results: make([]confluence.Group, len(groups)), Start: start, Limit: limit, Size: len(groups), Links: c.pageLinks(start, limit, more)}
	for i, g := range groups {
		page.Results[i] = c.group(g)
	}
	return page
}

type groupsIn struct {
	Start      int    `query:"start" default:"0" min:"0" doc:"How many to skip."`
	Limit      int    `query:"limit" default:"200" min:"0" doc:"The most to answer, up to the site's cap."`
	AccessType string `query:"accessType" enum:"user admin site-admin" doc:"Which groups; all of them unless given."`
}

var permissionOf = map[string]directory.Permission{"user": directory.Use, "admin": directory.Administer, "site-admin": directory.SiteAdmin}

func (s *Server) getGroups(ctx context.Context, c *call, in groupsIn) (*confluence.GroupArray, error) {
	limit := min(in.Limit, c.site.Settings.PageCap)
	groups, total, err := s.Directory.Groups(ctx, c.site.ID, permissionOf[in.AccessType], in.Start, limit)
	if err != nil {
		return nil, err
	}
	return c.groupPage(groups, in.Start, limit, int64(in.Start)+int64(limit) < total), nil
}

type groupIn struct {
	ID string `query:"id" required:"true" doc:"The ID of the group."`
}

func (s *Server) getGroup(ctx context.Context, c *call, in groupIn) (*confluence.Group, error) {
	g, err := s.Directory.Group(ctx, c.site.ID, in.ID)
	if err != nil {
		return nil, err
	}
	out := c.group(g)
	return &out, nil
}

type pickerIn struct {
	Query                 string `query:"query" required:"true" doc:"Part of the group's name, in any case."`
	Start                 int    `query:"start" default:"0" min:"0" doc:"How many to skip."`
	Limit                 int    `query:"limit" default:"200" min:"0" doc:"The most to answer, up to the site's cap."`
	ShouldReturnTotalSize bool   `query:"shouldReturnTotalSize" default:"false" doc:"Whether to count all that match."`
}

func (s *Server) pickGroups(ctx context.Context, c *call, in pickerIn) (*confluence.GroupArray, error) {
	limit := min(in.Limit, c.site.Settings.PageCap)
	groups, total, err := s.Directory.PickGroups(ctx, c.site.ID, in.Query, in.Start, limit)
	if err != nil {
		return nil, err
	}
	page := c.groupPage(groups, in.Start, limit, int64(in.Start)+int64(limit) < total)
	if in.ShouldReturnTotalSize {
		page.TotalSize = &total
	}
	return page, nil
}

// mostMembers is the largest page of group members that the reference allows.
const mostMembers = 200

type membersIn struct {
	GroupID               string `path:"groupId" doc:"The ID of the group."`
	Start                 int    `query:"start" default:"0" min:"0" doc:"How many to skip."`
	Limit                 int    `query:"limit" default:"200" min:"0" doc:"The most to answer, at most 200."`
	ShouldReturnTotalSize bool   `query:"shouldReturnTotalSize" default:"false" doc:"Whether to count all members."`
	expandUserIn
}

func (s *Server) getMembers(ctx context.Context, c *call, in membersIn) (*confluence.UserArray, error) {
	if in.Limit > mostMembers && !c.observed() {
		return nil, failure.Invalid.Errorf("limit is above %d.", mostMembers)
	}
	if !c.observed() {
		if _, err := s.Directory.Group(ctx, c.site.ID, in.GroupID); err != nil {
			return nil, err
		}
	}
	limit := min(in.Limit, mostMembers, c.site.Settings.PageCap)
	profiles, total, err := s.Directory.Members(ctx, c.site.ID, c.viewer, in.GroupID, in.Start, limit)
	if err != nil {
		return nil, err
	}
	users, err := s.users(ctx, c, profiles, in.Expand)
	if err != nil {
		return nil, err
	}
	page := &confluence.UserArray{
		Results: users, Start: in.Start, Limit: limit, Size: len(users),
		Links: c.pageLinks(in.Start, limit, int64(in.Start)+int64(limit) < total),
	}
	if in.ShouldReturnTotalSize {
		page.TotalSize = &total
	}
	return page, nil
}
