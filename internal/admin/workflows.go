package admin

import (
	"net/http"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/rosteradmin"
)

// Workflow is a workflow as it is answered.
func Workflow(w workflow.Workflow) rosteradmin.Workflow {
	return rosteradmin.Workflow{
		Name: w.Name, Title: w.Title, Version: w.Version, Hash: w.Hash, Enabled: w.Enabled, Connection: w.Connection, Event: w.Event,
		NextAt: moment(w.NextAt), CreatedAt: moment(w.CreatedAt), UpdatedAt: moment(w.UpdatedAt),
	}
}

func (s *Server) listWorkflows(c *call, _ string) (int, any, error) {
	all, err := s.Workflows.Workflows(c.Context(), c.site.ID)
	results := make([]rosteradmin.Workflow, len(all))
	for i, w := range all {
		results[i] = Workflow(w)
	}
	return http.StatusOK, list[rosteradmin.Workflow]{results}, err
}

// list is everything that there is of a kind.
type list[T any] struct {
	Results []T `json:"results"`
}

func (s *Server) showWorkflow(c *call, name string) (int, any, error) {
	w, err := s.Workflows.Workflow(c.Context(), c.site.ID, name)
	if err != nil {
		return 0, nil, err
	}
	out := Workflow(w)
	out.Text, err = s.Workflows.Text(c.Context(), c.site.ID, w.Hash)
	return http.StatusOK, out, err
}

func (s *Server) putWorkflow(c *call, _ string) (int, any, error) {
	var in rosteradmin.WorkflowDraft
	if err := c.read(&in); err != nil {
		return 0, nil, err
	}
	w, err := s.Workflows.Put(c.Context(), c.site.ID, c.by, workflow.Draft{Text: []byte(in.Text), Connection: in.Connection, Enabled: !in.Disabled})
	return http.StatusOK, Workflow(w), err
}

func enableWorkflow(enabled bool) operation {
	return func(s *Server, c *call, name string) (int, any, error) {
		if err := c.nothing(); err != nil {
			return 0, nil, err
		}
		return http.StatusNoContent, nil, s.Workflows.SetEnabled(c.Context(), c.site.ID, c.by, name, enabled)
	}
}

func (s *Server) removeWorkflow(c *call, name string) (int, any, error) {
	return http.StatusNoContent, nil, s.Workflows.Remove(c.Context(), c.site.ID, c.by, name)
}

func (s *Server) listConnections(c *call, _ string) (int, any, error) {
	all, err := s.Workflows.Connections(c.Context(), c.site.ID)
	results := make([]rosteradmin.Connection, len(all))
	for i, one := range all {
		results[i] = Connection(one)
	}
	return http.StatusOK, list[rosteradmin.Connection]{results}, err
}

// Connection is a connection as it is answered.
func Connection(c workflow.Connection) rosteradmin.Connection {
	return rosteradmin.Connection{
		Name: c.Name, Kind: c.Kind, BaseURL: c.BaseURL, Email: c.Email, AccountID: c.AccountID, CreatedAt: moment(c.CreatedAt), UpdatedAt: moment(c.UpdatedAt),
	}
}

func (s *Server) putConnection(c *call, name string) (int, any, error) {
	var in struct {
		Kind      string `json:"kind"`
		BaseURL   string `json:"baseUrl"`
		Email     string `json:"email"`
		AccountID string `json:"accountId"`
		Secret    string `json:"secret"`
	}
	if err := c.read(&in); err != nil {
		return 0, nil, err
	}
	one := workflow.Connection{Name: name, Kind: in.Kind, BaseURL: in.BaseURL, Email: in.Email, AccountID: in.AccountID}
	return http.StatusNoContent, nil, s.Workflows.PutConnection(c.Context(), c.site.ID, c.by, one, in.Secret)
}

func (s *Server) removeConnection(c *call, name string) (int, any, error) {
	return http.StatusNoContent, nil, s.Workflows.RemoveConnection(c.Context(), c.site.ID, c.by, name)
}

func (s *Server) listSecrets(c *call, _ string) (int, any, error) {
	all, err := s.Workflows.Secrets(c.Context(), c.site.ID)
	results := make([]rosteradmin.WorkflowSecret, len(all))
	for i, one := range all {
		results[i] = rosteradmin.WorkflowSecret{Name: one.Name, UpdatedAt: moment(one.UpdatedAt)}
	}
	return http.StatusOK, list[rosteradmin.WorkflowSecret]{results}, err
}

func (s *Server) putSecret(c *call, name string) (int, any, error) {
	var in struct {
		Value string `json:"value"`
	}
	if err := c.read(&in); err != nil {
		return 0, nil, err
	}
	if in.Value == "" {
		return 0, nil, failure.Invalid.Errorf("/value is missing.")
	}
	return http.StatusNoContent, nil, s.Workflows.PutSecret(c.Context(), c.site.ID, c.by, name, in.Value)
}

func (s *Server) removeSecret(c *call, name string) (int, any, error) {
	return http.StatusNoContent, nil, s.Workflows.RemoveSecret(c.Context(), c.site.ID, c.by, name)
}
