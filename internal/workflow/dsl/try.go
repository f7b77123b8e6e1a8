package dsl

import (
	"context"
	"errors"
	"hash/fnv"
	"reflect"
	"strconv"
	"time"
)

// try runs tasks, and does about a failure what the file says: runs them again after a pause while it may, then what is to
// be done. A failure that is caught and for which there is neither is forgotten; one that was retried in vain is not.
func (s *scope) try(ctx context.Context, in any) (out any, ends bool, err error) {
	t := s.task
	waited := time.Duration(0)
	for attempt := 1; ; attempt++ {
		prefix := s.place + "/try"
		inner := s.within(nil)
		if attempt > 1 {
			prefix += "#" + strconv.Itoa(attempt)
			inner.attempt = attempt
		}
		out, ends, err := inner.list(ctx, t.do, prefix, in)
		var f *Failure
		if err == nil || ctx.Err() != nil || !errors.As(err, &f) || s.steps > maxRun {
			return out, ends, err
		}
		caught := s.within(map[string]any{t.catch.as: f.value()})
		caught.task, caught.place, caught.input = t, s.place, s.input
		if matches, wrong := caught.catches(ctx, f, in); wrong != nil || !matches {
			if wrong != nil {
				err = wrong
			}
			return nil, false, err
		}
		if pause, again := t.catch.retry.next(s.id+s.place, attempt, waited); again {
			waited += pause
			if err := s.pause(ctx, s.place+"/retry#"+strconv.Itoa(attempt), pause); err != nil {
				return nil, false, err
			}
			continue
		}
		switch {
		case t.catch.do != nil:
			return caught.list(ctx, t.catch.do, s.place+"/catch/do", in)
		case t.catch.retry != nil:
			return nil, false, err
		}
		return in, false, nil
	}
}

// catches tells whether a failure is one that the task is for.
func (s *scope) catches(ctx context.Context, f *Failure, in any) (bool, error) {
	c := s.task.catch
	have := f.value()
	for name, want := range c.with {
		if !reflect.DeepEqual(have[name], want) {
			return false, nil
		}
	}
	if c.when != nil {
		if holds, err := s.holds(ctx, c.when, in); err != nil || !holds {
			return false, err
		}
	}
	if c.exceptWhen != nil {
		holds, err := s.holds(ctx, c.exceptWhen, in)
		return !holds, err
	}
	return true, nil
}

// next returns how long to wait before the next attempt, if there is one.
func (r *retry) next(seed string, attempt int, waited time.Duration) (time.Duration, bool) {
	if r == nil || r.count >= 0 && attempt > r.count {
		return 0, false
	}
	pause := r.delay
	switch r.backoff {
	case "linear":
		if pause = maxDuration; r.delay <= maxDuration/time.Duration(attempt) {
			pause = r.delay * time.Duration(attempt)
		}
	case "exponential":
		for range attempt - 1 {
			pause = min(2*pause, maxDuration)
		}
	}
	if spread := r.jitterTo - r.jitterFrom; r.jitterTo > 0 {
		// Chance must be the same when the run goes on, so it comes from where it is asked for.
		h := fnv.New64a()
		_, _ = h.Write([]byte(seed + strconv.Itoa(attempt)))
		pause += r.jitterFrom + time.Duration(h.Sum64()%uint64(spread+1)) //nolint:gosec // The spread is not negative.
	}
	return pause, r.limit == 0 || waited+pause <= r.limit
}
