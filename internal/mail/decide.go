package mail

import (
	"context"
	"fmt"
	"slices"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/failure"
)

// Resend queues a message again for its recipients that are uncertain or refused, now, as if it were new. It
// keeps its Message-ID. A message without such recipients, or that is being sent at this moment, or whose text is
// gone because all its recipients are settled, is a Conflict.
func (o *Outbox) Resend(ctx context.Context, site int64, by change.Actor, id string) error {
	err := o.decide(ctx, site, by, id, "mail.resend", Queued, Uncertain, Refused)
	if err == nil {
		o.Nudge()
	}
	return err
}

// MarkSent settles a message's uncertain recipients as sent, because the operator found out that it arrived. Its
// text goes where nobody waits for it any more. A message without such recipients, or that is being sent at this moment, is a Conflict.
func (o *Outbox) MarkSent(ctx context.Context, site int64, by change.Actor, id string) error {
	return o.decide(ctx, site, by, id, "mail.mark-sent", Sent, Uncertain)
}

// decide moves a message's recipients that are in one of the states from to the state to.
func (o *Outbox) decide(ctx context.Context, site int64, by change.Actor, id, operation string, to State, from ...State) error {
	return o.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		e, err := readEntry(ctx, tx, site, id)
		if err != nil {
			return err
		}
		if e.Running && e.DueAt.After(tx.Now) {
			return failure.Conflict.Errorf("Message %s is being sent; try again later.", id)
		}
		switch {
		case e.TextGone && to == Queued:
			return failure.Conflict.Errorf("The text of message %s is gone, because it is settled.", id)
		case e.Cancelled && to == Queued:
			return failure.Conflict.Errorf("Message %s was cancelled.", id)
		}
		fields := change.Fields{}
		for i := range e.Recipients {
			r := &e.Recipients[i]
			if !slices.Contains(from, r.State) || e.Message.erased(r.Place) {
				continue
			}
			fields[placed(r.Place)] = [2]any{r.State, to}
			r.State = to
			if err := r.store(ctx, tx, id); err != nil {
				return err
			}
		}
		if len(fields) == 0 {
			return failure.Conflict.Errorf("Message %s has no recipient that is %s.", id, either(from))
		}
		tx.Record(change.Record{Operation: operation, Target: target(id), Fields: fields})
		if to != Queued {
			if !settled(e.Recipients) {
				return nil
			}
			if err := scrub(ctx, tx, e.Message); err != nil {
				return err
			}
			return o.tell(ctx, tx, id, e.Recipients)
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE outbox SET due_at = $1, attempts = 0, lease = '' WHERE site_id = $2 AND message_id = $3`,
			tx.Now.UnixMicro(), site, id)
		return err
	})
}

func either(states []State) string {
	text := string(states[0])
	for _, s := range states[1:] {
		text += " or " + string(s)
	}
	return text
}

// placed names a recipient in a record of changes, which holds no addresses.
func placed(place int) string { return fmt.Sprintf("recipient %d", place) }

// store writes what became of one recipient of a message.
func (r Recipient) store(ctx context.Context, tx *change.Tx, id string) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE outbox_recipients SET state = $1, words = $2, updated_at = $3 WHERE site_id = $4 AND message_id = $5 AND place = $6`,
		string(r.State), r.Words, tx.Now.UnixMicro(), tx.Site, id, r.Place)
	if err != nil {
		return fmt.Errorf("set recipient %d of message %s: %w", r.Place, id, err)
	}
	return nil
}
