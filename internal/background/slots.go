package background

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
)

// Slots bound how much runs side by side. Make them with [NewSlots].
type Slots struct {
	Running sync.WaitGroup // what has a slot

	taken chan struct{} // holds a token for each
}

// NewSlots returns so many slots.
func NewSlots(n int) *Slots { return &Slots{taken: make(chan struct{}, n)} }

// Reserve waits for a free slot and takes all that are free, so that no lease is spent on waiting: first a slot, then
// the claim. It returns how many it took.
func (s *Slots) Reserve(ctx context.Context) (n int, err error) {
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	select {
	case s.taken <- struct{}{}:
		n++
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	for n < cap(s.taken) {
		select {
		case s.taken <- struct{}{}:
			n++
		default:
			return n, nil
		}
	}
	return n, nil
}

// Release gives slots back that are not needed.
func (s *Slots) Release(n int) {
	for range n {
		<-s.taken
	}
}

// Go begins to run what has a slot, and gives the slot back as it ends.
func (s *Slots) Go(run func()) {
	s.Running.Go(func() {
		defer s.Release(1)
		run()
	})
}

// Fill claims what is in a list, for each of which a slot is reserved: side by side, so that the claims share a commit. It
// begins to run what is ours, returns how many that are when all are claimed, and gives each slot back as its run ends.
func Fill[T, C any](s *Slots, list []T, claim func(T) (c C, ours bool, err error), run func(C)) (claimed int, err error) {
	var claims sync.WaitGroup
	var ours atomic.Int64
	errs := make([]error, len(list))
	for i, one := range list {
		claims.Add(1)
		s.Go(func() {
			c, is, err := claim(one)
			if errs[i] = err; is {
				ours.Add(1)
			}
			claims.Done()
			if err == nil && is {
				run(c)
			}
		})
	}
	claims.Wait()
	return int(ours.Load()), errors.Join(errs...)
}
