// Package webhook tells other programs what happens on a site: subscriptions, the deliveries that they wait for, and the
// worker that sends these. A delivery is signed as the Standard Webhooks convention has it.
package webhook

import (
	"context"
	"database/sql"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/event"
	"github.com/rosterhq/roster/internal/failure"
)

// Kind is what webhooks are called among those who take in events.
const Kind = "webhook"

// Webhook is a subscription: which events of a site are sent where.
type Webhook struct {
	ID          string
	URL         string // may hold a secret of the receiver's: neither logged nor recorded whole
	Description string
	Events      []event.Type // none stand for all
	Enabled     bool
	// DisabledWhy says what the receiver did that it is disabled for; empty where a person disabled it.
	DisabledWhy string
	// FormerUntil is when the secret before the last rotation stops signing; zero where it does not any more.
	FormerUntil time.Time
	Since       time.Time // when it was made or last enabled: what happened before is not sent
	CreatedAt   time.Time
	UpdatedAt   time.Time

	secret, former string
}

// takes reports whether the webhook is to hear of an event.
func (w *Webhook) takes(e event.Event) bool {
	if e.At.Before(w.Since) {
		return false
	}
	for _, t := range w.Events {
		if t == e.Type {
			return true
		}
	}
	return len(w.Events) == 0
}

// Store keeps the webhooks of all sites and what they wait for.
type Store struct {
	Changes *change.Log
	Allow   []netip.Prefix // networks that are not public, and where receivers may live all the same

	nudge chan struct{}
}

// NewStore returns a store whose worker [Store.Nudge] wakes.
func NewStore(changes *change.Log, allow []netip.Prefix) *Store {
	return &Store{Changes: changes, Allow: allow, nudge: make(chan struct{}, 1)}
}

// Nudge wakes this process's worker. Without it the worker looks by itself, a little later.
func (s *Store) Nudge() {
	select {
	case s.nudge <- struct{}{}:
	default:
	}
}

func (s *Store) now() time.Time { return s.Changes.Now().UTC() }

// List returns the webhooks of a site, the oldest first.
func (s *Store) List(ctx context.Context, site int64) ([]Webhook, error) {
	return list(ctx, s.Changes.DB, site)
}

func list(ctx context.Context, q db.Querier, site int64) ([]Webhook, error) {
	all, err := db.All(ctx, q, scanWebhook, `SELECT `+columns+` FROM webhooks w WHERE w.site_id = $1 ORDER BY w.webhook_id`, site)
	if err != nil {
		err = fmt.Errorf("list webhooks: %w", err)
	}
	return all, err
}

// Show returns one webhook; NotFound where the site has none with this ID.
func (s *Store) Show(ctx context.Context, site int64, id string) (Webhook, error) {
	return show(ctx, s.Changes.DB, site, id)
}

func show(ctx context.Context, q db.Querier, site int64, id string) (Webhook, error) {
	if !isID(id) {
		return Webhook{}, errMissing
	}
	w, found, err := db.One(ctx, q, scanWebhook, `SELECT `+columns+` FROM webhooks w WHERE w.site_id = $1 AND w.webhook_id = $2`, site, id)
	if err == nil && !found {
		err = errMissing
	}
	return w, err
}

var errMissing = failure.NotFound.Errorf("There is no such webhook on this site.")

const columns = `w.webhook_id, w.url, w.description, w.events, w.enabled, w.disabled_why, w.secret, w.former_secret, w.former_until,
	w.since, w.created_at, w.updated_at`

func scanWebhook(rows *sql.Rows) (Webhook, error) {
	var row webhookRow
	err := rows.Scan(row.targets()...)
	return row.webhook(), err
}

// webhookRow is a webhook as its columns are read.
type webhookRow struct {
	w                              Webhook
	events                         string
	former, since, created, update int64
}

func (r *webhookRow) targets() []any {
	return []any{
		&r.w.ID, &r.w.URL, &r.w.Description, &r.events, &r.w.Enabled, &r.w.DisabledWhy, &r.w.secret, &r.w.former, &r.former,
		&r.since, &r.created, &r.update,
	}
}

func (r *webhookRow) webhook() Webhook {
	w := r.w
	for name := range strings.FieldsSeq(r.events) {
		w.Events = append(w.Events, event.Type(name))
	}
	w.FormerUntil = moment(r.former)
	w.Since, w.CreatedAt, w.UpdatedAt = moment(r.since), moment(r.created), moment(r.update)
	return w
}

// moment is a stored time; 0 is none.
func moment(micro int64) time.Time {
	if micro == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micro).UTC()
}

// target names a webhook in records of changes.
func target(id string) string { return "webhook:" + id }
