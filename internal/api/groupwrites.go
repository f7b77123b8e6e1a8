package api

import (
	"context"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// checkGroupID refuses what could not be the ID of a group.
func checkGroupID(name, id string) error {
	if !directory.ValidGroupID(id) {
		return failure.Invalid.Errorf("%s is not a group ID.", name)
	}
	return nil
}

// asBadRequest says of what cannot be done as things stand that the request is bad: the group operations
// document no conflict.
func asBadRequest(err error) error {
	if kind, message := failure.Of(err); kind == failure.Conflict {
		return failure.Invalid.Errorf("%s", message)
	}
	return err
}

type groupCreateIn struct {
	Body confluence.GroupName
}

func (s *Server) createGroup(ctx context.Context, c *call, in groupCreateIn) (*confluence.Group, error) {
	g, err := s.Directory.AddGroup(ctx, c.site.ID, c.actor, directory.Group{Name: in.Body.Name})
	if err != nil {
		return nil, asBadRequest(err)
	}
	out := c.group(g)
	return &out, nil
}

type groupRemoveIn struct {
	ID string `query:"id" required:"true" doc:"The ID of the group."`
}

func (in groupRemoveIn) check(*call) error { return checkGroupID("id", in.ID) }

func (s *Server) removeGroup(ctx context.Context, c *call, in groupRemoveIn) (nothing, error) {
	return nothing{}, asBadRequest(s.Directory.DeleteGroupByID(ctx, c.site.ID, c.actor, in.ID))
}

type memberAddIn struct {
	GroupID string `query:"groupId" required:"true" doc:"The ID of the group."`
	Body    confluence.AccountID
}

func (in memberAddIn) check(*call) error { return checkMember(in.GroupID, in.Body.AccountID) }

// checkMember refuses what could not be the IDs of a group and an account.
func checkMember(groupID, accountID string) error {
	if err := checkGroupID("groupId", groupID); err != nil {
		return err
	}
	if !directory.ValidAccountID(accountID) {
		return failure.Invalid.Errorf("accountId is not an account ID.")
	}
	return nil
}

// checkOpen refuses an account that is missing or closed. Closing is for good and leaves memberships as they are, so
// a write is none the worse for an account that somebody closes meanwhile.
func (s *Server) checkOpen(ctx context.Context, c *call, accountID string) error {
	a, err := s.Directory.Account(ctx, c.site.ID, accountID)
	if kind, _ := failure.Of(err); err == nil && a.Status == directory.Closed || err != nil && kind == failure.NotFound {
		return errNoUser
	}
	return err
}

func (s *Server) addMember(ctx context.Context, c *call, in memberAddIn) (nothing, error) {
	if err := s.checkOpen(ctx, c, in.Body.AccountID); err != nil {
		return nothing{}, err
	}
	return nothing{}, s.Directory.AddMemberByID(ctx, c.site.ID, c.actor, in.GroupID, in.Body.AccountID)
}

type memberRemoveIn struct {
	GroupID   string `query:"groupId" required:"true" doc:"The ID of the group."`
	Key       string `query:"key" deprecated:"true" doc:"A name of the past; use accountId."`
	Username  string `query:"username" deprecated:"true" doc:"A name of the past; use accountId."`
	AccountID string `query:"accountId" required:"true" instead:"key username" doc:"The user to take out."`
}

func (in memberRemoveIn) check(c *call) error {
	if err := checkPast(c); err != nil {
		return err
	}
	if in.AccountID == "" { // who may do this at all is told first
		return checkGroupID("groupId", in.GroupID)
	}
	return checkMember(in.GroupID, in.AccountID)
}

func (s *Server) removeMember(ctx context.Context, c *call, in memberRemoveIn) (nothing, error) {
	if in.AccountID == "" {
		return nothing{}, failure.Invalid.Errorf("key and username name nobody any more; use accountId.")
	}
	if err := s.checkOpen(ctx, c, in.AccountID); err != nil {
		return nothing{}, err
	}
	return nothing{}, asBadRequest(s.Directory.RemoveMemberByID(ctx, c.site.ID, c.actor, in.GroupID, in.AccountID))
}
