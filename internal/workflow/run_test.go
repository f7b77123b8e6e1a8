package workflow_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

func TestARunGetsAUserAndMailsIt(t *testing.T) {
	each(t, func(w *world) {
		w.put("mail-user", mailUser)
		id := w.start("mail-user", ada)
		w.is(id, workflow.Queued)
		if n := w.drain(); n != 1 {
			w.Errorf("%d runs were due", n)
		}
		r := w.is(id, workflow.Succeeded)
		mails := w.mails()
		if len(mails) != 1 || !strings.Contains(mails[0].Text, "Ada Lovelace") || mails[0].To[0].Address != "boss@example.com" || mails[0].From.Address != "roster@example.org" {
			w.Fatalf("the mail is %+v", mails)
		}
		if want := uuid.NewSHA1(uuid.MustParse(id), []byte("/do/send")).String(); mails[0].ID != want {
			w.Errorf("the mail's ID is %s, which does not follow from the run and the place", mails[0].ID)
		}
		if len(r.Steps) != 2 || r.Steps[0].Kind != "confluence.getUser" || r.Steps[1].MessageID != mails[0].ID || !strings.Contains(string(r.Output), mails[0].ID) {
			w.Errorf("the run is %+v", r)
		}
		if !strings.Contains(string(r.Steps[0].Output), "Ada Lovelace") || strings.Contains(string(r.Steps[1].Input), "Ada Lovelace") ||
			!strings.Contains(string(r.Steps[1].Input), `"sha256"`) || strings.Contains(string(r.Steps[1].Input), "About") {
			w.Errorf("the steps are %s and %s", r.Steps[0].Output, r.Steps[1].Input)
		}
		w.lacks("correct horse")
		if n := w.drain(); n != 0 || len(w.mails()) != 1 {
			w.Errorf("%d runs were due again", n)
		}
	})
}

func TestAFailureOfTheSiteFailsTheRunWithItsWordsAndMailsNothing(t *testing.T) {
	each(t, func(w *world) {
		w.put("mail-user", mailUser)
		for _, tt := range []struct {
			status int
			kind   string
		}{{404, "communication"}, {401, "authentication"}, {403, "authorization"}, {500, "communication"}} {
			w.people.mu.Lock()
			w.people.hook = func(out http.ResponseWriter, _ *http.Request) bool {
				out.WriteHeader(tt.status)
				out.Write([]byte(`{"message":"The site's words, with correct horse in them"}`))
				return true
			}
			w.people.mu.Unlock()
			id := w.start("mail-user", ada)
			w.drain()
			r := w.is(id, workflow.Failed)
			if r.Error == nil || !strings.HasSuffix(r.Error.Type, "/"+tt.kind) || r.Error.Status != tt.status || !strings.Contains(r.Error.Detail, "The site's words") {
				w.Errorf("the failure is %+v", r.Error)
			}
			if len(w.mails()) != 0 {
				w.Error("something was mailed")
			}
		}
		w.lacks("correct horse")
	})
}

func TestAStepThatFailedFailsAgainWhenTheRunGoesOn(t *testing.T) {
	each(t, func(w *world) {
		seen := 0
		w.put("twice", func(ctx context.Context, facts workflow.Facts, host dsl.Host) (any, error) {
			_, err := call(ctx, host, "get", "confluence.getUser", map[string]any{"accountId": "nobody"})
			if f, ok := errors.AsType[*dsl.Failure](err); !ok || f.Status != 404 {
				w.Errorf("the failure is %v", err)
			}
			seen++
			if err := host.Wait(ctx, "/do/wait", time.Hour); err != nil {
				return nil, err
			}
			return "over", nil
		})
		id := w.start("twice", nil)
		w.drain()
		w.is(id, workflow.Waiting)
		if w.drain() != 0 {
			w.Error("the run does not wait")
		}
		w.clock.Pass(time.Hour)
		w.drain()
		w.is(id, workflow.Succeeded)
		if w.people.times(getUser) != 1 || seen != 2 {
			w.Errorf("asked %d times, ran %d times", w.people.times(getUser), seen)
		}
	})
}

