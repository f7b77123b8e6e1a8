package rosteradmin

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
)

// Workflows stores workflows.
type Workflows struct{ client *Client }

const (
	workflowsPath   = "/_roster/workflows"
	runsPath        = "/_roster/runs"
	connectionsPath = "/_roster/connections"
	secretsPath     = "/_roster/secrets"
)

// List returns all workflows of the site, by name, without their files.
func (w *Workflows) List(ctx context.Context) ([]Workflow, error) {
	var all struct{ Results []Workflow }
	err := w.client.call(ctx, http.MethodGet, workflowsPath, nil, &all)
	return all.Results, err
}

// Show returns a workflow with its file.
func (w *Workflows) Show(ctx context.Context, name string) (Workflow, error) {
	var one Workflow
	err := w.client.call(ctx, http.MethodGet, workflowsPath+"/"+url.PathEscape(name), nil, &one)
	return one, err
}

// Put stores a workflow in the place of one of its name. Runs that began go on with the file that they began with. A file
// that is wrong is a 400 whose message says where.
func (w *Workflows) Put(ctx context.Context, draft WorkflowDraft) (Workflow, error) {
	var one Workflow
	err := w.client.call(ctx, http.MethodPost, workflowsPath, draft, &one)
	return one, err
}

// Enable says whether a workflow may be started.
func (w *Workflows) Enable(ctx context.Context, name string, enabled bool) error {
	verb := "/disable"
	if enabled {
		verb = "/enable"
	}
	return w.client.call(ctx, http.MethodPost, workflowsPath+"/"+url.PathEscape(name)+verb, nil, nil)
}

// Remove deletes a workflow. Its runs stay.
func (w *Workflows) Remove(ctx context.Context, name string) error {
	return w.client.call(ctx, http.MethodDelete, workflowsPath+"/"+url.PathEscape(name), nil, nil)
}

// Connections stores the accounts as which workflows call.
type Connections struct{ client *Client }

// List returns all connections of the site, by name, without their secrets.
func (c *Connections) List(ctx context.Context) ([]Connection, error) {
	var all struct{ Results []Connection }
	err := c.client.call(ctx, http.MethodGet, connectionsPath, nil, &all)
	return all.Results, err
}

// Put stores a connection in the place of one of its name.
func (c *Connections) Put(ctx context.Context, one Connection) error {
	name := one.Name
	one.Name = ""
	return c.client.call(ctx, http.MethodPut, connectionsPath+"/"+url.PathEscape(name), one, nil)
}

// Remove deletes a connection that no workflow uses.
func (c *Connections) Remove(ctx context.Context, name string) error {
	return c.client.call(ctx, http.MethodDelete, connectionsPath+"/"+url.PathEscape(name), nil, nil)
}

// WorkflowSecrets stores what workflows know and nobody else sees.
type WorkflowSecrets struct{ client *Client }

// List returns the names of all secrets of the site.
func (s *WorkflowSecrets) List(ctx context.Context) ([]WorkflowSecret, error) {
	var all struct{ Results []WorkflowSecret }
	err := s.client.call(ctx, http.MethodGet, secretsPath, nil, &all)
	return all.Results, err
}

// Put stores a secret in the place of one of its name.
func (s *WorkflowSecrets) Put(ctx context.Context, name, value string) error {
	return s.client.call(ctx, http.MethodPut, secretsPath+"/"+url.PathEscape(name), map[string]string{"value": value}, nil)
}

// Remove deletes a secret.
func (s *WorkflowSecrets) Remove(ctx context.Context, name string) error {
	return s.client.call(ctx, http.MethodDelete, secretsPath+"/"+url.PathEscape(name), nil, nil)
}

// Runs starts runs of workflows and follows them.
type Runs struct{ client *Client }

// Start queues a run of a workflow. An input that the workflow does not take is a 400, an idempotency key that stands for
// another start a 409.
func (runs *Runs) Start(ctx context.Context, workflow string, start RunStart) (Run, error) {
	var run Run
	path := workflowsPath + "/" + url.PathEscape(workflow) + "/runs"
	r, err := runs.client.request(ctx, http.MethodPost, path, start)
	if err == nil && start.Key != "" {
		r.Header.Set("Idempotency-Key", start.Key)
	}
	if err == nil {
		err = runs.client.send(r, &run)
	}
	if err != nil {
		return run, fmt.Errorf("%s %s: %w", http.MethodPost, path, err)
	}
	return run, nil
}

// Matching goes through the runs that a filter admits, the newest first: a page at a time as they are needed. An error
// ends it.
func (runs *Runs) Matching(ctx context.Context, f RunFilter) iter.Seq2[Run, error] {
	q := url.Values{}
	set(q, "workflow", f.Workflow)
	set(q, "state", string(f.State))
	return pages(ctx, runs.client, runsPath, q, func(p RunPage) ([]Run, string) { return p.Results, p.Next })
}

// Show returns a run with its steps.
func (runs *Runs) Show(ctx context.Context, id string) (Run, error) {
	var run Run
	err := runs.client.call(ctx, http.MethodGet, runsPath+"/"+url.PathEscape(id), nil, &run)
	return run, err
}

// Cancel ends a run before its next step. One that has ended is a 409.
func (runs *Runs) Cancel(ctx context.Context, id string) (Run, error) {
	return runs.decide(ctx, id, "cancel")
}

// Resend has what is uncertain in a run done again.
func (runs *Runs) Resend(ctx context.Context, id string) (Run, error) {
	return runs.decide(ctx, id, "resend")
}

// MarkSent says that what is uncertain in a run was done.
func (runs *Runs) MarkSent(ctx context.Context, id string) (Run, error) {
	return runs.decide(ctx, id, "sent")
}

func (runs *Runs) decide(ctx context.Context, id, verb string) (Run, error) {
	var run Run
	err := runs.client.call(ctx, http.MethodPost, runsPath+"/"+url.PathEscape(id)+"/"+verb, nil, &run)
	return run, err
}
