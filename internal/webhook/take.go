package webhook

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/event"
)

// mostWaiting is how many deliveries of one account may wait for one webhook. What comes after is dead at once, and can be
// replayed.
const mostWaiting = 1000

// lookUps is how many keys one statement looks for: SQLite's driver takes time by the square of that.
const lookUps = 64

// TakeIn queues a delivery of each event for each webhook of the site that takes it. The first of an account is due now,
// the others when it is settled.
func (s *Store) TakeIn(ctx context.Context, tx *change.Tx, events []event.Event) error {
	hooks, err := list(ctx, tx, tx.Site)
	if err != nil {
		return err
	}
	var bodies []string
	for _, e := range events {
		text, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("encode event %s: %w", e.ID, err)
		}
		bodies = append(bodies, string(text))
	}
	for i := range hooks {
		if hooks[i].Enabled {
			if err := enqueue(ctx, tx, &hooks[i], events, bodies); err != nil {
				return fmt.Errorf("queue deliveries of webhook %s: %w", hooks[i].ID, err)
			}
		}
	}
	return nil
}

const insertDeliveries = `INSERT INTO webhook_deliveries (site_id, webhook_id, event_id, seq, account_id, body, state, attempts, lease, status, words,
	at, created_at, queued_at)`

// enqueue queues deliveries for one webhook.
func enqueue(ctx context.Context, tx *change.Tx, w *Webhook, events []event.Event, bodies []string) error {
	var accounts []string
	for _, e := range events {
		if w.takes(e) {
			accounts = append(accounts, e.AccountID)
		}
	}
	waiting, err := countWaiting(ctx, tx, w.ID, accounts)
	if err != nil {
		return err
	}
	var first, full []string // IDs of the deliveries that are due now, and of those that nobody waits for
	now := tx.Now.UnixMicro()
	_, err = tx.Insert(ctx, insertDeliveries, `ON CONFLICT DO NOTHING`, func(yield func([]any) bool) {
		for i, e := range events {
			if !w.takes(e) {
				continue
			}
			switch n := waiting[e.AccountID]; {
			case n == 0:
				first = append(first, e.ID)
			case n >= mostWaiting:
				full = append(full, e.ID)
			}
			waiting[e.AccountID]++
			if !yield([]any{tx.Site, w.ID, e.ID, e.Seq, e.AccountID, bodies[i], string(Queued), int64(0), "", int64(0), "", e.At.UnixMicro(), now, now}) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	if err := each(ctx, tx, w.ID, first, `UPDATE webhook_deliveries SET due_at = $3`, now); err != nil {
		return err
	}
	return each(ctx, tx, w.ID, full, `UPDATE webhook_deliveries SET state = 'dead', words = 'too many of the account wait already', settled_at = $3`, now)
}

// each runs an update, whose $3 is the time, on queued deliveries of a webhook.
func each(ctx context.Context, tx *change.Tx, id string, events []string, update string, now int64) error {
	for chunk := range slices.Chunk(events, lookUps) {
		in, args := db.In(chunk, any(tx.Site), id, now)
		if _, err := tx.ExecContext(ctx, update+` WHERE site_id = $1 AND webhook_id = $2 AND state = 'queued' AND event_id IN (`+in+`)`, args...); err != nil {
			return err
		}
	}
	return nil
}

// countWaiting tells how many deliveries of each account wait for a webhook, of those that any does of.
func countWaiting(ctx context.Context, q *change.Tx, id string, accounts []string) (map[string]int, error) {
	slices.Sort(accounts)
	waiting := map[string]int{}
	for chunk := range slices.Chunk(slices.Compact(accounts), lookUps) {
		in, args := db.In(chunk, any(q.Site), id)
		rows, err := db.All(ctx, q, func(rows *sql.Rows) (l lane, err error) {
			return l, rows.Scan(&l.account, &l.length)
		}, `SELECT account_id, count(*) FROM webhook_deliveries WHERE site_id = $1 AND webhook_id = $2 AND state = 'queued' AND account_id IN (`+in+`)
			GROUP BY account_id`, args...)
		if err != nil {
			return nil, err
		}
		for _, l := range rows {
			waiting[l.account] = l.length
		}
	}
	return waiting, nil
}

// lane is how many deliveries of an account wait.
type lane struct {
	account string
	length  int
}
