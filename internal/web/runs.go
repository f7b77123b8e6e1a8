package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

const (
	runsPath  = "/runs"
	runsShown = 50 // on one page
)

func runPath(id string) string { return runsPath + "/" + id }

// runStates are what runs can be looked for by.
var runStates = []workflow.State{
	workflow.Queued, workflow.Running, workflow.Waiting, workflow.Uncertain, workflow.Succeeded, workflow.Failed, workflow.Cancelled,
}

// runsPage lists runs, the newest first.
type runsPage struct {
	Frame
	Workflow  string // that they are of; empty for all
	State     string
	States    []workflow.State
	Workflows []workflow.Workflow
	Runs      []workflow.Run
	Next      string
}

// Tab is the page's, of those about workflows.
func (runsPage) Tab() string { return "runs" }

func (v *visit) runs() error {
	q := v.r.URL.Query()
	page := runsPage{Frame: v.frame(), Workflow: clipped(q.Get("workflow")), State: q.Get("state"), States: runStates}
	f := workflow.Filter{Workflow: page.Workflow, State: workflow.State(page.State), Limit: runsShown + 1}
	if after := q.Get("after"); uuid.Validate(after) == nil {
		f.Below = after
	}
	var err error
	if page.Runs, err = v.Workflows.Runs(v.ctx(), v.site.ID, f); err != nil {
		return err
	}
	if len(page.Runs) > runsShown {
		page.Runs = page.Runs[:runsShown]
		page.Next = withQuery("runs", "workflow", page.Workflow, "state", page.State, "after", page.Runs[runsShown-1].ID)
	}
	if v.partial() {
		return v.showPart("runs", "found", page)
	}
	page.Workflows, err = v.Workflows.Workflows(v.ctx(), v.site.ID)
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "runs", page)
}

// Known reports whether the workflow that is looked for is one that the form offers.
func (p runsPage) Known() bool {
	for _, w := range p.Workflows {
		if w.Name == p.Workflow {
			return true
		}
	}
	return p.Workflow == ""
}

// runPage shows a run.
type runPage struct {
	Frame
	Run     workflow.Run
	Title   string
	Picture picture
	Steps   []shownStep
	Input   string
	Output  string
	Event   string // what started it, where that was an event
	By      string // the name of who started it
	Ended   bool
	Certain bool   // nothing waits for a person
	Look    string // what the page shows, as one word: another one is another look
	Inbox   bool   // there is a page of captured mail
	Outbox  bool   // there is a page of what is sent
	Problem string // why what a person decided was not done
}

// shownStep is a step in words.
type shownStep struct {
	workflow.Step
	In, Out string
	Took    time.Duration
	Mail    []mailTo
}

// mailTo is what became of a step's mail with one recipient.
type mailTo struct {
	Address, State, Words string
}

// oneRun reads the run that the path names, with all that its page shows.
func (v *visit) oneRun() (runPage, error) {
	page := runPage{Frame: v.frame(), Inbox: v.first["inbox"], Outbox: v.first["outbox"]}
	id := v.r.PathValue("run")
	if uuid.Validate(id) != nil {
		return page, failure.NotFound.Errorf("There is no run with this ID.")
	}
	r, err := v.Workflows.Run(v.ctx(), v.site.ID, id)
	if err != nil {
		return page, err
	}
	page.Run, page.Title = r, r.Workflow
	page.Input, page.Output = pretty(r.Input), pretty(r.Output)
	page.Certain = r.State != workflow.Uncertain
	page.Ended = r.State.Ended()
	if r.Cause.Event != nil {
		page.Event = pretty([]byte(jsonText(r.Cause.Event)))
	}
	if text, err := v.Workflows.Text(v.ctx(), v.site.ID, r.Hash); err == nil {
		if f, err := dsl.Parse([]byte(text), catalogue()); err == nil {
			if f.Title != "" {
				page.Title = f.Title
			}
			page.Picture = pictureOf(f, r.Steps)
		}
	}
	if r.Actor != "" {
		names, err := v.names([]string{r.Actor})
		if err != nil {
			return page, err
		}
		page.By = names[r.Actor]
	}
	for _, s := range r.Steps {
		shown, err := v.shownStep(s)
		if err != nil {
			return page, err
		}
		page.Steps = append(page.Steps, shown)
	}
	page.Look, err = lookOf(r.State, r.DueAt, page.Steps)
	return page, err
}

// mostOfStep is how many bytes of a step's input and output a page shows, each.
const mostOfStep = 8 << 10

