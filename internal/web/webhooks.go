package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/event"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/webhook"
)

const (
	webhooksPath   = "/webhooks"
	webhookNewPath = webhooksPath + "/new"

	deliveriesShown = 50
)

var deliveryStates = []webhook.State{webhook.Queued, webhook.Delivered, webhook.Dead}

// webhooksPage lists the webhooks of the site.
type webhooksPage struct {
	Frame
	Webhooks []webhook.Webhook
}

func (v *visit) webhooks() error {
	all, err := v.Webhooks.List(v.ctx(), v.site.ID)
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "webhooks", webhooksPage{v.frame(), all})
}

func webhookPath(id string) string { return webhooksPath + "/" + url.PathEscape(id) }

// hook is the webhook that the path names.
func (v *visit) hook() (webhook.Webhook, error) {
	return v.Webhooks.Show(v.ctx(), v.site.ID, v.r.PathValue("webhook"))
}

// webhookPage shows a webhook with what it is or was sent.
type webhookPage struct {
	Frame
	Webhook    webhook.Webhook
	Former     bool // the secret before the last rotation still signs
	State      webhook.State
	States     []webhook.State
	Deliveries []webhook.Delivery
	Next       string
	Begun      bool
	Problem    string
}

// webhook shows a webhook, enables or disables it, or has deliveries made again.
func (v *visit) webhook() error {
	w, err := v.hook()
	if err != nil {
		return err
	}
	if !v.posted() {
		return v.showWebhook(http.StatusOK, w, "")
	}
	done := v.r.PostForm.Get("do")
	switch done {
	case "enable", "disable":
		_, err = v.Webhooks.Change(v.ctx(), v.site.ID, v.by, w.ID, func(w *webhook.Webhook) { w.Enabled = done == "enable" })
	case "replay":
		id := v.r.PostForm.Get("event")
		if !event.ValidID(id) {
			return v.problem(http.StatusBadRequest, "form", "")
		}
		err = v.Webhooks.Replay(v.ctx(), v.site.ID, v.by, w.ID, id)
	case "replay-dead":
		_, err = v.Webhooks.ReplaySince(v.ctx(), v.site.ID, v.by, w.ID, time.Unix(0, 0))
	default:
		return v.problem(http.StatusBadRequest, "form", "")
	}
	if err == nil {
		return v.goTo(withQuery(webhookPath(w.ID), "done", done))
	}
	problem, err := said(err)
	if err != nil {
		return err
	}
	return v.showWebhook(http.StatusConflict, w, problem)
}

func (v *visit) showWebhook(status int, w webhook.Webhook, problem string) error {
	q := v.r.URL.Query()
	below := q.Get("below")
	page := webhookPage{
		Frame: v.frame(), Webhook: w, State: webhook.State(q.Get("state")), States: deliveryStates, Begun: below != "", Problem: problem,
		Former: w.FormerUntil.After(v.Directory.Changes.Now()),
	}
	switch {
	case page.State != "" && !slices.Contains(deliveryStates, page.State):
		return failure.Invalid.Errorf("The state %.60q is none of queued, delivered, dead.", q.Get("state"))
	case below != "" && !event.ValidID(below):
		return failure.ErrPlace
	}
	found, err := v.Webhooks.Deliveries(v.ctx(), v.site.ID, w.ID, webhook.Filter{State: page.State, Below: below, Limit: deliveriesShown + 1})
	if err != nil {
		return err
	}
	if len(found) > deliveriesShown {
		found = found[:deliveriesShown]
		page.Next = withQuery("", "state", string(page.State), "below", found[deliveriesShown-1].EventID)
	}
	page.Deliveries = found
	return v.show(status, "webhook", page)
}

// webhookForm is where a webhook is made or changed.
type webhookForm struct {
	Frame
	ID, URL, Description string // no ID for a new one
	All                  bool   // events
	Events               []eventChoice
	Problem              string
	At                   string // the field that Problem is about
}

// eventChoice is a type of event that a webhook can hear of.
type eventChoice struct {
	Type   event.Type
	Ticked bool
}

func (form *webhookForm) offer(ticked []event.Type) {
	form.Events = nil
	for _, t := range event.Types {
		form.Events = append(form.Events, eventChoice{t, slices.Contains(ticked, t)})
	}
}

