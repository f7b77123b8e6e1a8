package web

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/explain"
)

const (
	minutesKept    = 24 * 60 // of all requests
	operationsKept = 60      // minutes of requests by operation
)

// Counter counts requests since the server began. It is [api.Meter].
type Counter interface {
	Measures() []api.Measure
	Refusals() map[explain.Check]uint64
}

// Traffic remembers what a counter counted, by minutes, for a day, in a fixed amount of memory. It costs requests nothing:
// the counter is asked once a minute. Make it with [NewTraffic].
type Traffic struct {
	Counter Counter
	Now     func() time.Time

	mu      sync.Mutex
	minutes [minutesKept]minute // a ring
	last    total               // when the last minute ended
	earlier [operationsKept]total
	ended   int // minutes that were remembered, forgotten ones included
}

// minute is what was counted in one.
type minute struct {
	at      time.Time // its end
	classes [5]uint64
	slots   [slots]uint64    // by how long they took, as [api.LatencyBounds] has it; the last for longer
	refused [refusing]uint64 // by check, in the order of [explain.Checks]
}

const (
	slots    = 16 // one more than there are bounds
	refusing = 16 // as many as there are checks, or fewer
)

func (m *minute) add(n minute) {
	for i := range m.classes {
		m.classes[i] += n.classes[i]
	}
	for i := range m.slots {
		m.slots[i] += n.slots[i]
	}
	for i := range m.refused {
		m.refused[i] += n.refused[i]
	}
	m.at = n.at
}

func (m *minute) subtract(n minute) {
	for i := range m.classes {
		m.classes[i] = less(m.classes[i], n.classes[i])
	}
	for i := range m.slots {
		m.slots[i] = less(m.slots[i], n.slots[i])
	}
	for i := range m.refused {
		m.refused[i] = less(m.refused[i], n.refused[i])
	}
}

// less is a difference that is never below zero: counters that are read while they count may disagree.
func less(a, b uint64) uint64 { return a - min(a, b) }

func (m *minute) count() (n uint64) {
	for _, c := range m.classes {
		n += c
	}
	return n
}

// quantile is how long so much of the requests took at most, about: within a bound it is taken to be even.
func (m *minute) quantile(q float64) time.Duration {
	var all, sum float64
	for _, n := range m.slots {
		all += float64(n)
	}
	lower := time.Duration(0)
	for i, n := range m.slots {
		if i == len(api.LatencyBounds) {
			break
		}
		upper := api.LatencyBounds[i]
		if sum += float64(n); n > 0 && sum >= q*all {
			return lower + time.Duration(float64(upper-lower)*(1-(sum-q*all)/float64(n)))
		}
		lower = upper
	}
	if all == 0 {
		return 0
	}
	return lower
}

// total is what was counted until some time, all together and by operation.
type total struct {
	all        minute
	operations map[string]minute
}

// NewTraffic returns an empty memory of what a counter counts from now on.
func NewTraffic(c Counter, now func() time.Time) *Traffic {
	t := &Traffic{Counter: c, Now: now}
	t.last = t.read()
	return t
}

// Run remembers a minute at each tick, until ctx ends.
func (t *Traffic) Run(ctx context.Context, ticks <-chan time.Time) {
	for {
		select {
		case <-ticks:
			t.Sample()
		case <-ctx.Done():
			return
		}
	}
}

// read asks the counter.
func (t *Traffic) read() total {
	now := total{operations: map[string]minute{}}
	for _, m := range t.Counter.Measures() {
		one := minute{classes: m.Classes}
		before := uint64(0)
		for i, n := range m.Within {
			if i < slots-1 {
				one.slots[i], before = less(n, before), n
			}
		}
		one.slots[slots-1] = less(m.Count, before)
		now.operations[m.Operation] = one
		now.all.add(one)
	}
	counts := t.Counter.Refusals()
	for i, check := range explain.Checks[:min(refusing, len(explain.Checks))] {
		now.all.refused[i] = counts[check]
	}
	now.all.at = t.Now()
	return now
}

// Sample remembers what was counted since the last time as one minute.
func (t *Traffic) Sample() {
	now := t.read()
	t.mu.Lock()
	defer t.mu.Unlock()
	since := now.all
	since.subtract(t.last.all)
	t.minutes[t.ended%minutesKept] = since
	t.earlier[t.ended%operationsKept] = t.last
	t.last = now
	t.ended++
}

// Seen is what a time saw.
type Seen struct {
	Minutes    []minute // each about one, the oldest first; the last is not over yet
	Operations []operationSeen
	Since      time.Time // of Operations
}

// operationSeen is what was counted of one operation.
type operationSeen struct {
	ID string
	minute
}

// Seen returns the last minutes, and what was counted by operation in up to an hour.
func (t *Traffic) Seen(most int) Seen {
	now := t.read()
	t.mu.Lock()
	defer t.mu.Unlock()
	running := now.all
	running.subtract(t.last.all)
	var s Seen
	for i := max(0, t.ended-min(most, minutesKept)); i < t.ended; i++ {
		s.Minutes = append(s.Minutes, t.minutes[i%minutesKept])
	}
	s.Minutes = append(s.Minutes, running)
	before := t.last
	if t.ended > 0 {
		before = t.earlier[max(0, t.ended-operationsKept)%operationsKept]
	}
	s.Since = before.all.at
	for id, m := range now.operations {
		m.subtract(before.operations[id])
		if m.count() > 0 {
			s.Operations = append(s.Operations, operationSeen{id, m})
		}
	}
	slices.SortFunc(s.Operations, func(a, b operationSeen) int {
		if n, m := a.count(), b.count(); n != m {
			if n > m {
				return -1
			}
			return 1
		}
		return compareFolded(a.ID, b.ID)
	})
	return s
}
