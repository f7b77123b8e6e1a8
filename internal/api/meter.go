package api

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/rosterhq/roster/internal/explain"
)

// LatencyBounds are the upper bounds, in increasing order, by which requests are sorted by how long they took.
var LatencyBounds = []time.Duration{
	250 * time.Microsecond, 500 * time.Microsecond, time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond, 10 * time.Millisecond,
	25 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2500 * time.Millisecond, 5 * time.Second, 10 * time.Second,
}

const bounds = 15 // of LatencyBounds

// Meter counts requests since the server began. It is for many goroutines at once, without a lock; nil counts nothing.
type Meter struct {
	operations map[*operation]*series
	other      series // what is no operation: pictures, descriptions, and paths that nothing answers
	pages      series // for people
	refusals   []atomic.Uint64
}

// series is what is counted of one operation.
type series struct {
	counts [5][bounds + 1]atomic.Uint64 // by the first digit of the status, from 1, and how long it took; the last for longer than any bound
	nanos  atomic.Int64
}

// NewMeter returns a meter for the table of operations.
func NewMeter() *Meter {
	m := &Meter{operations: make(map[*operation]*series, len(operations)), refusals: make([]atomic.Uint64, len(explain.Checks))}
	for i := range operations {
		m.operations[&operations[i]] = &series{}
	}
	return m
}

// note counts a request that was answered; op is nil for what is no operation.
func (m *Meter) note(op *operation, status int, took time.Duration) {
	if m == nil {
		return
	}
	s := m.operations[op]
	if s == nil {
		s = &m.other
	}
	s.note(status, took)
}

// NotePage counts a page that was answered.
func (m *Meter) NotePage(status int, took time.Duration) {
	if m != nil {
		m.pages.note(status, took)
	}
}

func (s *series) note(status int, took time.Duration) {
	class := min(max(status/100, 1), 5) - 1
	slot := 0
	for slot < bounds && took > LatencyBounds[slot] {
		slot++
	}
	s.counts[class][slot].Add(1)
	s.nanos.Add(int64(took))
}

// refuse counts a refusal by the check that it comes from.
func (m *Meter) refuse(check explain.Check) {
	if m == nil {
		return
	}
	if i := slices.Index(explain.Checks, check); i >= 0 {
		m.refusals[i].Add(1)
	}
}

// Measure is what was counted of one operation.
type Measure struct {
	Operation string    // ID; "other" for what is no operation, "pages" for the pages
	Classes   [5]uint64 // by the class of the status: 1xx to 5xx
	Within    []uint64  // how many took at most as long as each of [LatencyBounds]
	Count     uint64
	Total     time.Duration // that they took together
}

// Measures returns what was counted, of operations that were called, in the order of the table. A request that ends
// meanwhile may be counted in one number and not yet in another.
func (m *Meter) Measures() []Measure {
	var all []Measure
	for i := range operations {
		all = append(all, m.operations[&operations[i]].measure(operations[i].id))
	}
	all = append(all, m.other.measure("other"), m.pages.measure("pages"))
	return slices.DeleteFunc(all, func(s Measure) bool { return s.Count == 0 })
}

func (s *series) measure(name string) Measure {
	out := Measure{Operation: name, Within: make([]uint64, bounds), Total: time.Duration(s.nanos.Load())}
	for slot := range bounds + 1 {
		for class := range s.counts {
			n := s.counts[class][slot].Load()
			out.Classes[class] += n
			out.Count += n
		}
		if slot < bounds {
			out.Within[slot] = out.Count
		}
	}
	return out
}

// Refusals returns how many requests each check refused.
func (m *Meter) Refusals() map[explain.Check]uint64 {
	all := map[explain.Check]uint64{}
	for i, check := range explain.Checks {
		all[check] = m.refusals[i].Load()
	}
	return all
}
