package api

import (
	"context"
	"slices"
	"strconv"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/directory"
)

type usersBulkIn struct {
	Body confluence.UsersBulkRequest
}

func (in usersBulkIn) users() []string { return in.Body.AccountIDs }

// usersBulk answers in the order asked for, each user once; unknown IDs are left out.
func (s *Server) usersBulk(ctx context.Context, c *call, in usersBulkIn) (*confluence.UsersBulk, error) {
	profiles, err := s.Directory.Profiles(ctx, c.site.ID, c.viewer, in.Body.AccountIDs...)
	if err != nil {
		return nil, err
	}
	spaces, err := s.personalSpaceIDs(ctx, c, profiles)
	if err != nil {
		return nil, err
	}
	base := c.base + wikiContext
	c.header.Set("Link", "<"+base+`>; rel="base"`)
	out := &confluence.UsersBulk{Results: make([]confluence.UserV2, len(profiles)), Links: confluence.MultiEntityLinks{Base: base}}
	for i, p := range profiles {
		out.Results[i] = userV2(p)
		out.Results[i].PersonalSpaceID = confluence.Null[string]()
		if id, ok := spaces[p.ID]; ok {
			out.Results[i].PersonalSpaceID = confluence.Value(strconv.FormatInt(id, 10))
		}
	}
	return out, nil
}

func userV2(p directory.Profile) confluence.UserV2 {
	u := confluence.UserV2{
		DisplayName: p.DisplayName, TimeZone: confluence.Null[string](), IsExternalCollaborator: p.External || p.Guest,
		AccountStatus: string(p.Status), AccountID: p.ID, Email: p.Email, AccountType: string(p.Type), PublicName: p.PublicName,
		ProfilePicture: confluence.Null[confluence.IconV2](),
	}
	if p.TimeZone != "" {
		u.TimeZone = confluence.Value(p.TimeZone)
	}
	if p.Picture.Visible {
		u.ProfilePicture = confluence.Value(confluence.IconV2{Path: avatarOf(p.ID), IsDefault: p.Picture.Digest == ""})
	}
	return u
}

type emailsIn struct {
	Body confluence.EmailsRequest
}

// checkAccess tells which addresses have no access. It is the one operation that says who has an account, so
// each call is a change.
func (s *Server) checkAccess(ctx context.Context, c *call, in emailsIn) (*confluence.CheckAccess, error) {
	access, err := s.Directory.CheckAccess(ctx, c.site.ID, c.actor, in.Body.Emails)
	if err != nil {
		return nil, err
	}
	out := &confluence.CheckAccess{EmailsWithoutAccess: access.Without, InvalidEmails: access.Invalid}
	if c.observed() {
		out.NoAccessEmails = slices.Clone(access.Without)
	}
	return out, nil
}
