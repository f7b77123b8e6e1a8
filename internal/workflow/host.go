package workflow

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/action"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

// Actions that are no operation of a site.
const (
	mailSend = "mail.send"
	callHTTP = "http"
)

// Call runs an action, or returns what came of it when it ran at the same place before.
func (j *journal) Call(ctx context.Context, c dsl.Call) (any, error) {
	j.ordinal++
	a, known := j.Actions.Named(c.Action)
	s, before := j.known[c.Place]
	if before {
		switch s.State {
		case StepDone:
			return decode(orNull(s.Output))
		case StepFailed:
			return nil, s.Error
		}
	}
	if j.whole.Err() != nil {
		return nil, context.Cause(j.whole)
	}
	if err := j.post(ctx); err != nil {
		return nil, err
	}
	if !known {
		return nil, &dsl.Failure{Type: dsl.ConfigurationError, Status: 500, Title: "There is no action " + c.Action}
	}
	delivery := mail.Delivery(cmp.Or(c.Delivery, j.program.Delivery, string(mail.AtLeastOnce)))
	effect, repeatable := effectOf(a, c.With)
	switch {
	case before && (!repeatable || delivery == mail.AtMostOnce):
		return nil, j.park(ctx, s)
	case a.Name == mailSend:
		return j.send(ctx, c, delivery)
	case effect:
		return j.effect(ctx, c, a, repeatable && delivery != mail.AtMostOnce)
	}
	s = j.begin(c.Place, c.Task, c.Action, c.Attempt, nil)
	text, err := j.perform(ctx, a, c.With)
	s.Input = shown(j.hide.arguments(c.Action, c.With)) // after the call: it may have told us a secret
	return j.answered(ctx, s, text, err)
}

// effectOf tells whether a call changes something, and whether a second time changes nothing more.
func effectOf(a action.Action, with map[string]any) (effect, repeatable bool) {
	if a.Name != callHTTP {
		return a.Effect, a.Repeatable
	}
	switch methodOf(with) {
	case "GET", "HEAD", "OPTIONS":
		return false, true
	case "PUT", "DELETE":
		return true, true
	}
	return true, false
}

// effect notes that an action begins, runs it and notes what came of it: three steps, so that whoever finds only the
// first knows that the action may have been done.
func (j *journal) effect(ctx context.Context, c dsl.Call, a action.Action, repeatable bool) (any, error) {
	if err := j.showSecrets(ctx); err != nil {
		return nil, err
	}
	s := j.begin(c.Place, c.Task, c.Action, c.Attempt, j.hide.arguments(c.Action, c.With))
	j.pending = append(j.pending, s)
	if err := j.flush(ctx, "run.effect"); err != nil {
		return nil, err
	}
	j.open = &s
	text, err := j.perform(ctx, a, c.With)
	if unknown(err) && !repeatable && j.whole.Err() == nil {
		j.open = nil
		return nil, j.park(ctx, s)
	}
	if err != nil && j.whole.Err() != nil {
		return nil, context.Cause(j.whole) // it stays open
	}
	j.open = nil
	v, answer := j.answered(ctx, s, text, err)
	if failed, ok := errors.AsType[*dsl.Failure](answer); answer != nil && (!ok || failed == nil) {
		return nil, answer
	}
	if err := j.flush(ctx, "run.effect"); err != nil {
		return nil, err
	}
	return v, answer
}

// answered notes what came of a call, and returns it: a value or a failure. Any other error ends the claim, not the run.
func (j *journal) answered(ctx context.Context, s Step, text []byte, err error) (any, error) {
	if err != nil && j.whole.Err() != nil {
		return nil, context.Cause(j.whole)
	}
	var v any
	var output json.RawMessage
	if err == nil {
		output, v, err = j.kept(text)
	}
	if err != nil && ctx.Err() != nil {
		err = tookTooLong(ctx) // so that it did when the run goes on, too
	}
	failed, ok := errors.AsType[*dsl.Failure](err)
	if err != nil && !ok {
		return nil, err
	}
	if failed != nil {
		hidden := *failed
		hidden.Title, hidden.Detail = j.hide.text(failed.Title), j.hide.text(failed.Detail)
		failed = &hidden
	}
	j.end(&s, output, failed)
	if err := j.note(ctx, s); err != nil {
		return nil, err
	}
	if failed != nil {
		return nil, failed
	}
	return v, nil
}

// send has mail queued in the transaction that stores the step, so that both stand or neither: before the run asks for
// anything else, or with its end. The message's ID follows from the run and the place.
func (j *journal) send(ctx context.Context, c dsl.Call, delivery mail.Delivery) (any, error) {
	s := j.begin(c.Place, c.Task, c.Action, c.Attempt, j.hide.arguments(c.Action, c.With))
	m, err := j.letter(c, delivery)
	if err != nil {
		return j.answered(ctx, s, nil, err)
	}
	text, err := json.Marshal(map[string]any{"messageId": m.ID(), "recipients": m.Recipients(), "delivery": string(delivery)})
	if err != nil {
		return nil, err
	}
	output, v, err := j.kept(text)
	if err != nil {
		return j.answered(ctx, s, nil, err)
	}
	j.end(&s, output, nil)
	s.MessageID = m.ID()
	j.pending, j.mail = append(j.pending, s), append(j.mail, m)
	j.mentions.find(c.With)
	return v, nil
}

