package admin

import (
	"cmp"
	"encoding/json"
	"net/http"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/internal/workflow/dsl"
	"github.com/rosterhq/roster/rosteradmin"
)

// mostRuns is how many runs a page holds.
const mostRuns = 100

// Run is a run as it is answered.
func Run(r workflow.Run) (rosteradmin.Run, error) {
	event, err := encoded(r.Cause.Event)
	out := rosteradmin.Run{
		ID: r.ID, Workflow: r.Workflow, Hash: r.Hash, Connection: r.Connection, State: rosteradmin.RunState(r.State),
		Cause: rosteradmin.RunCause{Kind: r.Cause.Kind, At: moment(r.Cause.At), Event: event}, Actor: r.Actor,
		Input: r.Input, Output: r.Output, Error: runError(r.Error),
		CreatedAt: moment(r.CreatedAt), StartedAt: moment(r.StartedAt), EndedAt: moment(r.EndedAt), DueAt: moment(r.DueAt), Erased: r.Erased,
	}
	for _, s := range r.Steps {
		out.Steps = append(out.Steps, rosteradmin.RunStep{
			Place: s.Place, Task: s.Task, Kind: s.Kind, State: string(s.State), Attempt: s.Attempt, Input: s.Input, Output: s.Output,
			Error: runError(s.Error), StartedAt: moment(s.StartedAt), EndedAt: moment(s.EndedAt), MessageID: s.MessageID,
		})
	}
	return out, err
}

func encoded(event any) (json.RawMessage, error) {
	if event == nil {
		return nil, nil
	}
	return json.Marshal(event)
}

func runError(f *dsl.Failure) *rosteradmin.RunError {
	if f == nil {
		return nil
	}
	e := rosteradmin.RunError(*f)
	return &e
}

func (s *Server) startRun(c *call, name string) (int, any, error) {
	var in struct {
		Input map[string]json.RawMessage `json:"input"`
	}
	if err := c.read(&in); err != nil {
		return 0, nil, err
	}
	if len(c.Header.Values("Idempotency-Key")) > 1 {
		return 0, nil, failure.Invalid.Errorf("There are two headers Idempotency-Key.")
	}
	input, err := values(in.Input)
	if err != nil {
		return 0, nil, err
	}
	r, again, err := s.Workflows.Start(c.Context(), c.site.ID, c.by, workflow.Start{Workflow: name, Input: input, Key: c.Header.Get("Idempotency-Key")})
	if err != nil {
		return 0, nil, err
	}
	out, err := Run(r)
	if again {
		return http.StatusOK, out, err
	}
	return http.StatusCreated, out, err
}

// values reads the values of an object of JSON.
func values(object map[string]json.RawMessage) (map[string]any, error) {
	read := make(map[string]any, len(object))
	for name, text := range object {
		var value any
		if err := json.Unmarshal(text, &value); err != nil {
			return nil, failure.Invalid.Errorf("/input/%s is not JSON.", name)
		}
		read[name] = value
	}
	return read, nil
}

func (s *Server) listRuns(c *call, _ string) (int, any, error) {
	q, err := c.query("workflow", "state", "after", "limit")
	if err != nil {
		return 0, nil, err
	}
	limit, err := q.limit(mostRuns)
	if err = cmp.Or(err, q.check("after", isRun, "no ID")); err != nil {
		return 0, nil, err
	}
	f := workflow.Filter{Workflow: q["workflow"], State: workflow.State(q["state"]), Below: q["after"], Limit: limit + 1}
	all, err := s.Workflows.Runs(c.Context(), c.site.ID, f)
	page := rosteradmin.RunPage{Results: []rosteradmin.Run{}}
	if len(all) > limit {
		all, page.Next = all[:limit], all[limit-1].ID
	}
	for _, r := range all {
		out, bad := Run(r)
		err = cmp.Or(err, bad)
		page.Results = append(page.Results, out)
	}
	return http.StatusOK, page, err
}

func isRun(id string) bool { return uuid.Validate(id) == nil }

func (s *Server) showRun(c *call, id string) (int, any, error) {
	if !isRun(id) {
		return 0, nil, failure.NotFound.Errorf("There is no run with this ID.")
	}
	r, err := s.Workflows.Run(c.Context(), c.site.ID, id)
	if err != nil {
		return 0, nil, err
	}
	out, err := Run(r)
	return http.StatusOK, out, err
}

// decideRun is what a person says about a run.
func decideRun(do func(s *Server, c *call, id string) error) operation {
	return func(s *Server, c *call, id string) (int, any, error) {
		if err := c.nothing(); err != nil {
			return 0, nil, err
		}
		if !isRun(id) {
			return 0, nil, failure.NotFound.Errorf("There is no run with this ID.")
		}
		if err := do(s, c, id); err != nil {
			return 0, nil, err
		}
		return s.showRun(c, id)
	}
}

func (s *Server) cancelRun(c *call, id string) error {
	return s.Workflows.Cancel(c.Context(), c.site.ID, c.by, id)
}

func (s *Server) resendRun(c *call, id string) error {
	return s.Workflows.Resend(c.Context(), c.site.ID, c.by, id, s.Outbox)
}

func (s *Server) markRunSent(c *call, id string) error {
	return s.Workflows.MarkSent(c.Context(), c.site.ID, c.by, id, s.Outbox)
}
