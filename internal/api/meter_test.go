package api

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/explain"
)

func TestAMeterCountsByOperationClassAndTime(t *testing.T) {
	t.Parallel()
	m, op := NewMeter(), operationCalled("getUser")
	if len(LatencyBounds) != bounds || !slices.IsSorted(LatencyBounds) || len(m.Measures()) != 0 {
		t.Fatal(LatencyBounds, m.Measures())
	}
	m.note(op, 200, time.Millisecond)
	m.note(op, 204, time.Millisecond+1)
	m.note(op, 404, time.Hour)
	m.note(nil, 500, 0)
	m.note(&operation{}, 200, -1)
	m.NotePage(303, time.Millisecond)
	m.refuse(explain.Scope)
	m.refuse("no such check")
	got := m.Measures()
	if len(got) != 3 || got[0].Operation != "getUser" || got[1].Operation != "other" || got[2].Operation != "pages" {
		t.Fatalf("%+v", got)
	}
	if s := got[0]; s.Classes != [5]uint64{1: 2, 3: 1} || s.Count != 3 || s.Within[2] != 1 || s.Within[3] != 2 || s.Within[bounds-1] != 2 ||
		s.Total != time.Hour+2*time.Millisecond+1 {
		t.Errorf("%+v", s)
	}
	if s := got[1]; s.Classes != [5]uint64{1: 1, 4: 1} || s.Count != 2 {
		t.Errorf("%+v", s)
	}
	if s := got[2]; s.Classes != [5]uint64{2: 1} || s.Count != 1 || s.Within[1] != 0 || s.Within[2] != 1 {
		t.Errorf("%+v", s)
	}
	if all := m.Refusals(); all[explain.Scope] != 1 || len(all) != len(explain.Checks) {
		t.Errorf("%v", all)
	}
	var none *Meter
	none.note(op, 200, 0)
	none.NotePage(200, 0)
	none.refuse(explain.Scope)
}

func TestAMeterLosesNothingOfWhatManyCount(t *testing.T) {
	t.Parallel()
	m := NewMeter()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 1000 {
				m.note(&operations[i%len(operations)], 200, time.Duration(i)*time.Microsecond)
				m.Measures()
			}
		})
	}
	all.Wait()
	n := uint64(0)
	for _, s := range m.Measures() {
		n += s.Count
	}
	if n != 8000 {
		t.Error(n)
	}
}

// What a request pays for being counted: a second look at the clock, and the count.
func BenchmarkCounting(b *testing.B) {
	m, began := NewMeter(), time.Now()
	b.Run("alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			m.note(&operations[0], 200, time.Since(began))
		}
	})
	b.Run("slow", func(b *testing.B) {
		for b.Loop() {
			m.note(&operations[0], 200, time.Minute)
		}
	})
	b.Run("parallel", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				m.note(&operations[0], 200, time.Since(began))
			}
		})
	})
}
