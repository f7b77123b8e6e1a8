package workflows_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/workflow/dsl"
	"github.com/rosterhq/roster/internal/workflow/letter"
)

// desk is a host that answers calls from a table and keeps the mail.
type desk struct {
	t       *testing.T
	answers map[string]func(with map[string]any) any // by action; a *dsl.Failure is one
	calls   []string
	mailed  []mail.Message
	waited  time.Duration
}

func (d *desk) Call(_ context.Context, c dsl.Call) (any, error) {
	d.calls = append(d.calls, c.Action)
	if c.Action == "mail.send" {
		m, err := letter.Compose(c.With)
		if err != nil {
			return nil, &dsl.Failure{Type: dsl.ValidationError, Status: 400, Detail: err.Error()}
		}
		d.mailed = append(d.mailed, m)
		return map[string]any{"messageId": fmt.Sprint(len(d.mailed))}, nil
	}
	answer, ok := d.answers[c.Action]
	if !ok {
		d.t.Errorf("nobody answers %s", c.Action)
		return nil, &dsl.Failure{Type: dsl.CommunicationError, Status: 500, Detail: "nobody answers"}
	}
	said := answer(c.With)
	if f, failed := said.(*dsl.Failure); failed {
		return nil, f
	}
	return said, nil
}

func (d *desk) Wait(_ context.Context, _ string, span time.Duration) error {
	d.waited += span
	return nil
}

func (d *desk) Secret(_ context.Context, name string) (string, error) {
	return "secret of " + name, nil
}

func (d *desk) Done(string, string, string, any, any, error) {}

// says is an answer that is always the same: JSON.
func says(text string) func(map[string]any) any {
	return func(map[string]any) any {
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			panic(err)
		}
		return v
	}
}
