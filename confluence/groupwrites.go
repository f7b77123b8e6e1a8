package confluence

import (
	"context"
	"net/http"
	"net/url"
)

// Create makes a group, which takes a site administrator. A name that is taken or cannot be is [ErrBadRequest].
func (g *Groups) Create(ctx context.Context, name string) (*Group, error) {
	out := new(Group)
	return orNil(out, g.c.do(ctx, call{method: http.MethodPost, path: "/wiki/rest/api/group", in: GroupName{Name: name}, out: out}))
}

// Delete removes a group with its memberships and permissions, which takes a site administrator. An unknown group
// is [ErrNotFound].
func (g *Groups) Delete(ctx context.Context, groupID string) error {
	return g.c.do(ctx, call{method: http.MethodDelete, path: "/wiki/rest/api/group/by-id", query: url.Values{"id": {groupID}}})
}

// AddMember puts a user into a group, which takes a site administrator. A user who is in it already stays.
// An unknown group or user is [ErrNotFound].
func (g *Groups) AddMember(ctx context.Context, groupID, accountID string) error {
	return g.c.do(ctx, call{
		method: http.MethodPost, path: "/wiki/rest/api/group/userByGroupId", query: url.Values{"groupId": {groupID}},
		in: AccountID{AccountID: accountID}, idempotent: true,
	})
}

// RemoveMember takes a user out of a group, which takes a site administrator. A user who is not in it is fine.
// An unknown group or user is [ErrNotFound].
func (g *Groups) RemoveMember(ctx context.Context, groupID, accountID string) error {
	return g.c.do(ctx, call{
		method: http.MethodDelete, path: "/wiki/rest/api/group/userByGroupId",
		query: url.Values{"groupId": {groupID}, "accountId": {accountID}},
	})
}
