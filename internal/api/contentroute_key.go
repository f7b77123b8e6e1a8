package api

import (
	"context"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/failure"
)

// reader is the caller as one who reads content. An administrator reads what others may not only with an admin key
// in force, by asking for it.
func (s *Server) reader(ctx context.Context, c *call) (content.Viewer, error) {
	v := c.spaceViewer()
	v.Administrator = false
	if !c.withAdminKey {
		return v, nil
	}
	if c.caller.Standing.SiteAdmin {
		valid, err := s.Directory.AdminKeyValid(ctx, c.site.ID, c.viewer.AccountID)
		if err != nil {
			return v, err
		}
		v.Administrator = valid
	}
	if !v.Administrator {
		return v, failure.Forbidden.Errorf("The caller has no admin key in force.")
	}
	return v, nil
}

// noteAdminKey records that the caller reads something with an admin key, where they do.
func (s *Server) noteAdminKey(ctx context.Context, c *call, target string) error {
	if !c.withAdminKey {
		return nil
	}
	return s.Content.Changes.Write(ctx, c.site.ID, c.actor, func(tx *change.Tx) error {
		tx.Record(change.Record{Operation: "admin-key.read", Target: target, Fields: change.Fields{"Operation": {nil, c.op.id}}})
		return nil
	})
}
