package webhook

import (
	"context"
	"time"

	"github.com/rosterhq/roster/internal/db"
)

var Only = only

const MostWaiting = mostWaiting

// Claim takes whatever is due first, and returns what settles it as delivered.
func (s *Store) Claim(ctx context.Context, lease time.Duration) (settle func() error, err error) {
	all, err := s.pending(ctx)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	events, err := s.due(ctx, &all[0], 1)
	if err != nil || len(events) == 0 {
		return nil, err
	}
	c, _, err := s.claim(ctx, &all[0], events[0], lease)
	return func() error { return s.settle(ctx, c, answer{status: 200}) }, err
}

// ErrLost is what the settling of a lost claim fails with.
var ErrLost = errLost

// Waiting counts what the database holds of a webhook.
func (s *Store) Waiting(ctx context.Context, id string) (int, error) {
	n, _, err := db.One(ctx, s.Changes.DB, db.Scalar[int], `SELECT count(*) FROM webhook_deliveries WHERE webhook_id = $1`, id)
	return n, err
}
