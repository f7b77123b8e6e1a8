package mail

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/db"
)

// errLost says that the claim ran out and another worker has taken the message: what this one did or heard
// must not be stored.
var errLost = errors.New("another worker has taken the message")

// waiting is a message that may be claimed.
type waiting struct {
	site int64
	id   string
}

// claim is one worker's hold of one message. Its lease is a name that nobody else has, so whatever is stored
// under it proves that the claim still stands: it is the fencing token.
type claim struct {
	waiting
	lease    string
	text     string // the message as the outbox holds it
	message  stored
	delivery Delivery
	attempts int
	// recipients are as the claim found them, in order of place. Only who holds the claim changes them.
	recipients []Recipient
	// shown says that the message is captured: an inbox shows its text after it is settled.
	shown bool
}

// due returns messages that may be claimed now, of all sites, the longest due first.
func (o *Outbox) due(ctx context.Context, most int) ([]waiting, error) {
	list, err := db.All(ctx, o.Changes.DB, func(rows *sql.Rows) (w waiting, err error) { return w, rows.Scan(&w.site, &w.id) },
		dueQuery, o.now().UnixMicro(), most)
	if err != nil {
		return nil, fmt.Errorf("look for messages that are due: %w", err)
	}
	return list, nil
}

// dueQuery reads the outbox of all sites: see db.Global.
const dueQuery = `SELECT site_id, message_id FROM outbox WHERE due_at <= $1 ORDER BY due_at, site_id, message_id LIMIT $2`

// claim takes a message for as long as lease; false where somebody else was faster. One guarded statement
// decides, at any isolation: it waits for a concurrent claim of the row and then checks due_at again. It needs
// no record of change, as nothing but the outbox's own workers goes by it.
func (o *Outbox) claim(ctx context.Context, w waiting, lease time.Duration) (*claim, bool, error) {
	name, err := uuid.NewRandom()
	if err != nil {
		return nil, false, fmt.Errorf("name a claim: %w", err)
	}
	now := o.now()
	err = o.Changes.DB.Aside(ctx, `
		UPDATE outbox SET lease = $1, due_at = $2, attempts = attempts + 1 WHERE site_id = $3 AND message_id = $4 AND due_at <= $5`,
		name.String(), now.Add(lease).UnixMicro(), w.site, w.id, now.UnixMicro())
	if err != nil {
		return nil, false, fmt.Errorf("claim message %s: %w", w.id, err)
	}
	c, ours, err := db.One(ctx, o.Changes.DB, scanClaim, `
		SELECT message, delivery, attempts FROM outbox WHERE site_id = $1 AND message_id = $2 AND lease = $3`,
		w.site, w.id, name.String())
	if err != nil || !ours {
		return nil, false, err
	}
	c.waiting, c.lease = w, name.String()
	if c.recipients, err = readRecipients(ctx, o.Changes.DB, w.site, []string{w.id}); err != nil {
		return nil, false, err
	}
	return c, true, nil
}

// renew makes the claim last for another lease from now; errLost where it does not stand any more.
func (o *Outbox) renew(ctx context.Context, c *claim, lease time.Duration) error {
	err := o.Changes.DB.Aside(ctx, `UPDATE outbox SET due_at = $1 WHERE site_id = $2 AND message_id = $3 AND lease = $4`,
		o.now().Add(lease).UnixMicro(), c.site, c.id, c.lease)
	if err != nil {
		return fmt.Errorf("renew the claim of message %s: %w", c.id, err)
	}
	return o.holds(ctx, o.Changes.DB, c)
}

// holds fails with errLost where the claim does not stand any more.
func (o *Outbox) holds(ctx context.Context, q db.Querier, c *claim) error {
	_, ours, err := db.One(ctx, q, db.Scalar[int], `SELECT 1 FROM outbox WHERE site_id = $1 AND message_id = $2 AND lease = $3`,
		c.site, c.id, c.lease)
	if err == nil && !ours {
		err = errLost
	}
	return err
}

func (o *Outbox) now() time.Time { return o.Changes.Now().UTC() }

func scanClaim(rows *sql.Rows) (*claim, error) {
	var c claim
	if err := rows.Scan(&c.text, &c.delivery, &c.attempts); err != nil {
		return nil, err
	}
	return &c, json.Unmarshal([]byte(c.text), &c.message)
}
