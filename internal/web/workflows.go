package web

import (
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/gzipped"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

const (
	workflowsPath   = "/workflows"
	workflowAddPath = workflowsPath + "/_add" // no workflow's name begins so

	runsBeside = 10 // runs that the page of a workflow lists
)

// Automated is what people automate by.
type Automated struct {
	Workflows *workflow.Store   // nil where the server runs none
	API       http.RoundTripper // serves what programs ask of this server; nil where actions are not run
	Way       workflow.Way      // leads connections to sites, to test them
}

// flowing is a handler that needs workflows.
func flowing(do handler) handler {
	return func(v *visit) error {
		if v.Workflows == nil {
			return v.problem(http.StatusNotFound, "lost", "")
		}
		return do(v)
	}
}

// workflowsPage lists the workflows that come with the program and, for administrators, those of the site.
type workflowsPage struct {
	Frame
	Administrator bool
	Own           []workflow.Workflow
	Runs          []workflow.Run // the latest
	Library       []libraryFile
	Back          removed // what can be put back
}

// Tab is the page's, of those about workflows.
func (workflowsPage) Tab() string { return "workflows" }

// removed is a workflow that was removed, by what brings it back.
type removed struct{ Hash, Connection string }

var hashed = regexp.MustCompile(`^[0-9a-f]{64}$`)

// workflows lists what there is to run.
func (v *visit) workflows() error {
	page := workflowsPage{Frame: v.frame(), Administrator: v.operates(), Library: library()}
	if page.Administrator {
		var err error
		if page.Own, err = v.Workflows.Workflows(v.ctx(), v.site.ID); err != nil {
			return err
		}
		if page.Runs, err = v.Workflows.Runs(v.ctx(), v.site.ID, workflow.Filter{Limit: runsBeside}); err != nil {
			return err
		}
		q := v.r.URL.Query()
		if page.Done == "removed" && hashed.MatchString(q.Get("hash")) {
			page.Back = removed{q.Get("hash"), q.Get("connection")}
		}
	}
	return v.show(http.StatusOK, "workflows", page)
}

// operates reports whether the person may look at what the site runs, where it runs anything.
func (v *visit) operates() bool { return v.who.Standing.SiteAdmin && v.Workflows != nil }

// Added reports whether the site has a workflow of this name.
func (p workflowsPage) Added(name string) bool {
	for _, w := range p.Own {
		if w.Name == name {
			return true
		}
	}
	return false
}

// workflowPage is all about one workflow: of the site, of the library, or of both.
type workflowPage struct {
	Frame
	File          *dsl.File         // nil where it cannot be read any more
	Stored        workflow.Workflow // without a name where the site does not have it
	FromLibrary   bool
	Newer         bool // the site's is not the library's
	Administrator bool
	Needs         string // the tag of the library
	Picture       picture
	Fields        []blank
	Problem       string
	Wrong         bool   // the form has to be looked at again
	Key           string // of the form: who sends it twice starts one run
	Connections   connectionChoice
	Secrets       []neededSecret
	Runs          []workflow.Run
}

// neededSecret is a secret that a file asks for.
type neededSecret struct {
	Name  string
	There bool
}

// workflow shows a workflow with the form that starts it.
func (v *visit) workflow() error {
	page, err := v.workflowPage(v.r.PathValue("workflow"))
	if err != nil {
		return err
	}
	if page.File != nil {
		typed := v.r.URL.Query()
		if typed.Get("as") == "file" {
			v.w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
			v.w.Header().Set("Content-Disposition", `attachment; filename="`+page.File.Name+`.yaml"`)
			gzipped.Write(v.w, v.r, http.StatusOK, []byte(page.File.Text))
			return nil
		}
		if again := typed.Get("again"); again != "" && page.Administrator {
			if typed, err = v.inputOf(page.File, again); err != nil {
				return err
			}
		}
		page.Fields = inputFields(page.File, typed)
	}
	return v.show(http.StatusOK, "workflow", page)
}

// workflowPage reads what is known of a workflow. Who is no administrator sees those of the library alone.
func (v *visit) workflowPage(name string) (workflowPage, error) {
	page := workflowPage{Frame: v.frame(), Administrator: v.operates(), Key: uuid.NewString()}
	if page.Administrator {
		w, err := v.Workflows.Workflow(v.ctx(), v.site.ID, name)
		if kind, _ := failure.Of(err); err != nil && kind != failure.NotFound {
			return page, err
		}
		if err == nil {
			page.Stored = w
		}
	}
	f, found := inLibrary(name)
	page.FromLibrary = found
	switch {
	case page.Stored.Name != "":
		text, err := v.Workflows.Text(v.ctx(), v.site.ID, page.Stored.Hash)
		if err != nil {
			return page, err
		}
		if page.File, err = dsl.Parse([]byte(text), catalogue()); err != nil {
			page.File = nil // it was written for another version of this program
		}
		page.Newer = found && f.Hash != page.Stored.Hash
	case found:
		page.File, page.Needs = f.File, f.Needs()
	default:
		return page, failure.NotFound.Errorf("There is no workflow %.100q.", name)
	}
	if page.File != nil {
		page.Picture = pictureOf(page.File, nil)
	}
	if !page.Administrator {
		return page, nil
	}
	return page, v.around(&page, name)
}

// around reads what an administrator needs beside a workflow.
func (v *visit) around(page *workflowPage, name string) (err error) {
	if page.Connections, err = v.connectionChoice(page.Stored.Connection); err != nil {
		return err
	}
	if page.Runs, err = v.Workflows.Runs(v.ctx(), v.site.ID, workflow.Filter{Workflow: name, Limit: runsBeside}); err != nil {
		return err
	}
	if page.File == nil || len(page.File.Secrets) == 0 {
		return nil
	}
	stored, err := v.Workflows.Secrets(v.ctx(), v.site.ID)
	there := map[string]bool{}
	for _, s := range stored {
		there[s.Name] = true
	}
	for _, s := range page.File.Secrets {
		page.Secrets = append(page.Secrets, neededSecret{s, there[s]})
	}
	return err
}

// Name is the workflow's.
func (p workflowPage) Name() string {
	if p.Stored.Name != "" {
		return p.Stored.Name
	}
	return p.File.Name
}

// Title is what people call the workflow.
func (p workflowPage) Title() string {
	switch {
	case p.File != nil && p.File.Title != "":
		return p.File.Title
	case p.Stored.Title != "":
		return p.Stored.Title
	}
	return p.Name()
}

// Timeout, Every and After are the durations of the file as people say them.
func (p workflowPage) Timeout() string { return spoken(p.File.Timeout) }
func (p workflowPage) Every() string   { return spoken(p.File.Schedule.Every) }
func (p workflowPage) After() string   { return spoken(p.File.Schedule.After) }

// spoken is a duration such as 15m or 1h30m.
func spoken(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
