package api

import (
	"context"
	"fmt"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/failure"
)

// permissionsOf reads the permissions that a new space is to have: one for each user and group that is named. The flags
// stand in the first of them, or in one without a subject. What a space cannot have is Invalid, with its place in the body.
func (s *Server) permissionsOf(ctx context.Context, c *call, given []confluence.SpacePermissionCreate) ([]content.Permission, error) {
	var all []content.Permission
	for i, g := range given {
		place := fmt.Sprintf("/permissions/%d", i)
		subjects, err := s.subjectsOf(ctx, c, place+"/subjects", g.Subjects)
		if err != nil {
			return nil, err
		}
		if len(subjects) == 0 {
			subjects = []content.Subject{{}}
		}
		for j, subject := range subjects {
			p := content.Permission{
				Operation: content.Operation{Name: g.Operation.Operation, Target: g.Operation.TargetType},
				Subject:   subject, Anonymous: g.AnonymousAccess && j == 0, Unlicensed: g.UnlicensedAccess && j == 0,
			}
			if err := p.Check(); err != nil {
				_, message := failure.Of(err)
				return nil, failure.Invalid.Errorf("%s: %s", place, message)
			}
			all = append(all, p)
		}
		if len(all) > content.MaxPermissions {
			return nil, failure.Invalid.Errorf("/permissions: A space has at most %d permissions.", content.MaxPermissions)
		}
	}
	return all, nil
}

// subjectsOf returns the users, then the groups, that a permission names.
func (s *Server) subjectsOf(ctx context.Context, c *call, place string, given *confluence.PermissionSubjectsCreate) ([]content.Subject, error) {
	if given == nil {
		return nil, nil
	}
	var all []content.Subject
	if given.User != nil {
		for i, u := range given.User.Results {
			at := fmt.Sprintf("%s/user/results/%d", place, i)
			if u.AccountID == "" {
				return nil, failure.Invalid.Errorf("%s/accountId is required.", at)
			}
			all = append(all, content.Subject{Kind: content.User, ID: u.AccountID})
		}
	}
	if given.Group == nil {
		return all, nil
	}
	if len(given.Group.Results) > content.MaxPermissions {
		return nil, failure.Invalid.Errorf("%s/group/results: A space has at most %d permissions.", place, content.MaxPermissions)
	}
	for i, g := range given.Group.Results {
		at := fmt.Sprintf("%s/group/results/%d", place, i)
		id, err := s.groupOf(ctx, c, at, g)
		if err != nil {
			return nil, err
		}
		all = append(all, content.Subject{Kind: content.Group, ID: id})
	}
	return all, nil
}

// groupOf returns the ID of a group that is named by its ID, or by its name.
func (s *Server) groupOf(ctx context.Context, c *call, at string, g confluence.GroupReference) (string, error) {
	ref := g.ID
	if ref == "" {
		ref = g.Name
	}
	if ref == "" {
		return "", failure.Invalid.Errorf("%s/id is required, or %s/name.", at, at)
	}
	found, err := s.Directory.GroupNamed(ctx, c.site.ID, ref)
	if kind, _ := failure.Of(err); err != nil && kind == failure.NotFound {
		return "", failure.Invalid.Errorf("%s is no group of this site.", at)
	}
	return found.ID, err
}
