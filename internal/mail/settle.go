package mail

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/change"
)

// worker is who settles messages, in records of changes.
var worker = change.Actor{Via: "mail"}

// begin says that the claim's message is now handed over to the recipients at these places. Where it is sent
// at most once, that is stored first: whoever finds it stored later knows that the message may have left.
func (o *Outbox) begin(ctx context.Context, c *claim, places []int) error {
	if c.delivery == AtLeastOnce {
		return o.holds(ctx, o.Changes.DB, c)
	}
	return o.Changes.Write(ctx, c.site, worker, func(tx *change.Tx) error {
		if err := o.holds(ctx, tx, c); err != nil {
			return err
		}
		fields := change.Fields{}
		for _, place := range places {
			r := Recipient{Place: place, State: Sending}
			fields[placed(place)] = [2]any{Queued, Sending}
			if err := r.store(ctx, tx, c.id); err != nil {
				return err
			}
		}
		tx.Record(change.Record{Operation: "mail.sending", Target: target(c.id), Fields: fields})
		return nil
	})
}

// settle stores what became of the claim's recipients and gives the message back: for another try at next where
// one is still queued, else for good, without its text where all are settled. It fails with errLost, and stores nothing, where the claim does not stand.
func (o *Outbox) settle(ctx context.Context, c *claim, after []Recipient, next time.Time) error {
	var due any
	if slices.ContainsFunc(after, func(r Recipient) bool { return r.State == Queued }) {
		due = next.UnixMicro()
	}
	err := o.Changes.Write(ctx, c.site, worker, func(tx *change.Tx) error {
		n, err := tx.ExecContext(ctx, `UPDATE outbox SET due_at = $1, lease = '' WHERE site_id = $2 AND message_id = $3 AND lease = $4`,
			due, c.site, c.id, c.lease)
		if err != nil {
			return err
		}
		if n == 0 {
			return errLost
		}
		moved := map[State]change.Fields{}
		if settled(after) && !c.shown {
			if err := scrub(ctx, tx, c.message); err != nil {
				return err
			}
		}
		for i, r := range after {
			if r.State == c.recipients[i].State && r.State != Queued {
				continue
			}
			if moved[r.State] == nil {
				moved[r.State] = change.Fields{}
			}
			moved[r.State][placed(r.Place)] = [2]any{c.recipients[i].State, r.State}
			if err := r.store(ctx, tx, c.id); err != nil {
				return err
			}
		}
		for _, s := range []State{Sent, Refused, Uncertain, Queued} {
			if moved[s] != nil {
				tx.Record(change.Record{Operation: "mail." + string(s), Target: target(c.id), Fields: moved[s]})
			}
		}
		if len(moved) == 0 {
			tx.Record(change.Record{Operation: "mail.settle", Target: target(c.id)})
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("settle message %s: %w", c.id, err)
	}
	return nil
}

// toSend returns the places of the recipients that wait.
func (c *claim) toSend() []int {
	var list []int
	for i, r := range c.recipients {
		if r.State == Queued {
			list = append(list, i)
		}
	}
	return list
}

// found returns the recipients as a claim finds them: those that a lost worker was sending to are uncertain.
func (c *claim) found() []Recipient {
	after := slices.Clone(c.recipients)
	for i := range after {
		if after[i].State == Sending {
			after[i].State, after[i].Words = Uncertain, "the server stopped while the message was handed over"
		}
	}
	return after
}

// answered turns the answer of one try into the recipient's state.
func (c *claim) answered(r Recipient, a Answer) Recipient {
	r.Words = a.Words
	switch a.Outcome {
	case Accepted:
		r.State = Sent
	case Rejected:
		r.State = Refused
	case Unknown:
		if c.delivery == AtMostOnce {
			r.State = Uncertain
		}
	}
	return r
}

// giveUp refuses the recipients that still wait.
func giveUp(after []Recipient, attempts int) {
	for i := range after {
		if after[i].State == Queued {
			words := strings.TrimSuffix(fmt.Sprintf("given up after %d tries: %s", attempts, after[i].Words), ": ")
			after[i].State, after[i].Words = Refused, line(words)
		}
	}
}
