package webhook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/db"
)

// errLost says that the claim ran out and another worker has taken the delivery, or that it was removed: what this one heard
// must not be stored.
var errLost = errors.New("another worker has taken the delivery")

// pending is an enabled webhook of some site with deliveries that are due.
type pending struct {
	site int64
	Webhook
}

// pendingQuery reads the webhooks of all sites: see db.Global. It looks at one row of each webhook's index, however many
// deliveries there are.
const pendingQuery = `SELECT w.site_id, ` + columns + ` FROM webhooks w
	WHERE w.enabled AND EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.site_id = w.site_id AND d.webhook_id = w.webhook_id AND d.due_at <= $1)
		AND EXISTS (SELECT 1 FROM sites s WHERE s.site_id = w.site_id)
	ORDER BY w.site_id, w.webhook_id`

// pending returns the enabled webhooks of all sites that something is due for now.
func (s *Store) pending(ctx context.Context) ([]pending, error) {
	all, err := db.All(ctx, s.Changes.DB, func(rows *sql.Rows) (p pending, err error) {
		var row webhookRow
		err = rows.Scan(append([]any{&p.site}, row.targets()...)...)
		p.Webhook = row.webhook()
		return p, err
	}, pendingQuery, s.now().UnixMicro())
	if err != nil {
		err = fmt.Errorf("look for webhooks that something is due for: %w", err)
	}
	return all, err
}

// due returns the events whose deliveries to a webhook may be claimed now, the longest due first.
func (s *Store) due(ctx context.Context, p *pending, most int) ([]string, error) {
	all, err := db.All(ctx, s.Changes.DB, db.Scalar[string], `SELECT event_id FROM webhook_deliveries
		WHERE site_id = $1 AND webhook_id = $2 AND due_at <= $3 ORDER BY due_at, event_id LIMIT $4`, p.site, p.ID, s.now().UnixMicro(), most)
	if err != nil {
		err = fmt.Errorf("look for deliveries that are due: %w", err)
	}
	return all, err
}

// claim is one worker's hold of one delivery. Its lease is a name that nobody else has, so whatever is stored under it
// proves that the claim still stands: it is the fencing token.
type claim struct {
	*pending
	event    string
	lease    string
	account  string
	body     string
	attempts int
	queuedAt time.Time
}

// claim takes a delivery for as long as lease; false where somebody else was faster. One guarded statement decides, at any
// isolation. It needs no record of change, as nothing but the workers goes by it.
func (s *Store) claim(ctx context.Context, p *pending, event string, lease time.Duration) (*claim, bool, error) {
	name, err := uuid.NewRandom()
	if err != nil {
		return nil, false, fmt.Errorf("name a claim: %w", err)
	}
	now := s.now()
	if err := s.Changes.DB.Aside(ctx, `UPDATE webhook_deliveries SET lease = $1, due_at = $2, attempts = attempts + 1
		WHERE site_id = $3 AND webhook_id = $4 AND event_id = $5 AND due_at <= $6`,
		name.String(), now.Add(lease).UnixMicro(), p.site, p.ID, event, now.UnixMicro()); err != nil {
		return nil, false, fmt.Errorf("claim delivery %s: %w", event, err)
	}
	return db.One(ctx, s.Changes.DB, func(rows *sql.Rows) (*claim, error) {
		c := &claim{pending: p, event: event, lease: name.String()}
		var queued int64
		err := rows.Scan(&c.account, &c.body, &c.attempts, &queued)
		c.queuedAt = moment(queued)
		return c, err
	}, `SELECT account_id, body, attempts, queued_at FROM webhook_deliveries WHERE site_id = $1 AND webhook_id = $2 AND event_id = $3 AND lease = $4`,
		p.site, p.ID, event, name.String())
}
