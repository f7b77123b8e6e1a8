package workflow_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

func TestACancelledRunDoesNothingMore(t *testing.T) {
	each(t, func(w *world) {
		reached, goOn := make(chan bool), make(chan bool)
		w.put("slow", func(ctx context.Context, _ workflow.Facts, host dsl.Host) (any, error) {
			if _, err := call(ctx, host, "get", "confluence.getUser", map[string]any{"accountId": "557058:ada"}); err != nil {
				return nil, err
			}
			reached <- true
			<-goOn
			_, err := call(context.WithoutCancel(ctx), host, "send", "mail.send", map[string]any{"to": "boss@example.com"})
			return "over", err
		})
		w.put("waits", func(ctx context.Context, _ workflow.Facts, host dsl.Host) (any, error) {
			return nil, host.Wait(ctx, "/wait", time.Hour)
		})
		queued := w.start("slow", nil)
		if err := w.store.Cancel(t.Context(), site, operator, queued); err != nil {
			w.Fatal(err)
		}
		waiting := w.start("waits", nil)
		w.drain()
		if err := w.store.Cancel(t.Context(), site, operator, waiting); err != nil {
			w.Fatal(err)
		}
		running := w.start("slow", nil)
		done := make(chan int)
		go func() { done <- w.drain() }()
		<-reached
		w.is(running, workflow.Running)
		if err := w.store.Cancel(t.Context(), site, operator, running); err != nil {
			w.Fatal(err)
		}
		goOn <- true
		<-done
		w.clock.Pass(2 * time.Hour)
		if n := w.drain(); n != 0 {
			w.Errorf("%d go on", n)
		}
		for _, id := range []string{queued, waiting, running} {
			w.is(id, workflow.Cancelled)
			if err := w.store.Cancel(t.Context(), site, operator, id); kindOf(err) != failure.Conflict {
				w.Error(err)
			}
		}
		if len(w.mails()) != 0 {
			w.Error("something was mailed")
		}
	})
}

func TestACancelledRunIsInterruptedWhereItIs(t *testing.T) {
	each(t, func(w *world) {
		asked := make(chan bool)
		w.people.hook = func(_ http.ResponseWriter, r *http.Request) bool {
			asked <- true
			<-r.Context().Done()
			return true
		}
		w.put("mail-user", mailUser)
		id := w.start("mail-user", ada)
		done := make(chan int)
		go func() { done <- w.drain() }()
		<-asked
		if err := w.store.Cancel(t.Context(), site, operator, id); err != nil {
			w.Fatal(err)
		}
		<-done
		w.is(id, workflow.Cancelled)
	})
}

func TestARunEndsAtItsTimeout(t *testing.T) {
	each(t, func(w *world) {
		limit := func(p *workflow.Program) { p.Timeout = time.Hour }
		w.put("waits", func(ctx context.Context, _ workflow.Facts, host dsl.Host) (any, error) {
			return nil, host.Wait(ctx, "/wait", 24*time.Hour)
		}, limit)
		id := w.start("waits", nil)
		w.drain()
		w.is(id, workflow.Waiting)
		w.clock.Pass(time.Hour)
		w.drain()
		if r := w.is(id, workflow.Failed); r.Error == nil || !strings.HasSuffix(r.Error.Type, "/timeout") {
			w.Errorf("the failure is %+v", r.Error)
		}
	})
}
