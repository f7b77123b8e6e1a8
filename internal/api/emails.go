package api

import (
	"context"

	"github.com/rosterhq/roster/confluence"
)

type emailIn struct {
	AccountID string `query:"accountId" required:"true" doc:"The account ID of the user."`
}

// getEmail discloses a user's address, whatever its visibility, to an app that is approved for that.
func (s *Server) getEmail(ctx context.Context, c *call, in emailIn) (*confluence.AccountIDEmailRecord, error) {
	addresses, err := s.Directory.PrivacyUnsafeEmails(ctx, c.site.ID, c.actor, []string{in.AccountID})
	if err != nil {
		return nil, err
	}
	if len(addresses) == 0 {
		return nil, errNoUser
	}
	return &confluence.AccountIDEmailRecord{AccountID: addresses[0].AccountID, Email: addresses[0].Email}, nil
}

type emailBulkIn struct {
	AccountID []string `query:"accountId" required:"true" doc:"The account IDs."`
}

// getEmails is getEmail for many users. Those that do not exist or have no address are left out.
func (s *Server) getEmails(ctx context.Context, c *call, in emailBulkIn) ([]confluence.AccountIDEmailRecord, error) {
	addresses, err := s.Directory.PrivacyUnsafeEmails(ctx, c.site.ID, c.actor, in.AccountID[:min(len(in.AccountID), c.site.Settings.BulkCap)])
	records := make([]confluence.AccountIDEmailRecord, len(addresses))
	for i, a := range addresses {
		records[i] = confluence.AccountIDEmailRecord{AccountID: a.AccountID, Email: a.Email}
	}
	return records, err
}
