package mail

import (
	"context"
	"errors"
	"time"
)

// DueQuery is what a worker asks the database again and again.
const DueQuery = dueQuery

// IsLost reports whether err says that another worker has the message.
func IsLost(err error) bool { return errors.Is(err, errLost) }

// Claim is a worker's hold of a message, for tests that play two workers.
type Claim struct {
	o *Outbox
	c *claim
}

// ClaimDue claims the first message that is due, if there is one.
func ClaimDue(ctx context.Context, o *Outbox, lease time.Duration) (*Claim, error) {
	list, err := o.due(ctx, 1)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	c, ours, err := o.claim(ctx, list[0], lease)
	if err != nil || !ours {
		return nil, err
	}
	return &Claim{o, c}, nil
}

// Begin says that the message is handed over to all who wait.
func (c *Claim) Begin(ctx context.Context) error { return c.o.begin(ctx, c.c, c.c.toSend()) }

// Renew makes the claim last longer.
func (c *Claim) Renew(ctx context.Context, lease time.Duration) error {
	return c.o.renew(ctx, c.c, lease)
}

// Settle stores that all who waited have the message.
func (c *Claim) Settle(ctx context.Context) error {
	after := c.c.found()
	for i := range after {
		after[i] = c.c.answered(after[i], Answer{Outcome: Accepted})
	}
	return c.o.settle(ctx, c.c, after, time.Time{})
}
