package mail

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rosterhq/roster/internal/change"
)

// stored is a message as the outbox holds it.
type stored struct {
	Message
	TextGone bool `json:"textGone,omitempty"`
}

// settled reports whether nobody will need the message's text: each recipient has it, or will never take it.
func settled(recipients []Recipient) bool {
	return !slices.ContainsFunc(recipients, func(r Recipient) bool { return r.State != Sent && r.State != Refused })
}

// scrub settles a message for good and removes what it says, as a link in it may still be good. To whom it went is
// kept until retention deletes it.
func scrub(ctx context.Context, tx *change.Tx, m Message) error {
	if err := scrubbed(m).store(ctx, tx); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `UPDATE outbox SET due_at = NULL, settled_at = $3 WHERE site_id = $1 AND message_id = $2`,
		tx.Site, m.ID, tx.Now.UnixMicro())
	if err != nil {
		return fmt.Errorf("settle message %s: %w", m.ID, err)
	}
	return nil
}

// scrubbed is a message without what it says.
func scrubbed(m Message) stored {
	m.Subject, m.Text, m.HTML, m.Headers, m.Attachments = "", "", "", nil, nil
	return stored{m, true}
}

// store writes the message in the place of what the outbox holds of it.
func (s stored) store(ctx context.Context, tx *change.Tx) error {
	text, err := json.Marshal(s)
	if err == nil {
		_, err = tx.ExecContext(ctx, `UPDATE outbox SET message = $1 WHERE site_id = $2 AND message_id = $3`, string(text), tx.Site, s.ID)
	}
	if err != nil {
		return fmt.Errorf("store what is left of message %s: %w", s.ID, err)
	}
	return nil
}
