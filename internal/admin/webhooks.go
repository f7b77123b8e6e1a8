package admin

import (
	"cmp"
	"net/http"

	"github.com/rosterhq/roster/internal/event"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/webhook"
	"github.com/rosterhq/roster/rosteradmin"
)

// mostDeliveries is how many deliveries a page holds.
const mostDeliveries = 200

// Webhook is a webhook as it is answered.
func Webhook(w webhook.Webhook) rosteradmin.Webhook {
	out := rosteradmin.Webhook{
		ID: w.ID, URL: w.URL, Description: w.Description, Events: make([]string, len(w.Events)), Enabled: w.Enabled, DisabledWhy: w.DisabledWhy,
		FormerUntil: moment(w.FormerUntil), CreatedAt: moment(w.CreatedAt), UpdatedAt: moment(w.UpdatedAt),
	}
	for i, t := range w.Events {
		out.Events[i] = string(t)
	}
	return out
}

// Delivery is a delivery as it is answered.
func Delivery(d webhook.Delivery) rosteradmin.Delivery {
	return rosteradmin.Delivery{
		EventID: d.EventID, Event: d.Event, State: rosteradmin.DeliveryState(d.State), Attempts: d.Attempts, DueAt: moment(d.DueAt),
		Status: d.Status, Error: d.Words, CreatedAt: moment(d.CreatedAt), SettledAt: moment(d.SettledAt),
	}
}

// EventTypes reads the names of events; which there are, the store checks.
func EventTypes(names []string) []event.Type {
	types := make([]event.Type, len(names))
	for i, name := range names {
		types[i] = event.Type(name)
	}
	return types
}

func (s *Server) listWebhooks(c *call, _ string) (int, any, error) {
	all, err := s.Webhooks.List(c.Context(), c.site.ID)
	results := make([]rosteradmin.Webhook, len(all))
	for i, w := range all {
		results[i] = Webhook(w)
	}
	return http.StatusOK, struct {
		Results []rosteradmin.Webhook `json:"results"`
	}{results}, err
}

func (s *Server) addWebhook(c *call, _ string) (int, any, error) {
	var in rosteradmin.NewWebhook
	if err := c.read(&in); err != nil {
		return 0, nil, err
	}
	made, secret, err := s.Webhooks.Add(c.Context(), c.site.ID, c.by, webhook.Webhook{
		URL: in.URL, Description: in.Description, Events: EventTypes(in.Events), Enabled: true,
	})
	return http.StatusCreated, rosteradmin.WebhookWithSecret{Webhook: Webhook(made), Secret: secret}, err
}

func (s *Server) showWebhook(c *call, id string) (int, any, error) {
	w, err := s.Webhooks.Show(c.Context(), c.site.ID, id)
	return http.StatusOK, Webhook(w), err
}

func (s *Server) changeWebhook(c *call, id string) (int, any, error) {
	var in rosteradmin.WebhookEdit
	if err := c.read(&in); err != nil {
		return 0, nil, err
	}
	w, err := s.Webhooks.Change(c.Context(), c.site.ID, c.by, id, func(w *webhook.Webhook) {
		if in.URL != nil {
			w.URL = *in.URL
		}
		if in.Description != nil {
			w.Description = *in.Description
		}
		if in.Events != nil {
			w.Events = EventTypes(in.Events)
		}
		if in.Enabled != nil {
			w.Enabled = *in.Enabled
		}
	})
	return http.StatusOK, Webhook(w), err
}

func (s *Server) removeWebhook(c *call, id string) (int, any, error) {
	return http.StatusNoContent, nil, s.Webhooks.Remove(c.Context(), c.site.ID, c.by, id)
}

// rotateWebhook gives a webhook a new secret; the one before ends in a day, unless the body says at once.
func (s *Server) rotateWebhook(c *call, id string) (int, any, error) {
	var in *rosteradmin.RotateWebhook
	if err := c.read(&in); err != nil {
		return 0, nil, err
	}
	overlap := webhook.Overlap
	if in != nil && in.AtOnce {
		overlap = 0
	}
	w, secret, err := s.Webhooks.Rotate(c.Context(), c.site.ID, c.by, id, overlap)
	return http.StatusOK, rosteradmin.WebhookWithSecret{Webhook: Webhook(w), Secret: secret}, err
}

// listDeliveries answers with a page of what a webhook is or was sent.
func (s *Server) listDeliveries(c *call, id string) (int, any, error) {
	q, err := c.query("state", "after", "limit")
	if err != nil {
		return 0, nil, err
	}
	limit, err := q.limit(mostDeliveries)
	err = cmp.Or(err, q.among("state", string(webhook.Queued), string(webhook.Delivered), string(webhook.Dead)),
		q.check("after", event.ValidID, "no ID of an event"))
	if err != nil {
		return 0, nil, err
	}
	all, err := s.Webhooks.Deliveries(c.Context(), c.site.ID, id, webhook.Filter{State: webhook.State(q["state"]), Below: q["after"], Limit: limit + 1})
	if err != nil {
		return 0, nil, err
	}
	var page rosteradmin.DeliveryPage
	if len(all) > limit {
		all = all[:limit]
		page.Next = all[limit-1].EventID
	}
	page.Results = make([]rosteradmin.Delivery, len(all))
	for i, d := range all {
		page.Results[i] = Delivery(d)
	}
	return http.StatusOK, page, nil
}

// replayWebhook queues one delivery again, or the dead ones since a time.
func (s *Server) replayWebhook(c *call, id string) (int, any, error) {
	var in rosteradmin.Replay
	if err := c.read(&in); err != nil {
		return 0, nil, err
	}
	switch {
	case in.EventID != "" && !in.Since.IsZero():
		return 0, nil, failure.Invalid.Errorf("/eventId and /since are given both.")
	case in.EventID == "" && in.Since.IsZero():
		return 0, nil, failure.Invalid.Errorf("/eventId or /since must say what to replay.")
	case in.EventID == "":
		n, err := s.Webhooks.ReplaySince(c.Context(), c.site.ID, c.by, id, in.Since)
		return http.StatusOK, rosteradmin.Replayed{Queued: n}, err
	case !event.ValidID(in.EventID):
		return 0, nil, failure.Invalid.Errorf("/eventId is no ID of an event.")
	}
	err := s.Webhooks.Replay(c.Context(), c.site.ID, c.by, id, in.EventID)
	return http.StatusOK, rosteradmin.Replayed{Queued: 1}, err
}
