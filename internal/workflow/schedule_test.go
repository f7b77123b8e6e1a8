package workflow_test

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

func TestACronFollowsTheClockOfItsZone(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		what, cron, zone, from string
		want                   []string // in UTC
	}{
		{"a time each day", "30 9 * * *", "", "2026-03-01T09:30:00Z", []string{"2026-03-02T09:30:00Z", "2026-03-03T09:30:00Z"}},
		{
			"a time that the clock skips comes right after the gap", "30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z",
			[]string{"2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z", "2026-03-10T06:30:00Z"},
		},
		{
			"a time that the clock shows twice comes once", "30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z",
			[]string{"2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"},
		},
		{
			"who asks between the two gets the next day's", "30 1 * * *", "America/New_York", "2026-11-01T06:00:00Z",
			[]string{"2026-11-02T06:30:00Z"},
		},
		{
			"where no hour is named, each comes, in autumn too", "*/30 * * * *", "America/New_York", "2026-11-01T05:00:00Z",
			[]string{"2026-11-01T05:30:00Z", "2026-11-01T06:00:00Z", "2026-11-01T06:30:00Z", "2026-11-01T07:00:00Z"},
		},
		{
			"and in spring", "*/30 * * * *", "Europe/Berlin", "2026-03-29T00:30:00Z",
			[]string{"2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"},
		},
		{
			"half an hour's change", "15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z",
			[]string{"2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"},
		},
		{"a day that comes once in four years", "0 0 29 2 *", "Europe/Berlin", "2026-03-01T00:00:00Z", []string{"2028-02-28T23:00:00Z"}},
		{"a day that never comes", "0 0 30 2 *", "Europe/Berlin", "2026-03-01T00:00:00Z", []string{"0001-01-01T00:00:00Z"}},
	} {
		s := workflow.Schedule{Cron: tt.cron}
		if tt.zone != "" {
			s.Cron = "CRON_TZ=" + tt.zone + " " + tt.cron
		}
		at, err := time.Parse(time.RFC3339, tt.from)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range tt.want {
			if at, err = s.NextAfter(at); err != nil || at.Format(time.RFC3339) != want {
				t.Errorf("%s: %s, %v, not %s", tt.what, at.Format(time.RFC3339), err, want)
			}
		}
	}
	for _, s := range []string{"* * *", "CRON_TZ=Nowhere/City * * * * *", "CRON_TZ=Local * * * * *", "@every 1h", "61 * * * *", "CRON_TZ=UTC TZ=UTC * * * *", ""} {
		if err := (workflow.Schedule{Cron: s}).Check(); (err == nil) != (s == "") || err != nil && kindOf(err) != failure.Invalid {
			t.Errorf("%q: %v", s, err)
		}
	}
}

// causes returns what started the runs of a workflow, the oldest first.
func (w *world) causes(name string) (list []string) {
	w.Helper()
	runs, err := w.store.Runs(w.Context(), site, workflow.Filter{Workflow: name})
	if err != nil {
		w.Fatal(err)
	}
	for _, r := range slices.Backward(runs) {
		list = append(list, r.Cause.Kind+" "+r.Cause.At.Format("02 15:04"))
	}
	return list
}

func (w *world) caused(name string, want ...string) {
	w.Helper()
	if got := w.causes(name); !slices.Equal(got, want) {
		w.Errorf("%s was started by %v, not %v", name, got, want)
	}
}

func nothing(context.Context, workflow.Facts, dsl.Host) (any, error) { return nil, nil }

func TestAScheduleStartsOneRunAnInstantAndMakesUpForManyByOne(t *testing.T) {
	each(t, func(w *world) { // it is January 2, 03:04:05
		w.put("hourly", nothing, func(p *workflow.Program) { p.Schedule.Cron = "0 * * * *" })
		w.put("often", nothing, func(p *workflow.Program) { p.Schedule.Every = 20 * time.Minute })
		w.drain()
		w.caused("hourly")
		w.clock.Pass(56 * time.Minute) // 04:00:05
		w.drain()
		w.drain()
		w.caused("hourly", "schedule 02 04:00")
		w.caused("often", "schedule 02 03:24")
		w.clock.Pass(5*time.Hour + 30*time.Minute) // 09:30:05
		w.drain()
		w.caused("hourly", "schedule 02 04:00", "schedule 02 05:00")
		w.caused("often", "schedule 02 03:24", "schedule 02 04:04")
		w.clock.Pass(31 * time.Minute) // 10:01:05
		w.drain()
		w.caused("hourly", "schedule 02 04:00", "schedule 02 05:00", "schedule 02 10:00")
		w.caused("often", "schedule 02 03:24", "schedule 02 04:04", "schedule 02 09:44")
		if err := w.store.SetEnabled(t.Context(), site, operator, "hourly", false); err != nil {
			w.Fatal(err)
		}
		w.clock.Pass(3 * time.Hour) // 13:01:05
		w.drain()
		if err := w.store.SetEnabled(t.Context(), site, operator, "hourly", true); err != nil {
			w.Fatal(err)
		}
		w.drain()
		w.caused("hourly", "schedule 02 04:00", "schedule 02 05:00", "schedule 02 10:00")
	})
}