// read takes what was typed. Which events were ticked counts unless all are wanted.
func (form *webhookForm) read(typed url.Values) {
	form.URL, form.Description, form.All = strings.TrimSpace(typed.Get("url")), strings.TrimSpace(typed.Get("description")), typed.Get("which") != "some"
	var ticked []event.Type
	for _, name := range typed["event"] {
		ticked = append(ticked, event.Type(name))
	}
	form.offer(ticked)
}

// chosen are the events that are wanted; none stand for all.
func (form *webhookForm) chosen() ([]event.Type, error) {
	var all []event.Type
	for _, c := range form.Events {
		if c.Ticked {
			all = append(all, c.Type)
		}
	}
	if form.All {
		return nil, nil
	}
	if len(all) == 0 {
		return nil, failure.Invalid.Errorf("Tick at least one event, or choose all of them.")
	}
	return all, nil
}

// again shows the form with what is wrong.
func (form webhookForm) again(v *visit, err error) error {
	if form.Problem, err = said(err); err != nil {
		return err
	}
	for _, about := range [][2]string{{"URL", "url"}, {"description", "description"}, {"event", "events"}} {
		if form.At == "" && strings.Contains(form.Problem, about[0]) {
			form.At = about[1]
		}
	}
	return v.show(http.StatusUnprocessableEntity, "webhook-form", form)
}

// madeWebhook is shown once, as the secret in it is.
type madeWebhook struct {
	Frame
	Webhook webhook.Webhook
	Secret  string
	New     bool // else the secret was replaced
}

func (v *visit) newWebhook() error {
	form := webhookForm{Frame: v.frame(), All: true}
	form.offer(nil)
	if !v.posted() {
		return v.show(http.StatusOK, "webhook-form", form)
	}
	form.read(v.r.PostForm)
	events, err := form.chosen()
	if err != nil {
		return form.again(v, err)
	}
	w, secret, err := v.Webhooks.Add(v.ctx(), v.site.ID, v.by, webhook.Webhook{URL: form.URL, Description: form.Description, Events: events, Enabled: true})
	if err != nil {
		return form.again(v, err)
	}
	return v.show(http.StatusOK, "webhook-made", madeWebhook{form.Frame, w, secret, true})
}

func (v *visit) editWebhook() error {
	w, err := v.hook()
	if err != nil {
		return err
	}
	form := webhookForm{Frame: v.frame(), ID: w.ID, URL: w.URL, Description: w.Description, All: len(w.Events) == 0}
	form.offer(w.Events)
	if !v.posted() {
		return v.show(http.StatusOK, "webhook-form", form)
	}
	form.read(v.r.PostForm)
	events, err := form.chosen()
	if err == nil {
		_, err = v.Webhooks.Change(v.ctx(), v.site.ID, v.by, w.ID, func(w *webhook.Webhook) {
			w.URL, w.Description, w.Events = form.URL, form.Description, events
		})
	}
	if err != nil {
		return form.again(v, err)
	}
	return v.goTo(withQuery(webhookPath(w.ID), "done", "edit"))
}

// rotateWebhook asks whether to replace a webhook's secret, and shows the new one.
func (v *visit) rotateWebhook() error {
	w, err := v.hook()
	if err != nil {
		return err
	}
	if !v.posted() {
		return v.show(http.StatusOK, "webhook-rotate", webhookPage{Frame: v.frame(), Webhook: w})
	}
	overlap := webhook.Overlap
	if v.r.PostForm.Has("at-once") {
		overlap = 0
	}
	w, secret, err := v.Webhooks.Rotate(v.ctx(), v.site.ID, v.by, w.ID, overlap)
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "webhook-made", madeWebhook{v.frame(), w, secret, false})
}

// removeWebhook asks whether to remove a webhook, and does so.
func (v *visit) removeWebhook() error {
	w, err := v.hook()
	if err != nil {
		return err
	}
	if !v.posted() {
		return v.show(http.StatusOK, "webhook-remove", webhookPage{Frame: v.frame(), Webhook: w})
	}
	if err := v.Webhooks.Remove(v.ctx(), v.site.ID, v.by, w.ID); err != nil {
		return err
	}
	return v.goTo(withQuery(webhooksPath, "done", "removed"))
}
