package mail

import (
	"context"
	"errors"
	"fmt"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/failure"
)

// errCancelled says that the message a worker has is not to be handed over any more.
var errCancelled = errors.New("the message was cancelled")

// whyCancelled stands where the mail server's words would, for a recipient that waited when the message was cancelled.
const whyCancelled = "cancelled before it was sent"

// CancelIn calls back a message that nobody needs any more, and reports whether anybody waited for it. One that has
// reached nobody and that no worker has is removed, as if it had never been. Else those who still wait are refused
// it: at once, or by the worker that has it, which does not hand it over unless it is doing so at this moment.
func CancelIn(ctx context.Context, tx *change.Tx, id string) (bool, error) {
	n, err := tx.ExecContext(ctx, `
		DELETE FROM outbox WHERE site_id = $1 AND message_id = $2 AND lease = '' AND due_at IS NOT NULL AND NOT EXISTS (
			SELECT 1 FROM outbox_recipients WHERE site_id = $1 AND message_id = $2 AND state <> $3)`, tx.Site, id, string(Queued))
	if err != nil {
		return false, fmt.Errorf("cancel message %s: %w", id, err)
	}
	if n == 0 {
		e, err := readEntry(ctx, tx, tx.Site, id)
		if kind, _ := failure.Of(err); err != nil && kind == failure.NotFound || err == nil && (e.DueAt.IsZero() || e.Cancelled) {
			return false, nil
		}
		if err == nil {
			err = e.cancel(ctx, tx)
		}
		if err != nil {
			return false, err
		}
	}
	tx.Record(change.Record{Operation: "mail.cancel", Target: target(id)})
	return true, nil
}

// cancel refuses a message to who waits for it, or leaves that to the worker that has it.
func (e Entry) cancel(ctx context.Context, tx *change.Tx) error {
	id := e.Message.ID
	if _, err := tx.ExecContext(ctx, `UPDATE outbox SET cancelled = true WHERE site_id = $1 AND message_id = $2`, tx.Site, id); err != nil {
		return fmt.Errorf("cancel message %s: %w", id, err)
	}
	if e.Running {
		return nil
	}
	for i := range e.Recipients {
		r := &e.Recipients[i]
		if r.State != Queued {
			continue
		}
		r.State, r.Words = Refused, whyCancelled
		if err := r.store(ctx, tx, id); err != nil {
			return err
		}
	}
	if settled(e.Recipients) {
		return scrub(ctx, tx, e.Message)
	}
	_, err := tx.ExecContext(ctx, `UPDATE outbox SET due_at = NULL WHERE site_id = $1 AND message_id = $2`, tx.Site, id)
	return err
}
