package workflow_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/event"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/internal/workflow/dsl"
	"github.com/rosterhq/roster/internal/workflow/erasure"
)

func TestWorkflowsConnectionsAndSecretsAreListedByName(t *testing.T) {
	each(t, func(w *world) {
		w.put("b", nothing)
		w.put("a", nothing, func(p *workflow.Program) { p.Title = "The first" })
		w.put("a", nothing, func(p *workflow.Program) { p.Title = "The second" })
		all, err := w.store.Workflows(t.Context(), site)
		if err != nil || len(all) != 2 || all[0].Title != "The second" || all[1].Name != "b" || !all[0].Enabled || all[0].Connection != "people" {
			w.Errorf("workflows are %+v, %v", all, err)
		}
		for _, name := range []string{"two", "one", "two"} {
			if err := w.store.PutSecret(t.Context(), site, operator, name, "a secret"); err != nil {
				w.Fatal(err)
			}
		}
		if all, err := w.store.Secrets(t.Context(), site); err != nil || len(all) != 2 || all[0].Name != "one" {
			w.Errorf("secrets are %+v, %v", all, err)
		}
		if err := w.store.RemoveSecret(t.Context(), site, operator, "two"); err != nil {
			w.Error(err)
		}
		for what, err := range map[string]error{
			"a workflow": w.store.Remove(t.Context(), site+1, operator, "a"), "a secret": w.store.RemoveSecret(t.Context(), site, operator, "two"),
			"a connection": w.store.RemoveConnection(t.Context(), site, operator, "other"), "to switch": w.store.SetEnabled(t.Context(), site, operator, "c", true),
		} {
			if kindOf(err) != failure.NotFound {
				w.Errorf("%s: %v", what, err)
			}
		}
		for what, err := range map[string]error{
			"a short secret": w.store.PutSecret(t.Context(), site, operator, "x", "abc"), "a name": w.store.PutSecret(t.Context(), site, operator, "a/b", "abcd"),
			"a kind":        w.store.PutConnection(t.Context(), site, operator, workflow.Connection{Name: "x", Kind: "other"}, "abcd"),
			"no secret":     w.store.PutConnection(t.Context(), site, operator, workflow.Connection{Name: "x", Kind: workflow.Local}, ""),
			"a credential":  w.store.PutConnection(t.Context(), site, operator, workflow.Connection{Name: "x", Kind: workflow.Remote, BaseURL: "https://a:b@c.example"}, "abcd"),
			"no base URL":   w.store.PutConnection(t.Context(), site, operator, workflow.Connection{Name: "x", Kind: workflow.Remote}, "abcd"),
			"no connection": second(w.store.Put(t.Context(), site, operator, workflow.Draft{Text: []byte("a 2"), Connection: "other"})),
		} {
			if kindOf(err) != failure.Invalid {
				w.Errorf("%s: %v", what, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestRunsAreListedPageByPageTheNewestFirst(t *testing.T) {
	each(t, func(w *world) {
		w.put("good", nothing)
		w.put("mail-user", mailUser)
		var ids []string
		for i := range 7 {
			ids = append(ids, w.start([]string{"good", "mail-user"}[i%2], map[string]any{"accountId": "nobody"}))
		}
		w.drain()
		var got []string
		for below := ""; ; below = got[len(got)-1] {
			page, err := w.store.Runs(t.Context(), site, workflow.Filter{Below: below, Limit: 3})
			if err != nil {
				w.Fatal(err)
			}
			for _, r := range page {
				got = append(got, r.ID)
			}
			if len(page) < 3 {
				break
			}
		}
		if slices.Reverse(got); !slices.Equal(got, ids) {
			w.Errorf("the pages have %v, not %v", got, ids)
		}
		for _, tt := range []struct {
			f workflow.Filter
			n int
		}{
			{workflow.Filter{State: workflow.Failed}, 3},
			{workflow.Filter{State: workflow.Succeeded}, 4},
			{workflow.Filter{Workflow: "good", State: workflow.Failed}, 0},
			{workflow.Filter{Workflow: "good"}, 4},
			{workflow.Filter{State: workflow.Queued}, 0},
			{workflow.Filter{State: workflow.Running}, 0},
			{workflow.Filter{State: workflow.Cancelled}, 0},
		} {
			if list, err := w.store.Runs(t.Context(), site, tt.f); err != nil || len(list) != tt.n {
				w.Errorf("%+v gives %d, %v", tt.f, len(list), err)
			}
		}
		if _, err := w.store.Runs(t.Context(), site, workflow.Filter{State: "odd'"}); kindOf(err) != failure.Invalid {
			w.Error(err)
		}
		if list, err := w.store.Runs(t.Context(), site+1, workflow.Filter{}); err != nil || len(list) != 0 {
			w.Error(list, err)
		}
		if _, err := w.store.Run(t.Context(), site+1, ids[0]); kindOf(err) != failure.NotFound {
			w.Error(err)
		}
	})
}

func TestRetentionDeletesWhatEndedAndKeepsTheRest(t *testing.T) {
	each(t, func(w *world) {
		asks := func(ctx context.Context, _ workflow.Facts, host dsl.Host) (any, error) {
			return call(ctx, host, "get", "confluence.getUser", map[string]any{"accountId": "557058:ada"})
		}
		w.put("good", asks)
		w.put("bad", func(context.Context, workflow.Facts, dsl.Host) (any, error) {
			return nil, &dsl.Failure{Type: "x", Title: "It is bad"}
		})
		w.put("waits", func(ctx context.Context, _ workflow.Facts, host dsl.Host) (any, error) {
			return nil, host.Wait(ctx, "/wait", 1000*time.Hour)
		})
		good, bad, waits := w.start("good", nil), w.start("bad", nil), w.start("waits", nil)
		queue(w, good, 450)
		w.drain()
		w.put("good", asks) // another file
		w.clock.Pass(time.Hour)
		late := w.start("good", nil)
		w.drain()
		now := w.clock.Now()
		n, err := w.store.Prune(t.Context(), site, now, now.Add(-2*time.Hour))
		if err != nil || n != 451 {
			w.Errorf("%d runs are deleted, %v", n, err)
		}
		for _, id := range []string{bad, waits, late} {
			w.show(id)
		}
		if texts, err := db.All(t.Context(), w.db, db.Scalar[string], `SELECT text FROM workflow_texts WHERE site_id = $1 ORDER BY text`, site); err != nil || len(texts) != 3 {
			w.Errorf("the files are %v, %v", texts, err)
		}
		if n, err := w.store.Prune(t.Context(), site, now, now); err != nil || n != 1 {
			w.Errorf("%d runs are deleted, %v", n, err)
		}
		if n, err := w.store.Prune(t.Context(), site+1, now.Add(time.Hour), now.Add(time.Hour)); err != nil || n != 0 {
			w.Error(n, err)
		}
		for table, want := range map[string]int{"workflow_steps": 2, "workflow_mentions": 1} {
			left, _, err := db.One(t.Context(), w.db, db.Scalar[int], `SELECT count(*) FROM `+table+` WHERE site_id = $1`, site)
			if err != nil || left != want {
				w.Errorf("%s: %v are left, %v", table, left, err)
			}
		}
	})
}

func TestAClosedAccountIsErasedFromWhatRunsReadAndDid(t *testing.T) {
	each(t, func(w *world) {
		erase := func(id string) {
			err := w.store.Changes.Write(t.Context(), site, operator, func(tx *change.Tx) error {
				tx.Record(change.Record{Operation: "account.update", Target: "account:" + id})
				return erasure.AccountIn(t.Context(), tx, id)
			})
			if err != nil {
				w.Fatal(err)
			}
		}
		w.put("mail-user", mailUser)
		w.put("waits", func(ctx context.Context, facts workflow.Facts, host dsl.Host) (any, error) {
			user, err := call(ctx, host, "get", "confluence.getUser", map[string]any{"accountId": "557058:ada"})
			if err != nil {
				return nil, err
			}
			if err := host.Wait(ctx, "/wait", time.Hour); err != nil {
				return nil, err
			}
			return call(ctx, host, "send", "mail.send", map[string]any{"to": "boss@example.com", "data": user})
		})
		id, waits := w.start("mail-user", ada), w.start("waits", nil)
		w.drain()
		other := w.start("mail-user", map[string]any{"accountId": "557058:grace", "to": "boss@example.com"})
		queued := w.start("mail-user", ada)
		erase("557058:nobody")
		if w.show(id).Erased {
			w.Error("it is erased for somebody else")
		}
		erase("557058:ada")
		if r := w.is(id, workflow.Succeeded); !r.Erased || len(r.Steps) != 2 || r.Steps[0].Output != nil || strings.Contains(string(r.Input), "ada") {
			w.Errorf("the run is %+v", r)
		}
		w.clock.Pass(time.Hour)
		w.drain()
		for _, id := range []string{waits, queued} {
			if r := w.is(id, workflow.Succeeded); !r.Erased {
				w.Errorf("a run that went on is not erased: %+v", r)
			}
		}
		w.is(other, workflow.Succeeded)
		w.lacks("557058:ada")
		if len(w.mails()) != 4 {
			w.Errorf("%d mails", len(w.mails()))
		}
		erase("557058:ada")
	})
}

func TestAnEventStartsEachWorkflowThatWaitsForItOnce(t *testing.T) {
	each(t, func(w *world) {
		var seen []any
		w.put("welcome", func(_ context.Context, facts workflow.Facts, _ dsl.Host) (any, error) {
			seen = append(seen, facts.Cause)
			return nil, nil
		}, func(p *workflow.Program) { p.Event = string(event.UserCreated) })
		if n := cursors(w); n != 1 {
			w.Errorf("%d cursors while a workflow waits", n)
		}
		events := []event.Event{
			{ID: "evt_1", Type: event.UserCreated, AccountID: "557058:ada", Seq: 4}, {ID: "evt_2", Type: event.UserUpdated, AccountID: "557058:ada", Seq: 5},
		}
		for range 2 {
			err := w.store.Changes.Write(t.Context(), site, operator, func(tx *change.Tx) error {
				tx.Record(change.Record{Operation: "event.take", Target: "taker:workflows"})
				return w.store.TakeIn(t.Context(), tx, events)
			})
			if err != nil {
				w.Fatal(err)
			}
		}
		w.drain()
		if len(seen) != 1 {
			w.Fatalf("it ran for %v", seen)
		}
		cause, _ := seen[0].(map[string]any)
		told, _ := cause["event"].(map[string]any)
		if cause["kind"] != "event" || told["accountId"] != "557058:ada" || told["seq"] != 4 {
			w.Errorf("it was told %v", cause)
		}
		if err := w.store.SetEnabled(t.Context(), site, operator, "welcome", false); err != nil {
			w.Fatal(err)
		}
		if n := cursors(w); n != 0 {
			w.Errorf("%d cursors while none waits", n)
		}
	})
}

func cursors(w *world) int {
	w.Helper()
	n, _, err := db.One(w.Context(), w.db, db.Scalar[int], `SELECT count(*) FROM event_cursors WHERE site_id = $1 AND taker = $2`, site, workflow.Taker)
	if err != nil {
		w.Fatal(err)
	}
	return n
}

func TestARunWhoseMailCannotBeComposedFails(t *testing.T) {
	each(t, func(w *world) {
		w.put("mail-user", mailUser)
		for _, to := range []string{"", "nobody", "a@example.com\r\nBcc: b@example.com"} {
			id := w.start("mail-user", map[string]any{"accountId": "557058:ada", "to": to})
			w.drain()
			if r := w.is(id, workflow.Failed); !strings.HasSuffix(r.Error.Type, "/validation") {
				w.Errorf("to %q: %+v", to, r.Error)
			}
		}
		id := w.start("mail-user", ada)
		w.drain(func(r *workflow.Runner) { r.Outbox = nil })
		if r := w.is(id, workflow.Failed); r.Error.Title != "No mail is sent here" {
			w.Errorf("the failure is %+v", r.Error)
		}
		if len(w.mails()) != 0 {
			w.Error("something was mailed")
		}
	})
}