func TestARunIsStartedOnceForOneKey(t *testing.T) {
	each(t, func(w *world) {
		w.put("mail-user", mailUser)
		start := workflow.Start{Workflow: "mail-user", Input: ada, Key: "order 4711"}
		first, again, err := w.store.Start(t.Context(), site, operator, start)
		if err != nil || again {
			w.Fatal(again, err)
		}
		second, again, err := w.store.Start(t.Context(), site, operator, start)
		if err != nil || !again || second.ID != first.ID {
			w.Errorf("the second start gave %s, %v, %v", second.ID, again, err)
		}
		start.Input = map[string]any{"accountId": "557058:grace", "to": "boss@example.com"}
		if _, _, err := w.store.Start(t.Context(), site, operator, start); kindOf(err) != failure.Conflict {
			w.Error(err)
		}
		if _, again, err := w.store.Start(t.Context(), site+1, operator, start); kindOf(err) != failure.NotFound || again {
			w.Error(err)
		}
		w.drain()
		if third, again, err := w.store.Start(t.Context(), site, operator, workflow.Start{Workflow: "mail-user", Input: ada, Key: "order 4711"}); err != nil || !again || third.State != workflow.Succeeded {
			w.Errorf("after its end: %+v, %v, %v", third.State, again, err)
		}
		if len(w.mails()) != 1 {
			w.Errorf("%d mails", len(w.mails()))
		}
	})
}

func TestManyWhoStartWithOneKeyAtTheSameTimeGetOneRun(t *testing.T) {
	each(t, func(w *world) {
		w.put("mail-user", mailUser)
		ids, errs := make(chan string, 16), make(chan error, 16)
		for range 16 {
			go func() {
				r, _, err := w.store.Start(context.WithoutCancel(t.Context()), site, operator, workflow.Start{Workflow: "mail-user", Input: ada, Key: "k"})
				ids <- r.ID
				errs <- err
			}()
		}
		all := map[string]bool{}
		for range 16 {
			all[<-ids] = true
			if err := <-errs; err != nil {
				w.Error(err)
			}
		}
		if len(all) != 1 {
			w.Errorf("there are %d runs", len(all))
		}
	})
}

func TestARunIsPinnedToItsFile(t *testing.T) {
	each(t, func(w *world) {
		w.put("pinned", func(ctx context.Context, _ workflow.Facts, host dsl.Host) (any, error) {
			return "the first file", host.Wait(ctx, "/wait", time.Hour)
		})
		id := w.start("pinned", nil)
		w.drain()
		w.put("pinned", func(context.Context, workflow.Facts, dsl.Host) (any, error) { return "the second file", nil })
		if err := w.store.Remove(t.Context(), site, operator, "pinned"); err != nil {
			w.Fatal(err)
		}
		if _, err := w.store.Prune(t.Context(), site, w.clock.Now(), w.clock.Now()); err != nil {
			w.Fatal(err)
		}
		w.clock.Pass(time.Hour)
		w.drain()
		if r := w.is(id, workflow.Succeeded); string(r.Output) != `"the first file"` {
			w.Errorf("it followed %s", r.Output)
		}
		if _, _, err := w.store.Start(t.Context(), site, operator, workflow.Start{Workflow: "pinned"}); kindOf(err) != failure.NotFound {
			w.Error(err)
		}
	})
}

func TestAnEffectThatMayHaveBeenDoneIsUncertainUntilAPersonDecides(t *testing.T) {
	each(t, func(w *world) {
		w.put("group", func(ctx context.Context, _ workflow.Facts, host dsl.Host) (any, error) {
			return call(ctx, host, "create", "confluence.createGroup", map[string]any{"name": "engineers"})
		})
		hang := func(out http.ResponseWriter, _ *http.Request) bool { panic(http.ErrAbortHandler) }
		for _, sent := range []bool{true, false} {
			w.people.mu.Lock()
			w.people.hook, w.people.asked = hang, map[string]int{}
			w.people.mu.Unlock()
			id := w.start("group", nil)
			w.drain()
			r := w.is(id, workflow.Uncertain)
			if len(r.Steps) != 1 || r.Steps[0].State != workflow.StepUncertain {
				w.Fatalf("the steps are %+v", r.Steps)
			}
			w.clock.Pass(24 * time.Hour)
			if n := w.drain(); n != 0 || w.people.times(createGroup) != 1 {
				w.Errorf("it was asked %d times", w.people.times(createGroup))
			}
			if list, err := w.store.Runs(t.Context(), site, workflow.Filter{State: workflow.Uncertain}); err != nil || len(list) != 1 {
				w.Errorf("uncertain are %v, %v", list, err)
			}
			w.people.mu.Lock()
			w.people.hook = nil
			w.people.mu.Unlock()
			decide, times := w.store.Resend, 2
			if sent {
				decide, times = w.store.MarkSent, 1
			}
			if err := decide(t.Context(), site, operator, id, w.outbox); err != nil {
				w.Fatal(err)
			}
			w.drain()
			if w.is(id, workflow.Succeeded); w.people.times(createGroup) != times {
				w.Errorf("it was asked %d times, not %d", w.people.times(createGroup), times)
			}
			if err := decide(t.Context(), site, operator, id, w.outbox); kindOf(err) != failure.Conflict {
				w.Error(err)
			}
		}
	})
}

