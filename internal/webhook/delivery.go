package webhook

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// State is how far a delivery has come.
type State string

const (
	Queued    State = "queued"    // it will be tried, or tried again
	Delivered State = "delivered" // the receiver took it
	Dead      State = "dead"      // given up; it can be replayed
)

// Delivery is one event on its way to one webhook.
type Delivery struct {
	EventID   string
	Seq       int64
	AccountID string          // whom the event is about
	Event     json.RawMessage // the body, as it is sent
	State     State
	Attempts  int       // since it was queued, or queued again; a running one included
	DueAt     time.Time // of the next try, or the end of the running one at the latest; zero while it waits for an earlier one, and once it is settled
	Running   bool
	Status    int       // of the last answer; 0 where there was none
	Words     string    // why the last try failed; one line
	At        time.Time // of the event
	CreatedAt time.Time
	SettledAt time.Time // zero while it is queued
}

// Filter says which deliveries are listed.
type Filter struct {
	State State  // empty lists all
	Below string // only event IDs before this one: the last of the page before
	Limit int    // 100 where it is 0
}

// Deliveries returns deliveries of a webhook, by event ID from the last: roughly, the newest first. NotFound where the site
// has no such webhook.
func (s *Store) Deliveries(ctx context.Context, site int64, id string, f Filter) ([]Delivery, error) {
	if _, err := s.Show(ctx, site, id); err != nil {
		return nil, err
	}
	if f.Limit <= 0 {
		f.Limit = 100
	}
	where, args := ``, []any{site, id, f.Limit}
	if f.Below != "" {
		args = append(args, f.Below)
		where += fmt.Sprintf(` AND event_id < $%d`, len(args))
	}
	if f.State != "" {
		args = append(args, string(f.State))
		where += fmt.Sprintf(` AND state = $%d`, len(args))
	}
	all, err := db.All(ctx, s.Changes.DB, scanDelivery, `SELECT `+deliveryColumns+` FROM webhook_deliveries
		WHERE site_id = $1 AND webhook_id = $2`+where+` ORDER BY event_id DESC LIMIT $3`, args...)
	if err != nil {
		err = fmt.Errorf("list deliveries of webhook %s: %w", id, err)
	}
	return all, err
}

// Delivery returns one delivery; NotFound where the webhook has none of this event.
func (s *Store) Delivery(ctx context.Context, site int64, id, eventID string) (Delivery, error) {
	d, found, err := db.One(ctx, s.Changes.DB, scanDelivery, `SELECT `+deliveryColumns+` FROM webhook_deliveries
		WHERE site_id = $1 AND webhook_id = $2 AND event_id = $3`, site, id, eventID)
	if err == nil && !found {
		err = errNoDelivery
	}
	return d, err
}

var errNoDelivery = failure.NotFound.Errorf("The webhook has no delivery of this event.")

const deliveryColumns = `event_id, seq, account_id, body, state, attempts, due_at, lease, status, words, at, created_at, settled_at`

func scanDelivery(rows *sql.Rows) (d Delivery, err error) {
	var body, lease string
	var at, created int64
	var due, settled sql.NullInt64
	err = rows.Scan(&d.EventID, &d.Seq, &d.AccountID, &body, &d.State, &d.Attempts, &due, &lease, &d.Status, &d.Words, &at, &created, &settled)
	d.Event, d.Running = json.RawMessage(body), lease != ""
	d.DueAt, d.At, d.CreatedAt, d.SettledAt = moment(due.Int64), moment(at), moment(created), moment(settled.Int64)
	return d, err
}
