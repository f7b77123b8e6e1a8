package mail

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/failure"
)

// State is how far a message has come with one recipient.
type State string

const (
	Queued    State = "queued"    // it will be tried, or tried again
	Sending   State = "sending"   // it is being handed over, where that happens at most once
	Sent      State = "sent"      // the mail server took it
	Refused   State = "refused"   // the mail server refused it for good, or we gave up
	Uncertain State = "uncertain" // nobody knows whether the mail server took it: the operator decides
)

// Outbox is the messages on their way out, of all sites.
type Outbox struct {
	Changes *change.Log
	// NewID makes the UUID of a message that brings none; nil makes them of the time and chance (UUIDv7).
	NewID func() (string, error)
	// Settled is called in the transaction that settles the last recipient of a message, with all of them; nil for
	// nobody. It is not called for a message that is cancelled or erased while it waits.
	Settled func(ctx context.Context, tx *change.Tx, id string, recipients []Recipient) error

	nudge chan struct{}
}

// NewOutbox returns an outbox whose worker [Outbox.Nudge] wakes.
func NewOutbox(changes *change.Log) *Outbox {
	return &Outbox{Changes: changes, nudge: make(chan struct{}, 1)}
}

// EnqueueIn stores a message in the transaction that causes it, and returns its ID. What could not be sent as
// it is meant is Invalid. After the commit, call [Outbox.Nudge] so that the message leaves at once.
func (o *Outbox) EnqueueIn(ctx context.Context, tx *change.Tx, m Message) (string, error) {
	if m.Date.IsZero() {
		m.Date = tx.Now
	}
	r, err := o.Prepare(m)
	if err != nil {
		return "", err
	}
	return r.ID(), o.PostIn(ctx, tx, r)
}

// Ready is a message that can be sent as it is meant. [Outbox.Prepare] makes it.
type Ready struct {
	message Message
	text    string // as the outbox holds it
}

// ID returns the message's.
func (r Ready) ID() string { return r.message.ID }

// Recipients returns how many get the message.
func (r Ready) Recipients() int { return len(r.message.To) }

// Prepare does what takes long of [Outbox.EnqueueIn], before the transaction. What could not be sent as it is meant is Invalid.
func (o *Outbox) Prepare(m Message) (Ready, error) {
	if m.ID == "" {
		id, err := o.newID()
		if err != nil {
			return Ready{}, fmt.Errorf("make a message ID: %w", err)
		}
		m.ID = id
	}
	if m.Date.IsZero() {
		m.Date = o.now()
	}
	if m.Delivery == "" {
		m.Delivery = AtLeastOnce
	}
	if err := m.check(); err != nil {
		return Ready{}, err
	}
	text, err := json.Marshal(m)
	if err != nil {
		return Ready{}, fmt.Errorf("encode message %s: %w", m.ID, err)
	}
	return Ready{m, string(text)}, nil
}

// PostIn is [Outbox.EnqueueIn] for a message that is ready.
func (o *Outbox) PostIn(ctx context.Context, tx *change.Tx, r Ready) error {
	m, now := r.message, tx.Now.UnixMicro()
	n, err := tx.ExecContext(ctx, `
		INSERT INTO outbox (site_id, message_id, delivery, message, attempts, due_at, lease, created_at)
		VALUES ($1, $2, $3, $4, 0, $5, '', $5) ON CONFLICT DO NOTHING`,
		tx.Site, m.ID, string(m.Delivery), r.text, now)
	if err != nil {
		return fmt.Errorf("enqueue message %s: %w", m.ID, err)
	}
	if n == 0 {
		return failure.Conflict.Errorf("There is a message %s already.", m.ID)
	}
	for place, to := range m.To {
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO outbox_recipients (site_id, message_id, place, state, words, updated_at, address_key) VALUES ($1, $2, $3, $4, '', $5, $6)`,
			tx.Site, m.ID, place, string(Queued), now, to.key()); err != nil {
			return fmt.Errorf("enqueue message %s: %w", m.ID, err)
		}
	}
	tx.Record(change.Record{Operation: "mail.enqueue", Target: target(m.ID), Fields: change.Fields{
		"recipients": {nil, len(m.To)}, "delivery": {nil, m.Delivery},
	}})
	return nil
}

// Nudge wakes this process's worker. Without it the worker looks by itself, a little later.
func (o *Outbox) Nudge() {
	select {
	case o.nudge <- struct{}{}:
	default:
	}
}

// tell passes on that all recipients of a message are settled.
func (o *Outbox) tell(ctx context.Context, tx *change.Tx, id string, recipients []Recipient) error {
	if o.Settled == nil {
		return nil
	}
	if err := o.Settled(ctx, tx, id, recipients); err != nil {
		return fmt.Errorf("tell what became of message %s: %w", id, err)
	}
	return nil
}

func (o *Outbox) newID() (string, error) {
	if o.NewID != nil {
		return o.NewID()
	}
	id, err := uuid.NewV7()
	return id.String(), err
}

// target names a message in records of changes, which hold no addresses.
func target(id string) string { return "mail:" + id }
