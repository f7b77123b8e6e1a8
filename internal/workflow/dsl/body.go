package dsl

import (
	"context"
	"errors"
	"strconv"
	"time"
)

// limit is the timeout of a task. Time is of two kinds: what the host takes, which the context's deadline ends, and what the
// tasks inside wait, which is counted, so that it is the same when the run goes on.
type limit struct {
	left    time.Duration // to be waited
	outer   *limit
	failure *Failure
}

// expired ends everything inside of the task whose time is over: nothing there catches it.
type expired struct{ limit *limit }

func (e *expired) Error() string { return e.limit.failure.Error() }

// timed does what a task is for, within its time.
func (s *scope) timed(ctx context.Context, in any) (out any, then string, err error) {
	t := s.task
	if t.timeout == 0 {
		return s.body(ctx, in)
	}
	f := failure(TimeoutError, "%s took longer than %s", t.name, t.timeout)
	f.Instance = s.place
	own := &limit{left: t.timeout, outer: s.limit, failure: f}
	inside := *s
	inside.limit = own
	timed, cancel := context.WithTimeoutCause(ctx, t.timeout, f)
	defer cancel()
	out, then, err = inside.body(timed, in)
	var over *expired
	switch {
	case err == nil:
		return out, then, nil
	case errors.As(err, &over):
		if over.limit == own {
			return nil, "", f
		}
	case timed.Err() != nil && ctx.Err() == nil:
		return nil, "", f
	}
	return nil, "", err
}

// ended recognizes the failure of a timeout around that a host kept as the answer of a call.
func (s *scope) ended(err error) error {
	var f *Failure
	if errors.As(err, &f) && f.Type == TimeoutError && f.Instance != "" {
		for l := s.limit; l != nil; l = l.outer {
			if l.failure.Instance == f.Instance {
				return &expired{l}
			}
		}
	}
	return err
}

// pause waits, but no longer than the tasks around may take.
func (s *scope) pause(ctx context.Context, place string, d time.Duration) error {
	var first *limit
	for l := s.limit; l != nil; l = l.outer {
		if l.left < d {
			d, first = l.left, l
		}
	}
	if err := s.host.Wait(ctx, place, d); err != nil {
		return s.ended(err)
	}
	for l := s.limit; l != nil; l = l.outer {
		l.left -= d
	}
	if first != nil {
		return &expired{first}
	}
	return nil
}

func (s *scope) body(ctx context.Context, in any) (out any, then string, err error) {
	t := s.task
	then = t.then
	ends := false
	switch t.kind {
	case "call":
		out, err = s.call(ctx, in)
	case "set":
		if out, err = t.with.evaluate(ctx, s, in); err == nil {
			out, err = copyOf(out, maxData)
			err = asFailureOrNil(err)
		}
	case "switch":
		out = in
		then, err = s.choose(ctx, in)
	case "for":
		out, ends, err = s.loop(ctx, in)
	case "try":
		out, ends, err = s.try(ctx, in)
	case "wait":
		out, err = in, s.pause(ctx, s.place, t.wait)
	case "do":
		out, ends, err = s.within(nil).list(ctx, t.do, s.place+"/do", in)
	case "raise":
		err = s.raise(ctx, in)
	}
	if ends {
		then = "end"
	}
	return out, then, err
}

func asFailureOrNil(err error) error {
	if err == nil {
		return nil
	}
	return asFailure(err)
}

func (s *scope) call(ctx context.Context, in any) (any, error) {
	t := s.task
	with, err := t.with.evaluate(ctx, s, in)
	if err == nil {
		with, err = copyOf(with, maxData)
		err = asFailureOrNil(err)
	}
	if err != nil {
		return nil, err
	}
	arguments, _ := with.(map[string]any)
	out, err := s.host.Call(ctx, Call{
		Place: s.place, Task: t.name, Action: t.action, With: arguments, Attempt: s.attempt, Delivery: t.delivery,
	})
	if err != nil {
		return nil, s.ended(err)
	}
	out, err = copyOf(out, maxData)
	return out, asFailureOrNil(err)
}

func (s *scope) choose(ctx context.Context, in any) (string, error) {
	fallback := s.task.then
	for _, c := range s.task.cases {
		if c.when == nil {
			fallback = c.then
			continue
		}
		if holds, err := s.holds(ctx, c.when, in); err != nil || holds {
			return c.then, err
		}
	}
	return fallback, nil
}

// loop runs tasks for each item: the first turn gets the input, each other what the turn before it gave.
func (s *scope) loop(ctx context.Context, in any) (out any, ends bool, err error) {
	t := s.task
	over, err := s.evaluate(ctx, t.loop.in, in)
	if err != nil {
		return nil, false, err
	}
	items, ok := over.([]any)
	if !ok {
		return nil, false, failure(ExpressionError, "%s has no list to go through: %s gives none", t.name, shorten(t.loop.in.text))
	}
	for i, item := range items {
		turn := s.within(map[string]any{t.loop.each: item, t.loop.at: i})
		turn.task, turn.place, turn.input = t, s.place, s.input
		if err := s.step(ctx); err != nil {
			return nil, false, err
		}
		if t.loop.while != nil {
			if holds, err := turn.holds(ctx, t.loop.while, in); err != nil || !holds {
				return in, false, err
			}
		}
		if in, ends, err = turn.list(ctx, t.do, s.place+"["+strconv.Itoa(i)+"]/do", in); err != nil || ends {
			return in, ends, err
		}
	}
	return in, false, nil
}

func (s *scope) raise(ctx context.Context, in any) error {
	v, err := s.task.with.evaluate(ctx, s, in)
	if err != nil {
		return err
	}
	raised, _ := v.(map[string]any)
	f := &Failure{}
	f.Status, _ = raised["status"].(int)
	for name, to := range map[string]*string{"type": &f.Type, "title": &f.Title, "detail": &f.Detail, "instance": &f.Instance} {
		*to, _ = raised[name].(string)
	}
	if f.Type == "" || f.Status == 0 {
		return failure(ExpressionError, "the error to be raised needs a type that is text and a status that is a number")
	}
	return f
}
