// Package background is how work goes on beside requests: when to look whether there is some, how much of it at a time,
// and how it ends.
package background

import (
	"context"
	"sync"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Ticker makes ticks by the wall clock, until they are stopped. Tests put one of their own in its place.
func Ticker(every time.Duration) (ticks <-chan time.Time, stop func()) {
	t := time.NewTicker(every)
	return t.C, t.Stop
}

// Repeat calls look at once, and then at each tick and whenever somebody nudges, until ctx ends.
func Repeat(ctx context.Context, ticks <-chan time.Time, look func(), nudge <-chan struct{}) {
	for ctx.Err() == nil {
		look()
		select {
		case <-ticks:
		case <-nudge:
		case <-ctx.Done():
		}
	}
}

// Settle waits until nothing of what is running does any more. What is not over at the end of its grace is cut off.
func Settle(running *sync.WaitGroup, grace <-chan time.Time, cut func()) {
	ended := make(chan struct{})
	go func() {
		running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-grace:
		cut()
		<-ended
	}
}

// insistence is how often a write is tried whose database is out of reach.
const insistence = 30

// Insist runs a write that only the end of ctx may keep from standing, and not cancel half-way. Where the database is out of reach
// it tries again after each pause, for a while. It returns the last failure.
func Insist(ctx context.Context, pauses <-chan time.Time, write func(context.Context) error) error {
	for try := 1; ; try++ {
		err := write(context.WithoutCancel(ctx))
		kind, _ := failure.Of(err)
		if err == nil || try == insistence || !db.IsUnavailable(err) && kind != failure.Unavailable {
			return err
		}
		select {
		case <-pauses:
		case <-ctx.Done():
			return err
		}
	}
}