func TestARepeatableEffectIsRepeated(t *testing.T) {
	each(t, func(w *world) {
		w.put("watch", func(ctx context.Context, _ workflow.Facts, host dsl.Host) (any, error) {
			_, err := call(ctx, host, "watch", "confluence.addWatch", map[string]any{"contentId": "42"})
			return nil, err
		})
		once := false
		w.people.hook = func(out http.ResponseWriter, r *http.Request) bool {
			if !once {
				once = true
				panic(http.ErrAbortHandler)
			}
			return false
		}
		id := w.start("watch", nil)
		w.drain()
		if r := w.is(id, workflow.Failed); !strings.HasSuffix(r.Error.Type, "/communication") {
			w.Errorf("the failure is %+v", r.Error)
		}
	})
}

func TestMailSentAtMostOnceThatIsUncertainMakesItsRunUncertain(t *testing.T) {
	each(t, func(w *world) {
		w.put("mail-user", mailUser, func(p *workflow.Program) { p.Delivery = string(mail.AtMostOnce) })
		id := w.start("mail-user", ada)
		w.drain()
		w.is(id, workflow.Succeeded)
		worker := mail.NewWorker(w.outbox, hand(mail.Answer{Outcome: mail.Unknown}), w.runner().Log)
		if _, err := worker.Drain(t.Context()); err != nil {
			w.Fatal(err)
		}
		w.is(id, workflow.Uncertain)
		if list, err := w.store.Runs(t.Context(), site, workflow.Filter{State: workflow.Uncertain}); err != nil || len(list) != 1 || list[0].ID != id || list[0].State != workflow.Uncertain {
			w.Errorf("uncertain are %v, %v", list, err)
		}
		if err := w.store.Resend(t.Context(), site, operator, id, w.outbox); err != nil {
			w.Fatal(err)
		}
		w.is(id, workflow.Succeeded)
		worker.Transport = hand(mail.Answer{Outcome: mail.Accepted})
		if n, err := worker.Drain(t.Context()); err != nil || n != 1 {
			w.Error(n, err)
		}
		if err := w.store.MarkSent(t.Context(), site, operator, id, w.outbox); kindOf(err) != failure.Conflict {
			w.Error(err)
		}
	})
}

// hand is a transport that gives every recipient the same answer.
type hand mail.Answer

func (h hand) Send(_ context.Context, e mail.Envelope, ready func([]int) error) []mail.Answer {
	places, answers := make([]int, len(e.To)), make([]mail.Answer, len(e.To))
	for i := range e.To {
		places[i], answers[i] = i, mail.Answer(h)
	}
	if err := ready(places); err != nil {
		for i := range answers {
			answers[i] = mail.Answer{Outcome: mail.Later, Words: err.Error()}
		}
	}
	return answers
}

func TestAStartByHandIsRefusedWhereItCannotRun(t *testing.T) {
	each(t, func(w *world) {
		w.put("mail-user", mailUser)
		for _, tt := range []struct {
			start workflow.Start
			kind  failure.Kind
		}{
			{workflow.Start{Workflow: "other"}, failure.NotFound},
			{workflow.Start{Workflow: "mail-user", Input: map[string]any{"wrong": true}}, failure.Invalid},
			{workflow.Start{Workflow: "mail-user", Key: strings.Repeat("k", 256)}, failure.Invalid},
			{workflow.Start{Workflow: "mail-user", Input: map[string]any{"long": strings.Repeat("x", 300<<10)}}, failure.TooLarge},
		} {
			if _, _, err := w.store.Start(t.Context(), site, operator, tt.start); kindOf(err) != tt.kind {
				w.Errorf("%v: %v", tt.start.Workflow, err)
			}
		}
		if err := w.store.SetEnabled(t.Context(), site, operator, "mail-user", false); err != nil {
			w.Fatal(err)
		}
		if _, _, err := w.store.Start(t.Context(), site, operator, workflow.Start{Workflow: "mail-user", Input: ada}); kindOf(err) != failure.Invalid {
			w.Error(err)
		}
		if _, err := w.store.Put(t.Context(), site, operator, workflow.Draft{Text: []byte("no program")}); kindOf(err) != failure.Invalid {
			w.Error(err)
		}
	})
}