func (v *visit) shownStep(s workflow.Step) (shownStep, error) {
	shown := shownStep{Step: s, In: shortened(pretty(s.Input)), Out: shortened(pretty(s.Output))}
	if !s.EndedAt.IsZero() {
		shown.Took = s.EndedAt.Sub(s.StartedAt).Round(time.Millisecond)
	}
	if s.MessageID == "" {
		return shown, nil
	}
	e, err := v.Outbox.Show(v.ctx(), v.site.ID, s.MessageID)
	if kind, _ := failure.Of(err); err != nil && kind == failure.NotFound {
		return shown, nil // retention deleted it
	}
	for _, to := range e.Recipients {
		m := mailTo{State: string(to.State), Words: to.Words}
		if to.Place < len(e.Message.To) {
			m.Address = e.Message.To[to.Place].Address
		}
		shown.Mail = append(shown.Mail, m)
	}
	return shown, err
}

func shortened(text string) string {
	if len(text) <= mostOfStep {
		return text
	}
	return strings.ToValidUTF8(text[:mostOfStep], "") + "…"
}

// runDetail shows a run. The page asks again while the run goes on, and is answered with nothing where nothing is new.
func (v *visit) runDetail() error {
	page, err := v.oneRun()
	if err != nil {
		return err
	}
	if v.seen(page.Look) {
		return nil
	}
	return v.showRun(http.StatusOK, page)
}

func (v *visit) showRun(status int, page runPage) error {
	if err := v.discloseMailed(page.addresses()); err != nil {
		return err
	}
	if v.partial() {
		return v.showPart("run", "update", page)
	}
	return v.show(status, "run", page)
}

// addresses are those that the page shows mail to.
func (p runPage) addresses() (all []string) {
	for _, s := range p.Steps {
		for _, m := range s.Mail {
			all = append(all, m.Address)
		}
	}
	return all
}

// Mailed reports whether what is uncertain is mail, and not a step.
func (p runPage) Mailed() bool { return !p.Run.EndedAt.IsZero() }

// Uncertain are the steps that nobody knows about, or whose mail nobody does.
func (p runPage) Uncertain() (all []shownStep) {
	for _, s := range p.Steps {
		if s.State == workflow.StepUncertain || slices.ContainsFunc(s.Mail, func(m mailTo) bool { return m.State == string(mail.Uncertain) }) {
			all = append(all, s)
		}
	}
	return all
}

// Moving reports whether something may still change without a person.
func (p runPage) Moving() bool {
	if !p.Ended && p.Certain {
		return true
	}
	for _, s := range p.Steps {
		for _, m := range s.Mail {
			if m.State == string(mail.Queued) || m.State == string(mail.Sending) {
				return true
			}
		}
	}
	return false
}

// cancelRun ends a run, after it has asked.
func (v *visit) cancelRun() error {
	page, err := v.oneRun()
	if err != nil {
		return err
	}
	if !v.posted() {
		return v.show(http.StatusOK, "run-cancel", page)
	}
	if err := v.Workflows.Cancel(v.ctx(), v.site.ID, v.by, page.Run.ID); err != nil {
		return err
	}
	return v.goTo(withQuery(runPath(page.Run.ID), "done", "cancelled"))
}

// decideRun asks, and then does what a person says about what is uncertain of a run.
func (v *visit) decideRun() error {
	page, err := v.oneRun()
	if err != nil {
		return err
	}
	decide, done, question := v.Workflows.Resend, "resent", "redo"
	switch v.r.FormValue("do") {
	case "resend":
	case "sent":
		decide, done, question = v.Workflows.MarkSent, "sent", "done"
	default:
		return failure.Invalid.Errorf("Say whether to do it again, or that it was done.")
	}
	if !v.posted() {
		if page.Certain {
			return v.goTo(runPath(page.Run.ID))
		}
		if page.Mailed() {
			question += "-mail"
		}
		return v.question(question, page.Title, runPath(page.Run.ID), false)
	}
	err = decide(v.ctx(), v.site.ID, v.by, page.Run.ID, v.Outbox)
	if err == nil {
		return v.goTo(withQuery(runPath(page.Run.ID), "done", done))
	}
	problem, err := said(err)
	if err != nil {
		return err
	}
	if page, err = v.oneRun(); err != nil { // somebody else may have decided
		return err
	}
	page.Problem = problem
	return v.showRun(http.StatusConflict, page)
}
