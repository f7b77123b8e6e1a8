package workflow_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/event"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

// happen tells the store that an account joined a group, by the doing of a run or, where that is empty, of a person.
func (w *world) happen(run string) {
	w.Helper()
	w.happened++
	e := event.Event{ID: fmt.Sprintf("evt_%d", w.happened), Type: event.GroupMemberAdded, AccountID: "557058:ada", Run: run}
	err := w.store.Changes.Write(w.Context(), site, operator, func(tx *change.Tx) error {
		tx.Record(change.Record{Operation: "event.take", Target: "taker:workflows"})
		return w.store.TakeIn(w.Context(), tx, []event.Event{e})
	})
	if err != nil {
		w.Fatal(err)
	}
}

func TestAWorkflowThatCausesItsOwnEventEnds(t *testing.T) {
	each(t, func(w *world) {
		led := map[string]string{} // by what a run is: the workflows that led to it
		for _, name := range []string{"first", "second"} {
			w.put(name, nothing, func(p *workflow.Program) { p.Event = string(event.GroupMemberAdded) })
		}
		w.happen("")
		w.happen("a run that is gone")
		for range 5 {
			runs, err := w.store.Runs(w.Context(), site, workflow.Filter{})
			if err != nil {
				w.Fatal(err)
			}
			for _, r := range runs {
				if _, seen := led[r.ID]; !seen {
					led[r.ID] = strings.Join(append(r.Cause.After, r.Workflow), " ")
					w.happen(r.ID) // each run does again what starts both
				}
			}
		}
		times := map[string]int{}
		for _, way := range led {
			times[way]++
		}
		want := map[string]int{"first": 2, "second": 2, "first second": 2, "second first": 2}
		if fmt.Sprint(times) != fmt.Sprint(want) {
			w.Errorf("what ran is %v, not %v", times, want)
		}
	})
}

func TestWhatARunAsksOfItsOwnServerNamesTheRun(t *testing.T) {
	each(t, func(w *world) {
		if err := w.store.PutConnection(t.Context(), site, operator, workflow.Connection{Name: "people", Kind: workflow.Local}, "a token"); err != nil {
			w.Fatal(err)
		}
		w.put("group", func(ctx context.Context, _ workflow.Facts, host dsl.Host) (any, error) {
			return call(ctx, host, "create", "confluence.createGroup", map[string]any{"name": "engineers"})
		})
		id, asked := w.start("group", nil), ""
		w.drain(func(r *workflow.Runner) {
			r.Local = func(context.Context, int64) (string, http.RoundTripper, error) {
				return "https://people.example", trip(func(r *http.Request) *http.Response {
					asked = event.RequestID(r.Context(), "1")
					return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(`{}`)), Request: r, Header: http.Header{}}
				}), nil
			}
		})
		w.is(id, workflow.Succeeded)
		if of := event.Of("", change.Entry{Operation: "account.create", Target: "account:ada", Actor: change.Actor{RequestID: asked}}); len(of) != 1 || of[0].Run != id {
			w.Errorf("a change of request %q is %+v", asked, of)
		}
	})
}

func TestAnActionWithoutAnAnswerReturnsNullAndSendsItsHeaders(t *testing.T) {
	each(t, func(w *world) {
		w.people.hook = func(out http.ResponseWriter, r *http.Request) bool {
			out.WriteHeader(map[bool]int{true: http.StatusNoContent, false: http.StatusBadRequest}[r.Header.Get("X-Mark") == "ada"])
			return true
		}
		w.put("unwatch", func(ctx context.Context, _ workflow.Facts, host dsl.Host) (any, error) {
			return call(ctx, host, "remove", "confluence.removeWatch", map[string]any{"contentId": "42", "X-Mark": "ada"})
		})
		id := w.start("unwatch", nil)
		w.drain()
		if r := w.is(id, workflow.Succeeded); string(r.Output) != "null" || string(r.Steps[0].Output) != "null" {
			w.Errorf("it returns %s", r.Output)
		}
	})
}

func TestOnlyARunThatGoesOnIsNamedByItsMark(t *testing.T) {
	each(t, func(w *world) {
		mark := ""
		named := func(at int64, mark string) string {
			run, err := w.store.Marked(t.Context(), at, mark)
			if err != nil {
				t.Error(err)
			}
			return run
		}
		id := ""
		w.people.hook = func(_ http.ResponseWriter, r *http.Request) bool {
			mark = r.Header.Get(workflow.MarkHeader)
			if got := named(site, mark); got != id {
				t.Errorf("a request that is marked %q is of run %q, not %q", mark, got, id)
			}
			for _, other := range []string{"", id, id + " ", mark + "0", "x" + mark, "\xff" + mark, strings.ToUpper(mark)} {
				if got := named(site, other); got != "" {
					t.Errorf("the mark %q names run %q", other, got)
				}
			}
			if got := named(site+1, mark); got != "" {
				t.Errorf("on another site it is of run %q", got)
			}
			return false
		}
		w.put("mail-user", mailUser)
		id = w.start("mail-user", ada)
		w.drain()
		w.is(id, workflow.Succeeded)
		if got := named(site, mark); mark == "" || got != "" {
			t.Errorf("%q still names run %q when it is over", mark, got)
		}
	})
}
