package dsl

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"time"
)

// Run is what a run begins with.
type Run struct {
	ID        string
	Input     any // that the first task gets; nil for the trigger in a list, as the specification has it
	StartedAt time.Time
	Trigger   any // the event that began it, which $workflow.input[0] is then; nil where none did
}

// maxRun is how many tasks, and turns of loops, a run may come to.
const maxRun = 10_000

// running is a run under way. It is used by one goroutine.
type running struct {
	file     *File
	host     Host
	id       string
	context  any
	workflow map[string]any
	steps    int
}

// Run runs the workflow against a host to its end, and returns its output. Its error is a [*Failure] that nothing caught,
// with the place of the task that failed, or an error of the host, or of the context.
func (f *File) Run(ctx context.Context, run Run, host Host) (output any, err error) {
	input := run.Input
	if input == nil && run.Trigger != nil {
		input = []any{run.Trigger}
	}
	raw := input
	if run.Trigger != nil {
		raw = []any{run.Trigger}
	}
	input, err = copyOf(input, maxData)
	if err == nil {
		raw, err = copyOf(raw, maxData)
	}
	if err != nil {
		return nil, failure(ValidationError, "the input cannot be used: %v", err)
	}
	at := run.StartedAt.UTC()
	r := &running{file: f, host: host, id: run.ID, context: map[string]any{}, workflow: map[string]any{
		"id": run.ID, "definition": f.definition, "input": raw,
		"startedAt": map[string]any{
			"iso8601": at.Format("2006-01-02T15:04:05.000Z"),
			"epoch":   map[string]any{"seconds": int(at.Unix()), "milliseconds": int(at.UnixMilli())},
		},
	}}
	s := &scope{running: r, input: input, attempt: 1}
	if f.from != nil {
		if input, err = f.from.evaluate(ctx, s, input); err != nil {
			return nil, placed(err, "/input/from")
		}
		s.input = input
	}
	output, _, err = s.list(ctx, f.tasks, "/do", input)
	if err != nil || f.as == nil {
		return output, err
	}
	s.output = output
	output, err = f.as.evaluate(ctx, s, output)
	return output, placed(err, "/output/as")
}

// placed says where a failure is, if it does not say so itself.
func placed(err error, place string) error {
	var f *Failure
	if !errors.As(err, &f) || f.Instance != "" {
		return err
	}
	at := *f
	at.Instance = place
	return &at
}

// scope is what the expressions of a task see, and what is around it.
type scope struct {
	*running

	vars          map[string]any // of loops and failures
	task          *task
	place         string
	input, output any
	attempt       int
	limit         *limit
}

// within is a scope for tasks inside.
func (s *scope) within(vars map[string]any) *scope {
	inner := &scope{running: s.running, vars: s.vars, attempt: s.attempt, limit: s.limit}
	if len(vars) > 0 {
		inner.vars = maps.Clone(s.vars)
		if inner.vars == nil {
			inner.vars = map[string]any{}
		}
		maps.Copy(inner.vars, vars)
	}
	return inner
}

// evaluate gives an expression its variables.
func (s *scope) evaluate(ctx context.Context, e *expression, in any) (any, error) {
	values := make([]any, 0, len(e.names))
	for _, name := range e.names {
		var v any
		switch name {
		case "$context":
			v = s.context
		case "$input":
			v = s.input
		case "$output":
			v = s.output
		case "$workflow":
			v = s.workflow
		case "$runtime":
			v = map[string]any{"name": "roster"}
		case "$task":
			if t := s.task; t != nil {
				v = map[string]any{"name": t.name, "reference": s.place, "definition": t.definition, "input": s.input, "output": s.output}
			}
		case "$secrets":
			secrets := map[string]any{}
			for _, name := range e.secrets {
				secret, err := s.host.Secret(ctx, name)
				if err != nil {
					return nil, fmt.Errorf("the secret %s: %w", name, err)
				}
				secrets[name] = secret
			}
			v = secrets
		default:
			v = s.vars[name]
		}
		values = append(values, v)
	}
	return e.evaluate(ctx, in, values)
}

// holds tells whether a condition is neither false nor null. There may be none.
func (s *scope) holds(ctx context.Context, e *expression, in any) (bool, error) {
	v, err := s.evaluate(ctx, e, in)
	return v != nil && v != false, err
}

// step counts a task or a turn.
func (r *running) step(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if r.steps++; r.steps > maxRun {
		return failure(RuntimeError, "the run was stopped after %d tasks", maxRun)
	}
	return nil
}

// list runs tasks. It returns what the last of them gave, and whether the workflow ends with it.
func (s *scope) list(ctx context.Context, tasks []*task, prefix string, in any) (out any, ends bool, err error) {
	visits := make([]int, len(tasks))
	for i := 0; i < len(tasks); {
		t := tasks[i]
		visits[i]++
		place := prefix + "/" + strconv.Itoa(i) + "/" + t.name
		if visits[i] > 1 {
			place += "@" + strconv.Itoa(visits[i])
		}
		if err := s.step(ctx); err != nil {
			return nil, false, placed(err, place)
		}
		out, then, err := s.one(ctx, t, place, in)
		if err != nil {
			return nil, false, placed(err, place)
		}
		in = out
		switch then {
		case "", "continue":
			i++
		case "exit":
			return in, false, nil
		case "end":
			return in, true, nil
		default:
			for i = 0; tasks[i].name != then; {
				i++
			}
		}
	}
	return in, false, nil
}

// one runs a task, and returns where to go on.
func (s *scope) one(ctx context.Context, t *task, place string, raw any) (out any, then string, err error) {
	own := s.within(nil)
	own.task, own.place, own.input = t, place, raw
	if t.cond != nil {
		if holds, err := own.holds(ctx, t.cond, raw); err != nil || !holds {
			return raw, "", err
		}
	}
	if t.schema != nil {
		if err := check(t.schema, raw); err != nil {
			return nil, "", err
		}
	}
	in := raw
	if t.from != nil {
		if in, err = t.from.evaluate(ctx, own, raw); err != nil {
			return nil, "", err
		}
	}
	own.input = in
	out, then, err = own.timed(ctx, in)
	if err == nil {
		out, err = own.shaped(ctx, out)
	}
	if t.kind != "call" {
		s.host.Done(place, t.name, t.kind, in, out, placed(err, place))
	}
	return out, then, err
}

// shaped filters what a task gave, and exports of it.
func (s *scope) shaped(ctx context.Context, out any) (any, error) {
	t := s.task
	var err error
	s.output = out
	if t.as != nil {
		if out, err = t.as.evaluate(ctx, s, out); err != nil {
			return nil, err
		}
		s.output = out
	}
	if t.export == nil {
		return out, nil
	}
	exported, err := t.export.evaluate(ctx, s, out)
	if err == nil {
		s.context, err = copyOf(exported, maxData)
	}
	if err != nil {
		return nil, asFailure(err)
	}
	return out, nil
}

// asFailure makes a failure of what is wrong with a value.
func asFailure(err error) error {
	var f *Failure
	if errors.As(err, &f) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return failure(RuntimeError, "%v", err)
}
