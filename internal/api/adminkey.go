package api

import (
	"context"
	"time"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// defaultAdminKey is how many minutes a key is good for that is asked for without saying so.
const defaultAdminKey = 10

func adminKeyOut(k directory.AdminKey) *confluence.AdminKeyResponse {
	return &confluence.AdminKeyResponse{AccountID: k.AccountID, ExpirationTime: moment(k.ExpiresAt)}
}

func (s *Server) getAdminKey(ctx context.Context, c *call, _ nothing) (*confluence.AdminKeyResponse, error) {
	k, err := s.Directory.AdminKey(ctx, c.site.ID, c.caller.Standing.AccountID)
	if err != nil {
		return nil, err
	}
	return adminKeyOut(k), nil
}

type adminKeyIn struct {
	Body *confluence.AdminKeyRequest
}

// life is how long the key is to be good.
func (in adminKeyIn) life() time.Duration {
	minutes := defaultAdminKey
	if in.Body != nil && in.Body.DurationInMinutes != 0 {
		minutes = in.Body.DurationInMinutes
	}
	return time.Duration(minutes) * time.Minute
}

func (in adminKeyIn) check(*call) error {
	if in.Body != nil && (in.Body.DurationInMinutes < 0 || in.Body.DurationInMinutes > int(directory.LongestAdminKey/time.Minute)) {
		return failure.Invalid.Errorf("/durationInMinutes is not 0 to %d.", directory.LongestAdminKey/time.Minute)
	}
	return nil
}

func (s *Server) enableAdminKey(ctx context.Context, c *call, in adminKeyIn) (*confluence.AdminKeyResponse, error) {
	k, err := s.Directory.EnableAdminKey(ctx, c.site.ID, c.actor, c.caller.Standing.AccountID, in.life())
	if err != nil {
		return nil, err
	}
	return adminKeyOut(k), nil
}

func (s *Server) disableAdminKey(ctx context.Context, c *call, _ nothing) (nothing, error) {
	return nothing{}, s.Directory.DisableAdminKey(ctx, c.site.ID, c.actor, c.caller.Standing.AccountID)
}
