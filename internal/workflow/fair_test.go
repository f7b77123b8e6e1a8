package workflow_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

func TestASiteWithManyRunsDoesNotKeepAnotherWaiting(t *testing.T) {
	each(t, func(w *world) {
		const other = site + 1
		var order []int64
		r := w.runner(func(r *workflow.Runner) { r.Slots = 2 })
		start := func(at int64, n int) {
			for range n {
				if _, _, err := w.store.Start(w.Context(), at, operator, workflow.Start{Workflow: map[int64]string{site: "many", other: "few"}[at]}); err != nil {
					w.Fatal(err)
				}
			}
		}
		ran := make(chan int64, 100)
		w.put("many", func(context.Context, workflow.Facts, dsl.Host) (any, error) {
			ran <- site
			return nil, nil
		})
		few := programOf("few", func(context.Context, workflow.Facts, dsl.Host) (any, error) {
			ran <- other
			return nil, nil
		})
		w.mu.Lock()
		w.programs[few.Text] = few
		w.mu.Unlock()
		if _, err := w.store.Put(w.Context(), other, operator, workflow.Draft{Text: []byte(few.Text), Enabled: true}); err != nil {
			w.Fatal(err)
		}
		start(site, 40)
		start(other, 2)
		if n, err := r.Drain(w.Context()); err != nil || n != 42 {
			w.Fatalf("%d runs, %v", n, err)
		}
		for len(ran) > 0 {
			order = append(order, <-ran)
		}
		if at := slices.Index(order, other); at < 0 || at > 3 {
			w.Errorf("the other site's first run was number %d of %d", at+1, len(order))
		}
	})
}

func TestASchedulesInstantDoesNotWaitUntilNothingElseIsDue(t *testing.T) {
	each(t, func(w *world) {
		w.put("hourly", nothing, func(p *workflow.Program) { p.Schedule.Every = time.Hour })
		ran, there := 0, 0
		w.put("many", func(context.Context, workflow.Facts, dsl.Host) (any, error) {
			switch ran++; ran {
			case 3:
				w.clock.Pass(time.Hour)
			case 9:
				runs, err := w.store.Runs(w.Context(), site, workflow.Filter{Workflow: "hourly"})
				if err != nil {
					return nil, err
				}
				there = len(runs)
			}
			return nil, nil
		})
		for range 12 {
			w.start("many", nil)
		}
		w.drain(func(r *workflow.Runner) { r.Slots = 1 })
		if ran != 12 || there != 1 {
			w.Errorf("%d runs, and %d by the schedule among them", ran, there)
		}
	})
}
