package directory_test

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"
)

// follow does some of the steps in any order, each any number of times, and the step "" in the end. Unlike
// [rapid.T.Repeat] it looks but once, as every step is a transaction.
func follow(t *rapid.T, steps map[string]func(*rapid.T)) {
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(steps)), func(name string) bool { return name == "" })
	for _, name := range rapid.SliceOfN(rapid.SampledFrom(names), 1, 24).Draw(t, "steps") {
		steps[name](t)
	}
	steps[""](t)
}

// event is one call of a concurrent history: what was asked and answered, and when it began and ended.
type event[In, Out any] struct {
	in       In
	out      Out
	from, to int64
}

// history runs calls by several workers side by side, and keeps what happened when.
func history[In, Out any](workers int, calls []In, do func(In) Out) []event[In, Out] {
	events := make([]event[In, Out], len(calls))
	var clock, next atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(calls)); i = next.Add(1) - 1 {
				e := event[In, Out]{in: calls[i], from: clock.Add(1)}
				e.out = do(e.in)
				e.to = clock.Add(1)
				events[i] = e
			}
		})
	}
	all.Wait()
	return events
}

// explained reports whether there is an order of the calls that agrees with when they began and ended, and in
// which each answer is what step says. step returns the state after a call, or false where the answer is wrong.
func explained[S comparable, In, Out any](state S, events []event[In, Out], step func(S, In, Out) (S, bool)) bool {
	type point struct {
		done  uint64
		state S
	}
	tried := map[point]bool{}
	var search func(done uint64, state S) bool
	search = func(done uint64, state S) bool {
		if done == 1<<len(events)-1 {
			return true
		}
		if p := (point{done, state}); tried[p] {
			return false
		} else {
			tried[p] = true
		}
		earliest := int64(1 << 62) // no call that began after this can be the next one
		for i, e := range events {
			if done&(1<<i) == 0 {
				earliest = min(earliest, e.to)
			}
		}
		for i, e := range events {
			if done&(1<<i) != 0 || e.from > earliest {
				continue
			}
			if after, ok := step(state, e.in, e.out); ok && search(done|1<<i, after) {
				return true
			}
		}
		return false
	}
	return search(0, state)
}

func TestAHistoryThatNothingExplainsIsSeen(t *testing.T) {
	t.Parallel()
	// A register that is written 1 and then, by a call that began afterwards, read.
	step := func(state int, in int, out int) (int, bool) {
		if in != 0 {
			return in, true
		}
		return state, out == state
	}
	write := event[int, int]{in: 1, from: 1, to: 2}
	for _, tt := range []struct {
		read event[int, int]
		want bool
	}{
		{event[int, int]{out: 1, from: 3, to: 4}, true},
		{event[int, int]{out: 0, from: 3, to: 4}, false},
		{event[int, int]{out: 0, from: 0, to: 4}, true},
		{event[int, int]{out: 2, from: 0, to: 4}, false},
	} {
		if got := explained(0, []event[int, int]{write, tt.read}, step); got != tt.want {
			t.Errorf("%+v: %v", tt.read, got)
		}
	}
}
