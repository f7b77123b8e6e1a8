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

// scrub removes what a message says, and keeps to whom it went: a link in it may still be good.
func scrub(ctx context.Context, tx *change.Tx, m Message) error {
	m.Subject, m.Text, m.HTML, m.Headers, m.Attachments = "", "", "", nil, nil
	text, err := json.Marshal(stored{m, true})
	if err == nil {
		_, err = tx.ExecContext(ctx, `UPDATE outbox SET message = $1 WHERE site_id = $2 AND message_id = $3`, string(text), tx.Site, m.ID)
	}
	if err != nil {
		return fmt.Errorf("remove the text of message %s: %w", m.ID, err)
	}
	return nil
}

// CancelIn removes a message that nobody needs any more, where it waits for all its recipients and no worker has
// it; false where that is not so, or there is none. A worker that claims it at the same time either finds it gone
// or keeps it.
func CancelIn(ctx context.Context, tx *change.Tx, id string) (bool, error) {
	n, err := tx.ExecContext(ctx, `
		DELETE FROM outbox WHERE site_id = $1 AND message_id = $2 AND lease = '' AND due_at IS NOT NULL AND NOT EXISTS (
			SELECT 1 FROM outbox_recipients WHERE site_id = $1 AND message_id = $2 AND state <> $3)`, tx.Site, id, string(Queued))
	if err != nil {
		return false, fmt.Errorf("cancel message %s: %w", id, err)
	}
	if n > 0 {
		tx.Record(change.Record{Operation: "mail.cancel", Target: target(id)})
	}
	return n > 0, nil
}
