package workflow_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/event"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/workflow"
)

const head = `document: {dsl: 1.0.0, namespace: test, name: file, version: 1.0.0}
`

// file stores a workflow file.
func (w *world) file(text string) {
	w.Helper()
	w.store.Read = workflow.Files(actions)
	if _, err := w.store.Put(w.Context(), site, operator, workflow.Draft{Text: []byte(head + text), Connection: "people", Enabled: true}); err != nil {
		w.Fatal(err)
	}
}

func TestAFileGetsAUserAndMailsIt(t *testing.T) {
	each(t, func(w *world) {
		w.file(`input: {schema: {format: json, document: {type: object, required: [accountId], properties: {to: {type: string, default: boss@example.com}, accountId: {type: string}}}}}
do:
  - get: {call: confluence.getUser, with: {accountId: "${ .accountId }"}}
  - name: {set: {name: "${ .displayName }"}}
  - send: {call: mail.send, with: {to: "${ $workflow.input.to }", text: "${ .name }"}}
output: {as: {sent: "${ .messageId }"}}
`)
		id := w.start("file", map[string]any{"accountId": "557058:ada"})
		w.drain()
		r := w.is(id, workflow.Succeeded)
		mails := w.mails()
		if len(mails) != 1 || !strings.Contains(mails[0].Text, "Ada Lovelace") || string(r.Output) != `{"sent":"`+mails[0].ID+`"}` {
			w.Errorf("mailed was %+v, the output is %s", mails, r.Output)
		}
		var kinds []string
		for _, s := range r.Steps {
			kinds = append(kinds, s.Task+" "+s.Kind+" "+string(s.State))
		}
		if got := strings.Join(kinds, ", "); got != "get confluence.getUser done, name set done, send mail.send done" {
			w.Errorf("the steps are %s", got)
		}
		if _, _, err := w.store.Start(t.Context(), site, operator, workflow.Start{Workflow: "file"}); kindOf(err) != failure.Invalid || !strings.Contains(err.Error(), "accountId") {
			w.Error(err)
		}
		_, err := w.store.Put(t.Context(), site, operator, workflow.Draft{Text: []byte(head + "do: [{x: {call: confluence.getUsers}}]\n")})
		if kindOf(err) != failure.Invalid || !strings.Contains(err.Error(), "line 2") {
			w.Error(err)
		}
	})
}

func TestARetryThatWaitsLongGivesTheRunBack(t *testing.T) {
	each(t, func(w *world) {
		left := 2
		w.people.hook = func(out http.ResponseWriter, _ *http.Request) bool {
			if left--; left >= 0 {
				out.WriteHeader(http.StatusBadGateway)
			}
			return left >= 0
		}
		w.file(`do:
  - each:
      for: {in: "${ [1, 2] }"}
      do:
        - safely:
            try: [{get: {call: confluence.getUser, with: {accountId: ada}}}]
            catch: {errors: {with: {status: 502}}, retry: {delay: PT1M, backoff: {constant: {}}, limit: {attempt: {count: 5}}}}
        - rest: {wait: PT1H}
  - send: {call: mail.send, with: {to: boss@example.com}}
`)
		id := w.start("file", nil)
		for range 4 {
			w.drain()
			w.is(id, workflow.Waiting)
			w.clock.Pass(time.Hour)
		}
		w.drain()
		r := w.is(id, workflow.Succeeded)
		if w.people.times(getUser) != 4 || len(w.mails()) != 1 {
			w.Errorf("asked %d times, %d mails", w.people.times(getUser), len(w.mails()))
		}
		for _, s := range r.Steps {
			if s.State == workflow.StepStarted || s.State == workflow.StepWaiting {
				w.Errorf("%s is still %s", s.Place, s.State)
			}
		}
	})
}

func TestATaskThatTookTooLongDidSoWhenTheRunGoesOn(t *testing.T) {
	each(t, func(w *world) {
		w.people.hook = func(_ http.ResponseWriter, r *http.Request) bool {
			<-r.Context().Done()
			return true
		}
		w.file(`do:
  - safely:
      try: [{get: {call: confluence.getUser, with: {accountId: ada}, timeout: {after: PT0.05S}}}]
      catch: {errors: {with: {status: 408}}, do: [{rest: {wait: PT1H}}, {send: {call: mail.send, with: {to: boss@example.com}}}]}
`)
		id := w.start("file", nil)
		w.drain()
		w.is(id, workflow.Waiting)
		w.clock.Pass(time.Hour)
		w.drain()
		w.is(id, workflow.Succeeded)
		if w.people.times(getUser) > 1 || len(w.mails()) != 1 { // on a slow machine the time is over before it is asked
			w.Errorf("asked %d times, %d mails", w.people.times(getUser), len(w.mails()))
		}
	})
}

func TestAFileIsStartedByAnEvent(t *testing.T) {
	each(t, func(w *world) {
		w.file(`schedule: {on: {one: {with: {type: user.created}}}}
do:
  - get: {call: confluence.getUser, with: {accountId: "${ $workflow.input[0].accountId }"}}
`)
		err := w.store.Changes.Write(t.Context(), site, operator, func(tx *change.Tx) error {
			tx.Record(change.Record{Operation: "event.take", Target: "taker:workflows"})
			return w.store.TakeIn(t.Context(), tx, []event.Event{{ID: "evt_1", Type: event.UserCreated, AccountID: "557058:ada"}})
		})
		if err != nil {
			w.Fatal(err)
		}
		w.drain()
		runs, err := w.store.Runs(t.Context(), site, workflow.Filter{})
		if err != nil || len(runs) != 1 || runs[0].State != workflow.Succeeded || w.people.times(getUser) != 1 {
			w.Errorf("the runs are %+v, %v", runs, err)
		}
	})
}