func TestManyNodesStartOneRunAnInstant(t *testing.T) {
	each(t, func(w *world) {
		w.put("hourly", nothing, func(p *workflow.Program) { p.Schedule.Cron = "0 * * * *" })
		for range 3 {
			w.clock.Pass(time.Hour)
			var all sync.WaitGroup
			for range 4 {
				s := workflow.NewStore(&change.Log{DB: w.open(), Now: w.clock.Now}, w.read)
				r := w.runner(func(r *workflow.Runner) { r.Store = s })
				all.Go(func() {
					if _, err := r.Drain(t.Context()); err != nil {
						w.Error(err)
					}
				})
			}
			all.Wait()
		}
		w.caused("hourly", "schedule 02 04:00", "schedule 02 05:00", "schedule 02 06:00")
	})
}

func TestAWorkflowStartsAgainAfterItsEnd(t *testing.T) {
	each(t, func(w *world) {
		w.put("again", func(ctx context.Context, _ workflow.Facts, host dsl.Host) (any, error) {
			return nil, host.Wait(ctx, "/wait", time.Hour)
		}, func(p *workflow.Program) { p.Schedule.After = 10 * time.Minute })
		w.drain()
		w.clock.Pass(30 * time.Minute)
		w.drain()
		w.caused("again", "schedule 02 03:04")
		w.clock.Pass(30 * time.Minute) // it ends
		w.drain()
		w.clock.Pass(10 * time.Minute)
		w.drain()
		w.caused("again", "schedule 02 03:04", "schedule 02 04:14")
		runs, err := w.store.Runs(t.Context(), site, workflow.Filter{State: workflow.Waiting})
		if err != nil || len(runs) != 1 {
			w.Fatal(runs, err)
		}
		if err := w.store.Cancel(t.Context(), site, operator, runs[0].ID); err != nil {
			w.Fatal(err)
		}
		w.clock.Pass(10 * time.Minute)
		w.drain()
		w.caused("again", "schedule 02 03:04", "schedule 02 04:14", "schedule 02 04:24")
	})
}

func TestAScheduledRunWhoseInputIsWrongIsThereAsFailed(t *testing.T) {
	each(t, func(w *world) {
		w.put("needs", nothing, func(p *workflow.Program) {
			p.Schedule.Every = time.Hour
			p.CheckInput = func(map[string]any) error { return failure.Invalid.Errorf("input: to is missing") }
		})
		w.clock.Pass(time.Hour)
		w.drain()
		runs, err := w.store.Runs(t.Context(), site, workflow.Filter{State: workflow.Failed})
		if err != nil || len(runs) != 1 || runs[0].Error.Detail != "input: to is missing" {
			w.Errorf("failed are %+v, %v", runs, err)
		}
		if wf, err := w.store.Workflow(t.Context(), site, "needs"); err != nil || !wf.NextAt.After(w.clock.Now()) {
			w.Errorf("it starts next at %v, %v", wf.NextAt, err)
		}
	})
}

func TestWhatIsDueIsFoundByAnIndex(t *testing.T) {
	each(t, func(w *world) {
		explain := map[db.Engine]string{db.SQLite: "EXPLAIN QUERY PLAN ", db.Postgres: "EXPLAIN "}[w.db.Engine]
		for index, query := range map[string]string{"workflow_runs_due": workflow.DueQuery, "workflows_due": strings.Replace(workflow.DueSchedules, "100", "$2", 1)} {
			text := plan(w, explain+query, w.clock.Now().UnixMicro(), 10)
			if !strings.Contains(text, index) || strings.Contains(text, "B-TREE") {
				w.Errorf("the plan is\n%s", text)
			}
		}
	})
}

// plan returns how the engine answers a query.
func plan(w *world, explain string, args ...any) string {
	w.Helper()
	steps, err := db.All(w.Context(), w.db, func(rows *sql.Rows) (step string, err error) {
		if w.db.Engine == db.Postgres {
			return step, rows.Scan(&step)
		}
		var a, b, c int
		return step, rows.Scan(&a, &b, &c, &step)
	}, explain, args...)
	if err != nil {
		w.Fatal(err)
	}
	return strings.Join(steps, "\n")
}