// letter composes the message that a call asks for: what could not be queued later fails here.
func (j *journal) letter(c dsl.Call, delivery mail.Delivery) (ready mail.Ready, err error) {
	if j.Outbox == nil {
		return ready, &dsl.Failure{Type: dsl.ConfigurationError, Status: 500, Title: "No mail is sent here", Detail: "No mail server is set."}
	}
	run, err := uuid.Parse(j.c.id)
	if err != nil {
		return ready, fmt.Errorf("the run's ID: %w", err)
	}
	m, err := j.Compose(c.With)
	if err == nil {
		m.ID, m.Delivery, m.Date = uuid.NewSHA1(run, []byte(c.Place)).String(), delivery, j.now()
		if m.From.Address == "" {
			m.From = j.From
		}
		ready, err = j.Outbox.Prepare(m)
	}
	if kind, words := failure.Of(err); err != nil && kind != failure.Internal {
		err = invalid(words)
	} else if err != nil {
		err = fmt.Errorf("compose a message: %w", err)
	}
	return ready, err
}

// park leaves the run until a person says whether a step was done.
func (j *journal) park(ctx context.Context, s Step) error {
	s.State = StepUncertain
	j.pending = append(j.pending, s)
	if err := j.letGo(ctx, "run.uncertain", progress{state: Uncertain}); err != nil {
		return err
	}
	return errParked
}

// tookTooLong is the failure of a task whose time is over, as its interpreter knows it.
func tookTooLong(ctx context.Context) error {
	if f, ok := errors.AsType[*dsl.Failure](context.Cause(ctx)); ok {
		return f
	}
	return dsl.NewFailure(dsl.TimeoutError, "The task took too long.")
}

// Done is told of every task that asks nothing of the host. One that the run did not come to the end of is not noted.
func (j *journal) Done(place, task, kind string, input, output any, err error) {
	failed, isFailure := errors.AsType[*dsl.Failure](err)
	_, before := j.known[place]
	if before || err != nil && !isFailure || kind == kindWait {
		return
	}
	j.ordinal++
	s := j.begin(place, task, kind, 1, j.hide.value(input))
	j.end(&s, shown(j.hide.value(output)), failed)
	j.pending = append(j.pending, s)
}

// Secret returns the present value of a secret, which is hidden from then on.
func (j *journal) Secret(ctx context.Context, name string) (string, error) {
	value, found, err := j.Store.secret(context.WithoutCancel(ctx), j.c.site, name)
	if err == nil && !found {
		err = &dsl.Failure{Type: dsl.ConfigurationError, Status: 500, Title: "There is no secret " + name}
	}
	j.hide.add(value)
	return value, err
}

// kindWait is the kind of a step that waits.
const kindWait = "wait"

// until is what is stored of a wait.
type until struct {
	Until time.Time `json:"until"`
}

// Wait returns at the end of a time that began when the run first came to the place. A long one gives the run back.
func (j *journal) Wait(ctx context.Context, place string, d time.Duration) error {
	j.ordinal++
	s, before := j.known[place]
	if before && s.State == StepDone {
		return nil
	}
	if err := j.post(ctx); err != nil {
		return err
	}
	now, end := j.now(), until{}
	if before {
		if err := json.Unmarshal(s.Output, &end); err != nil {
			return fmt.Errorf("read the wait at %s: %w", place, err)
		}
	} else {
		s = j.begin(place, path.Base(place), kindWait, 1, d.String())
		end.Until = now.Add(d)
	}
	rest := end.Until.Sub(now)
	if rest > j.Moment {
		return j.waitLong(ctx, s, end)
	}
	if rest > 0 && j.pause(j.whole, rest) != nil {
		return context.Cause(j.whole)
	}
	j.end(&s, nil, nil)
	return j.note(ctx, s)
}

// waitLong gives the run back until the end of a wait, or of the time that the run may take.
func (j *journal) waitLong(ctx context.Context, s Step, end until) error {
	text, err := json.Marshal(end)
	if err != nil {
		return err
	}
	s.State, s.Output = StepWaiting, text
	j.pending = append(j.pending, s)
	due := end.Until
	if limit := j.c.facts.StartedAt.Add(j.program.Timeout); j.program.Timeout > 0 && limit.Before(due) {
		due = limit
	}
	if err := j.letGo(ctx, "run.wait", progress{state: Waiting, due: due}); err != nil {
		return err
	}
	return errParked
}

func orNull(text json.RawMessage) json.RawMessage {
	if len(text) == 0 {
		return json.RawMessage("null")
	}
	return text
}
