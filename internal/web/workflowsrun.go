package web

import (
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

// runWorkflow starts a run with what the form says. A workflow of the library becomes one of the site first, or is only
// added to it, where that is all that was asked for.
func (v *visit) runWorkflow() error {
	name := v.r.PathValue("workflow")
	if !v.posted() {
		return v.goTo(workflowPath(name))
	}
	page, err := v.workflowPage(name)
	if err != nil {
		return err
	}
	if page.File == nil {
		return failure.Invalid.Errorf("The file of workflow %q cannot be read.", name)
	}
	form := v.r.PostForm
	only := form.Get("do") == "add"
	var input map[string]any
	if !only {
		page.Fields = inputFields(page.File, form)
		if uuid.Validate(form.Get("key")) == nil {
			page.Key = form.Get("key")
		}
		good := false
		if input, page.Problem, good = typedInput(page.File, page.Fields); !good {
			page.Wrong, page.Connections.Chosen = true, form.Get("connection")
			return v.show(http.StatusUnprocessableEntity, "workflow", page)
		}
	}
	if page.Stored.Name == "" {
		if err := v.takeFromLibrary(page.File, form.Get("connection")); err != nil {
			return err
		}
	}
	if only {
		return v.goTo(withQuery(workflowPath(name), "done", "added"))
	}
	r, _, err := v.Workflows.Start(v.ctx(), v.site.ID, v.by, workflow.Start{Workflow: name, Input: input, Key: "page:" + page.Key})
	if err != nil {
		return err
	}
	return v.goTo(runPath(r.ID))
}

// takeFromLibrary makes a workflow of the library one of the site.
func (v *visit) takeFromLibrary(f *dsl.File, connection string) error {
	name, err := v.connected(connection)
	if err != nil {
		return err
	}
	_, err = v.Workflows.Put(v.ctx(), v.site.ID, v.by, workflow.Draft{Text: []byte(f.Text), Connection: name, Enabled: true})
	return err
}

func workflowPath(name string) string { return workflowsPath + "/" + url.PathEscape(name) }

// inputOf is the input of an earlier run as it was typed.
func (v *visit) inputOf(f *dsl.File, run string) (url.Values, error) {
	typed := url.Values{}
	if uuid.Validate(run) != nil {
		return typed, nil
	}
	r, err := v.Workflows.Run(v.ctx(), v.site.ID, run)
	if err != nil || r.Workflow != f.Name {
		return typed, err
	}
	value, _ := jsonValue(string(r.Input))
	input, _ := value.(map[string]any)
	fields := inputFields(f, nil)
	for _, field := range fields {
		if one, there := input[field.Key]; there {
			typed.Set(field.Name, textOf(one))
		}
	}
	if len(fields) == 1 && fields[0].Key == wholeInput && fields[0].Label == "" {
		typed.Set(fields[0].Name, pretty(r.Input))
	}
	return typed, nil
}

// switchWorkflow says whether a workflow may be started.
func (v *visit) switchWorkflow() error {
	name := v.r.PathValue("workflow")
	if !v.posted() {
		return v.goTo(workflowPath(name))
	}
	enabled := v.r.PostForm.Get("enabled") == "true"
	if err := v.Workflows.SetEnabled(v.ctx(), v.site.ID, v.by, name, enabled); err != nil {
		return err
	}
	done := "disabled"
	if enabled {
		done = "enabled"
	}
	return v.goTo(withQuery(workflowPath(name), "done", done))
}

// workflowRemovePage asks whether a workflow is to be removed.
type workflowRemovePage struct {
	Frame
	Workflow workflow.Workflow
}

func (v *visit) removeWorkflow() error {
	w, err := v.Workflows.Workflow(v.ctx(), v.site.ID, v.r.PathValue("workflow"))
	if err != nil {
		return err
	}
	if !v.posted() {
		return v.show(http.StatusOK, "workflow-remove", workflowRemovePage{v.frame(), w})
	}
	if err := v.Workflows.Remove(v.ctx(), v.site.ID, v.by, w.Name); err != nil {
		return err
	}
	return v.goTo(withQuery(workflowsPath, "done", "removed", "of", w.Name, "hash", w.Hash, "connection", w.Connection))
}
