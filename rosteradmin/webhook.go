package rosteradmin

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// Webhook is a subscription: what happens on the site is posted to its URL.
type Webhook struct {
	ID          string    `json:"id"`
	URL         string    `json:"url"`
	Description string    `json:"description"`
	Events      []string  `json:"events"` // types, such as user.created; empty for all, never null
	Enabled     bool      `json:"enabled"`
	DisabledWhy string    `json:"disabledWhy,omitempty"` // what the receiver did that it is disabled for
	FormerUntil time.Time `json:"formerUntil,omitzero"`  // until when the secret before the last rotation signs too
	CreatedAt   time.Time `json:"createdAt"`
	UpdatedAt   time.Time `json:"updatedAt"`
}

// WebhookWithSecret is a webhook with the secret that signs its deliveries, which is told once.
type WebhookWithSecret struct {
	Webhook
	Secret string `json:"secret"` // whsec_ and the key in base64
}

// NewWebhook is a webhook to make.
type NewWebhook struct {
	URL         string   `json:"url" required:"true"` // https, or http in a network that the server is allowed to call
	Description string   `json:"description,omitempty"`
	Events      []string `json:"events,omitempty" maxItems:"50"` // all unless given
}

// WebhookEdit is what to change of a webhook; what is nil stays. An Events without any asks for all.
type WebhookEdit struct {
	URL         *string  `json:"url,omitempty"`
	Description *string  `json:"description,omitempty"`
	Events      []string `json:"events,omitzero" maxItems:"50"`
	Enabled     *bool    `json:"enabled,omitempty"`
}

// DeliveryState is how far a delivery has come.
type DeliveryState string

const (
	DeliveryQueued DeliveryState = "queued"    // it will be tried, or tried again
	DeliveryDone   DeliveryState = "delivered" // the receiver took it
	DeliveryDead   DeliveryState = "dead"      // given up; it can be replayed
)

// Delivery is one event on its way to one webhook.
type Delivery struct {
	EventID   string          `json:"eventId"` // the header Webhook-Id
	Event     json.RawMessage `json:"event"`   // the body
	State     DeliveryState   `json:"state"`
	Attempts  int             `json:"attempts"`         // since it was queued, or queued again
	DueAt     time.Time       `json:"dueAt,omitzero"`   // of the next try; absent while it waits for an earlier one of the account, and once it is settled
	Status    int             `json:"status,omitempty"` // of the last answer
	Error     string          `json:"error,omitempty"`  // why the last try failed
	CreatedAt time.Time       `json:"createdAt"`
	SettledAt time.Time       `json:"settledAt,omitzero"` // absent while it is queued
}

// DeliveryPage is a page of deliveries.
type DeliveryPage struct {
	Results []Delivery `json:"results"`
	Next    string     `json:"next,omitempty"` // the event ID after which the next page begins; absent on the last
}

// Replay says which deliveries to queue again: one, or the dead ones since a time.
type Replay struct {
	EventID string    `json:"eventId,omitempty"`
	Since   time.Time `json:"since,omitzero"` // of the event
}

// Replayed tells how many deliveries were queued again.
type Replayed struct {
	Queued int `json:"queued"`
}

// RotateWebhook says how to rotate a secret.
type RotateWebhook struct {
	// AtOnce ends the secret before now, and not in a day.
	AtOnce bool `json:"atOnce,omitempty"`
}

// Webhooks looks after a site's webhooks. An ID that the site has no webhook of is confluence.ErrNotFound.
type Webhooks struct{ client *Client }

const webhooksPath = "/_roster/webhooks"

func (h *Webhooks) path(id, more string) string {
	return webhooksPath + "/" + url.PathEscape(id) + more
}

// List returns the webhooks of the site, the oldest first.
func (h *Webhooks) List(ctx context.Context) ([]Webhook, error) {
	var all struct {
		Results []Webhook `json:"results"`
	}
	err := h.client.call(ctx, http.MethodGet, webhooksPath, nil, &all)
	return all.Results, err
}

// Get returns one webhook.
func (h *Webhooks) Get(ctx context.Context, id string) (Webhook, error) {
	var one Webhook
	err := h.client.call(ctx, http.MethodGet, h.path(id, ""), nil, &one)
	return one, err
}

// Add makes a webhook. It hears of what happens from now on. One too many is confluence.ErrConflict.
func (h *Webhooks) Add(ctx context.Context, webhook NewWebhook) (WebhookWithSecret, error) {
	var made WebhookWithSecret
	err := h.client.call(ctx, http.MethodPost, webhooksPath, webhook, &made)
	return made, err
}

// Change changes a webhook. What happens while it is disabled is never sent; what waited by then goes out once it is
// enabled again.
func (h *Webhooks) Change(ctx context.Context, id string, edit WebhookEdit) (Webhook, error) {
	var now Webhook
	err := h.client.call(ctx, http.MethodPatch, h.path(id, ""), edit, &now)
	return now, err
}

// Remove removes a webhook with all that waits for it.
func (h *Webhooks) Remove(ctx context.Context, id string) error {
	return h.client.call(ctx, http.MethodDelete, h.path(id, ""), nil, nil)
}

// Rotate gives a webhook a new secret. Unless it is done at once, the one before signs beside it for a day.
func (h *Webhooks) Rotate(ctx context.Context, id string, how RotateWebhook) (WebhookWithSecret, error) {
	var now WebhookWithSecret
	err := h.client.call(ctx, http.MethodPost, h.path(id, "/rotate"), how, &now)
	return now, err
}

// Deliveries goes through the deliveries of a webhook in one state, or in any where that is empty: roughly the newest
// first, a page at a time as they are needed. An error ends it.
func (h *Webhooks) Deliveries(ctx context.Context, id string, state DeliveryState) iter.Seq2[Delivery, error] {
	return func(yield func(Delivery, error) bool) {
		query := url.Values{}
		if state != "" {
			query.Set("state", string(state))
		}
		for {
			var page DeliveryPage
			if err := h.client.Do(ctx, http.MethodGet, h.path(id, "/deliveries"), query, nil, &page); err != nil {
				yield(Delivery{}, err)
				return
			}
			for _, one := range page.Results {
				if !yield(one, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			query.Set("after", page.Next)
		}
	}
}

// Replay queues deliveries once more, under the same IDs. One that is queued already is confluence.ErrConflict.
func (h *Webhooks) Replay(ctx context.Context, id string, which Replay) (Replayed, error) {
	var out Replayed
	err := h.client.call(ctx, http.MethodPost, h.path(id, "/replay"), which, &out)
	return out, err
}
