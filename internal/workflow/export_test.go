package workflow

import (
	"context"
	"errors"
	"time"

	"github.com/rosterhq/roster/internal/mail"
)

// What runners ask the database again and again.
const (
	DueQuery     = dueQuery
	DueSchedules = dueSchedules
)

// IsLost reports whether err says that another worker has the run.
func IsLost(err error) bool { return errors.Is(err, errLost) }

// After returns the first instant of a schedule after a time.
func (s Schedule) NextAfter(t time.Time) (time.Time, error) { return s.after(t) }

// Claim is a worker's hold of a run, for tests that play two workers.
type Claim struct{ j *journal }

// ClaimDue claims the first run that is due, if there is one.
func ClaimDue(ctx context.Context, r *Runner) (*Claim, error) {
	list, err := r.due(ctx, 1)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	claims, err := r.claim(ctx, list)
	if err != nil || len(claims) == 0 {
		return nil, err
	}
	return &Claim{&journal{Runner: r, c: claims[0], whole: ctx, program: &Program{}, mentions: mentions{}}}, nil
}

// Note stores a step.
func (c *Claim) Note(ctx context.Context) error {
	s := c.j.begin("/do/x", "x", "set", 1, nil)
	c.j.end(&s, nil, nil)
	c.j.pending = append(c.j.pending, s)
	return c.j.flush(ctx, "run.go-on")
}

// Mail stores a step with its mail.
func (c *Claim) Mail(ctx context.Context, m mail.Message) error {
	ready, err := c.j.Outbox.Prepare(m)
	if err != nil {
		return err
	}
	c.j.mail = append(c.j.mail, ready)
	return c.j.flush(ctx, "")
}

// End stores the end of the run.
func (c *Claim) End(ctx context.Context) error {
	return c.j.letGo(ctx, "run.end", progress{state: Succeeded, output: []byte("null")})
}

// Renew makes the claim last longer.
func (c *Claim) Renew(ctx context.Context) error { return c.j.renew(ctx, c.j.c) }
