package dsl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/action"
)

var catalogue = action.Catalogue{
	{Name: "confluence.getUser", Parameters: []action.Parameter{{Name: "accountId", Required: true}, {Name: "expand"}, {Name: "limit", Type: "integer"}}},
	{Name: "mail.send", Parameters: []action.Parameter{
		{Name: "to", Required: true}, {Name: "subject"}, {Name: "text"}, {Name: "format", Type: "string", Values: []action.Value{{Value: "html"}, {Value: "text"}}},
	}},
	{Name: "http", Parameters: []action.Parameter{{Name: "method"}, {Name: "endpoint", Required: true}, {Name: "body"}, {Name: "headers"}}},
	{Name: "roster.listTokens"},
}

// errCut is how a fake host ends a run where it stands.
var errCut = errors.New("cut")

// fake is a host that keeps its answers, and ends the run at a call.
type fake struct {
	answer  func(ctx context.Context, c Call) (any, error)
	journal map[string]kept
	asked   []string // of this life
	done    []string
	waits   time.Duration
	cutAt   int // the question at which the run is cut; 0 for none
	calls   []Call
}

type kept struct {
	answer json.RawMessage
	err    error
}

// question counts what is asked, and tells whether it was answered before.
func (f *fake) question(place, what string) (kept, bool, error) {
	f.asked = append(f.asked, what+" "+place)
	k, known := f.journal[place]
	if !known && f.cutAt > 0 && len(f.journal) >= f.cutAt {
		return kept{}, false, errCut
	}
	return k, known, nil
}

func (f *fake) keep(place string, answer any, err error) {
	if f.journal == nil {
		f.journal = map[string]kept{}
	}
	if _, twice := f.journal[place]; twice {
		panic("two answers at " + place)
	}
	text, wrong := json.Marshal(answer)
	if wrong != nil {
		panic(wrong)
	}
	f.journal[place] = kept{text, err}
}

func (f *fake) Call(ctx context.Context, c Call) (any, error) {
	k, known, err := f.question(c.Place, "call "+c.Action)
	if err != nil {
		return nil, err
	}
	if !known {
		var answer any
		var err error
		f.calls = append(f.calls, c)
		if f.answer != nil {
			answer, err = f.answer(ctx, c)
		}
		f.keep(c.Place, answer, err)
		k = f.journal[c.Place]
	}
	if k.err != nil {
		return nil, k.err
	}
	var v any
	return v, json.Unmarshal(k.answer, &v)
}

func (f *fake) Wait(_ context.Context, place string, d time.Duration) error {
	_, known, err := f.question(place, "wait")
	if err == nil && !known {
		f.waits += d
		f.keep(place, nil, nil)
	}
	return err
}

func (f *fake) Secret(_ context.Context, name string) (string, error) { return "the " + name, nil }

func (f *fake) Done(place, task, kind string, _, _ any, err error) {
	state := "done"
	if err != nil {
		state = "failed"
	}
	f.done = append(f.done, fmt.Sprintf("%s %s %s %s", place, task, kind, state))
}

// head is the beginning of a file.
const head = "document: {dsl: '1.0.0', namespace: test, name: test, version: '0.1.0'}\n"

func parsed(t *testing.T, text string) *File {
	t.Helper()
	f, err := Parse([]byte(text), catalogue)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return f
}

// run runs a file with an input that is a text of JSON.
func run(t *testing.T, text, input string, host *fake) (any, error) {
	t.Helper()
	if host == nil {
		host = &fake{}
	}
	return parsed(t, text).Run(t.Context(), Run{ID: "1", Input: fromText(t, input), StartedAt: time.Unix(1_700_000_000, 0)}, host)
}
