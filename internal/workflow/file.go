package workflow

import (
	"context"

	"github.com/rosterhq/roster/internal/action"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

// Files returns what reads workflow files that call these actions: the Read of a [Store].
func Files(actions action.Catalogue) func(text []byte) (*Program, error) {
	return func(text []byte) (*Program, error) {
		f, err := dsl.Parse(text, actions)
		if err != nil {
			return nil, err
		}
		p := &Program{
			Name: f.Name, Version: f.Version, Title: f.Title, Hash: f.Hash, Text: f.Text,
			Schedule: Schedule{Cron: f.Schedule.Cron, Every: f.Schedule.Every, After: f.Schedule.After}, Event: f.Schedule.On,
			Delivery: f.Delivery, Timeout: f.Timeout, CheckInput: f.CheckInput,
			Run: func(ctx context.Context, facts Facts, host dsl.Host) (any, error) {
				return f.Run(ctx, runOf(facts), host)
			},
		}
		return p, p.Schedule.Check()
	}
}

// runOf is what the interpreter knows of a run. The event that started it is its input where it has no other.
func runOf(facts Facts) dsl.Run {
	r := dsl.Run{ID: facts.ID, Input: facts.Input, StartedAt: facts.StartedAt}
	if cause, ok := facts.Cause.(map[string]any); ok && cause["kind"] == ByEvent {
		r.Trigger = cause["event"]
		if len(facts.Input) == 0 {
			r.Input = nil
		}
	}
	return r
}
