package confluence

import (
	"context"
	"iter"
	"net/url"
)

// Groups are the operations documented under "Group".
type Groups struct{ c *Client }

// GroupListOptions choose a page of the site's groups. For an iterator they choose the first page.
type GroupListOptions struct {
	Start      int    // how many groups to skip
	Limit      int    // how many groups a page may hold; 0 leaves it to the site
	AccessType string // only groups that give "user", "admin" or "site-admin" access; empty is all groups
}

// List goes through the site's groups in the order of their names.
func (g *Groups) List(ctx context.Context, first GroupListOptions) iter.Seq2[Group, error] {
	return entries(PageOptions{Start: first.Start, Limit: first.Limit}, func(o PageOptions) (page[Group], error) {
		ask := first
		ask.Start = o.Start
		return groupsOf(g.ListPage(ctx, ask))
	})
}

// ListPage returns one page of the site's groups in the order of their names.
func (g *Groups) ListPage(ctx context.Context, o GroupListOptions) (*GroupArray, error) {
	q := PageOptions{Start: o.Start, Limit: o.Limit}.query()
	if o.AccessType != "" {
		q.Set("accessType", o.AccessType)
	}
	out := new(GroupArray)
	if err := g.c.get(ctx, "/wiki/rest/api/group", q, out); err != nil {
		return nil, err
	}
	return out, nil
}

// Get returns one group. An unknown group is [ErrNotFound].
func (g *Groups) Get(ctx context.Context, groupID string) (*Group, error) {
	out := new(Group)
	if err := g.c.get(ctx, "/wiki/rest/api/group/by-id", url.Values{"id": {groupID}}, out); err != nil {
		return nil, err
	}
	return out, nil
}

// Picker goes through the groups whose name contains query.
func (g *Groups) Picker(ctx context.Context, query string, first PageOptions) iter.Seq2[Group, error] {
	return entries(first, func(o PageOptions) (page[Group], error) {
		return groupsOf(g.PickerPage(ctx, query, o))
	})
}

// PickerPage returns one page of the groups whose name contains query.
func (g *Groups) PickerPage(ctx context.Context, query string, o PageOptions) (*GroupArray, error) {
	q := o.query()
	q.Set("query", query)
	out := new(GroupArray)
	if err := g.c.get(ctx, "/wiki/rest/api/group/picker", q, out); err != nil {
		return nil, err
	}
	return out, nil
}

// Members goes through the members of a group, as far as the caller may see them.
// The parts that [Users.Get] can expand can be expanded here.
func (g *Groups) Members(ctx context.Context, groupID string, first PageOptions) iter.Seq2[User, error] {
	return entries(first, func(o PageOptions) (page[User], error) {
		out, err := g.MembersPage(ctx, groupID, o)
		if err != nil {
			return page[User]{}, err
		}
		return page[User]{out.Results, out.Start, out.Limit, out.Links}, nil
	})
}

// MembersPage returns one page of the members of a group. A limit above 200 is [ErrBadRequest].
func (g *Groups) MembersPage(ctx context.Context, groupID string, o PageOptions) (*UserArray, error) {
	id, err := pathSegment(groupID)
	if err != nil {
		return nil, err
	}
	out := new(UserArray)
	if err := g.c.get(ctx, "/wiki/rest/api/group/"+id+"/membersByGroupId", o.query(), out); err != nil {
		return nil, err
	}
	return out, nil
}

// groupsOf turns an answer into a page for [entries].
func groupsOf(out *GroupArray, err error) (page[Group], error) {
	if err != nil {
		return page[Group]{}, err
	}
	return page[Group]{out.Results, out.Start, out.Limit, out.Links}, nil
}
