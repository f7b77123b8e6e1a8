package mail

import (
	"context"
	"fmt"
	"slices"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/failure"
)

// EraseIn removes an address from all mail of the transaction's site, whatever its letters' case: the address, the name
// beside it, and what the mail server said about it. Mail that waits for nobody else goes too, with its text, and does
// not leave any more, unless a worker is handing it over at this moment. Other recipients of a message still get it.
func EraseIn(ctx context.Context, tx *change.Tx, address string) error {
	key := Address{Address: address}.key()
	ids, err := mailTo(ctx, tx, tx.Site, key)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := erase(ctx, tx, id, func(_ int, to Address) bool { return to.key() == key }); err != nil {
			return err
		}
	}
	return nil
}

// EraseMessageIn is [EraseIn] for all recipients of one message, where there is one of this ID.
func EraseMessageIn(ctx context.Context, tx *change.Tx, id string) error {
	return erase(ctx, tx, id, func(int, Address) bool { return true })
}

// erase removes the recipients of a message that gone names.
func erase(ctx context.Context, tx *change.Tx, id string, gone func(place int, to Address) bool) error {
	e, err := readEntry(ctx, tx, tx.Site, id)
	if kind, _ := failure.Of(err); err != nil && kind == failure.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	stays := func(r Recipient) bool { return r.State != Queued || !gone(r.Place, e.Message.To[r.Place]) }
	if !e.Running && !slices.ContainsFunc(e.Recipients, stays) {
		_, err := CancelIn(ctx, tx, id)
		return err
	}
	fields := change.Fields{}
	for i := range e.Recipients {
		r := &e.Recipients[i]
		if e.Message.erased(r.Place) || !gone(r.Place, e.Message.To[r.Place]) {
			continue
		}
		was := r.State
		e.Message.To[r.Place], r.Words = Address{}, ""
		if r.State != Sent {
			r.State = Refused
		}
		fields[placed(r.Place)] = [2]any{was, r.State}
		if err := r.store(ctx, tx, id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE outbox_recipients SET address_key = '', former_account = NULL WHERE site_id = $1 AND message_id = $2 AND place = $3`,
			tx.Site, id, r.Place); err != nil {
			return fmt.Errorf("erase recipient %d of message %s: %w", r.Place, id, err)
		}
	}
	if len(fields) == 0 {
		return nil
	}
	tx.Record(change.Record{Operation: "mail.erase", Target: target(id), Fields: fields})
	if !settled(e.Recipients) {
		return stored{e.Message, e.TextGone}.store(ctx, tx)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE outbox SET cancelled = true WHERE site_id = $1 AND message_id = $2`, tx.Site, id); err != nil {
		return fmt.Errorf("cancel message %s: %w", id, err)
	}
	return scrub(ctx, tx, e.Message)
}

// erased reports whether the recipient at a place was erased.
func (m *Message) erased(place int) bool { return m.To[place].Address == "" }

// withoutErased is the message as those get it who are left.
func (m *Message) withoutErased() *Message {
	left := *m
	left.To = slices.DeleteFunc(slices.Clone(m.To), func(to Address) bool { return to.Address == "" })
	return &left
}
