package web

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

// mostWorkflow is how many bytes of a workflow's file a form takes.
const mostWorkflow = 512 << 10

// workflowAddPage is the form that takes a workflow's file.
type workflowAddPage struct {
	Frame
	Text        string
	Of          string // the workflow that it replaces; empty for a new one
	Errors      []fileError
	Problem     string
	Exists      string // the workflow of this name, which would be replaced
	Disabled    bool   // it is not to be started yet
	Connections connectionChoice
}

// fileError is what is wrong with a file, with the line where it is.
type fileError struct {
	*dsl.Error
	Before, After string // of the line, up to the place and from there on
}

// addWorkflow takes the file of a workflow, written or uploaded. What is wrong with it stands beside it.
func (v *visit) addWorkflow() error {
	page := workflowAddPage{Frame: v.frame(), Of: v.r.URL.Query().Get("workflow")}
	var err error
	if v.posted() {
		return v.putWorkflow(page)
	}
	chosen := ""
	if page.Of != "" {
		w, err := v.Workflows.Workflow(v.ctx(), v.site.ID, page.Of)
		if err != nil {
			return err
		}
		chosen, page.Disabled = w.Connection, !w.Enabled
		if page.Text, err = v.Workflows.Text(v.ctx(), v.site.ID, w.Hash); err != nil {
			return err
		}
	}
	if page.Connections, err = v.connectionChoice(chosen); err != nil {
		return err
	}
	return v.show(http.StatusOK, "workflow-add", page)
}

func (v *visit) putWorkflow(page workflowAddPage) error {
	text, err := v.sentWorkflow()
	if err != nil {
		return err
	}
	form := v.r.Form
	page.Text, page.Of, page.Disabled = strings.ReplaceAll(text, "\r\n", "\n"), form.Get("of"), form.Get("disabled") == "true"
	if page.Connections, err = v.connectionChoice(form.Get("connection")); err != nil {
		return err
	}
	f, wrong := dsl.Parse([]byte(page.Text), catalogue())
	if wrong != nil {
		page.Errors = errorsIn(page.Text, wrong)
		return v.show(http.StatusUnprocessableEntity, "workflow-add", page)
	}
	if page.Exists, err = v.wouldReplace(f.Name, page.Of, form.Get("replace") == "true"); err != nil {
		return err
	}
	if page.Exists != "" {
		return v.show(http.StatusUnprocessableEntity, "workflow-add", page)
	}
	connection, err := v.connected(form.Get("connection"))
	if err != nil {
		return err
	}
	w, err := v.Workflows.Put(v.ctx(), v.site.ID, v.by, workflow.Draft{Text: []byte(page.Text), Connection: connection, Enabled: !page.Disabled})
	if err != nil {
		if page.Problem, err = said(err); err != nil {
			return err
		}
		return v.show(http.StatusUnprocessableEntity, "workflow-add", page)
	}
	return v.goTo(withQuery(workflowPath(w.Name), "done", "stored"))
}

// wouldReplace returns the name of a workflow that would be replaced without anybody having said so; empty for none.
func (v *visit) wouldReplace(name, of string, meant bool) (string, error) {
	if meant || name == of {
		return "", nil
	}
	_, err := v.Workflows.Workflow(v.ctx(), v.site.ID, name)
	if kind, _ := failure.Of(err); err != nil && kind == failure.NotFound {
		return "", nil
	}
	return name, err
}

// sentWorkflow is the file that was sent: uploaded, written, or named by the hash of one that the site had.
func (v *visit) sentWorkflow() (string, error) {
	kind, _, _ := mime.ParseMediaType(v.r.Header.Get("Content-Type"))
	if kind == "multipart/form-data" {
		err := v.r.ParseMultipartForm(mostWorkflow)
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return "", failure.Invalid.Errorf("The file has more than %d bytes.", mostWorkflow)
		}
		if err != nil {
			return "", failure.Invalid.Errorf("The form cannot be read.")
		}
		file, header, err := v.r.FormFile("file")
		if err == nil && header.Size > 0 {
			defer file.Close()
			text, err := io.ReadAll(file)
			return string(text), err
		}
	}
	if hash := v.r.Form.Get("hash"); hashed.MatchString(hash) {
		return v.Workflows.Text(v.ctx(), v.site.ID, hash)
	}
	return v.r.Form.Get("text"), nil
}

// errorsIn are what is wrong with a file, each with its line.
func errorsIn(text string, err error) []fileError {
	all, ok := errors.AsType[dsl.Errors](err)
	if !ok {
		all = dsl.Errors{{Reason: err.Error()}}
	}
	lines := strings.Split(text, "\n")
	out := make([]fileError, len(all))
	for i, one := range all {
		out[i].Error = one
		if one.Line < 1 || one.Line > len(lines) {
			continue
		}
		line := []rune(lines[one.Line-1])
		at := min(max(one.Column-1, 0), len(line))
		const around = 60
		out[i].Before, out[i].After = string(line[max(at-around, 0):at]), string(line[at:min(at+around, len(line))])
	}
	return out
}
