package mail

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
)

// worker is who settles messages, in records of changes.
var worker = change.Actor{Via: "mail"}

// begin says that the claim's message is now handed over to the recipients at these places. Where it is sent
// at most once, that is stored first: whoever finds it stored later knows that the message may have left.
func (o *Outbox) begin(ctx context.Context, c *claim, places []int) error {
	if c.delivery == AtLeastOnce {
		return c.wanted(ctx, o.Changes.DB)
	}
	return o.Changes.Write(ctx, c.site, worker, func(tx *change.Tx) error {
		if err := c.wanted(ctx, tx); err != nil {
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
func (o *Outbox) settle(ctx context.Context, c *claim, found []Recipient, next time.Time) error {
	err := o.Changes.Write(ctx, c.site, worker, func(tx *change.Tx) error {
		now, err := c.standing(ctx, tx)
		if err != nil {
			return err
		}
		after := now.overrule(found)
		var due, done, left any
		if slices.ContainsFunc(after, func(r Recipient) bool { return r.State == Queued }) {
			due = next.UnixMicro()
		} else if settled(after) {
			done = tx.Now.UnixMicro()
		}
		if done != nil && !c.shown {
			text, err := json.Marshal(scrubbed(now.message.Message))
			if err != nil {
				return err
			}
			left = string(text)
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE outbox SET due_at = $1, settled_at = $2, lease = '', message = COALESCE($3, message) WHERE site_id = $4 AND message_id = $5`,
			due, done, left, c.site, c.id); err != nil {
			return err
		}
		if err := c.move(ctx, tx, after); err != nil || done == nil {
			return err
		}
		return o.tell(ctx, tx, c.id, after)
	})
	if err != nil {
		return fmt.Errorf("settle message %s: %w", c.id, err)
	}
	return nil
}

// move stores the recipients whose state is another than the claim found, and those that were tried, and records it.
func (c *claim) move(ctx context.Context, tx *change.Tx, after []Recipient) error {
	moved := map[State]change.Fields{}
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
}

// standing is what a claim's message is by now: others may have called it back, or erased recipients.
type standing struct {
	message   stored
	cancelled bool
}

// standing reads the message anew; errLost where the claim does not stand any more.
func (c *claim) standing(ctx context.Context, q db.Querier) (standing, error) {
	now, ours, err := db.One(ctx, q, func(rows *sql.Rows) (s standing, err error) {
		var message string
		if err := rows.Scan(&message, &s.cancelled); err != nil {
			return s, err
		}
		if s.message = c.message; message == c.text {
			return s, nil // nobody has erased anything since, and to read it takes long
		}
		s.message = stored{}
		return s, json.Unmarshal([]byte(message), &s.message)
	}, `SELECT message, cancelled FROM outbox WHERE site_id = $1 AND message_id = $2 AND lease = $3`, c.site, c.id, c.lease)
	if err == nil && !ours {
		err = errLost
	}
	return now, err
}

// wanted fails where the message is not to be handed over: with errLost as [claim.standing], or with errCancelled.
func (c *claim) wanted(ctx context.Context, q db.Querier) error {
	cancelled, ours, err := db.One(ctx, q, db.Scalar[bool], `SELECT cancelled FROM outbox WHERE site_id = $1 AND message_id = $2 AND lease = $3`,
		c.site, c.id, c.lease)
	switch {
	case err == nil && !ours:
		return errLost
	case err == nil && cancelled:
		return errCancelled
	}
	return err
}

// overrule returns what is to be stored of what a worker found out: nobody waits for a message that was called
// back, and of a recipient that was erased only stays whether it has the message.
func (s standing) overrule(found []Recipient) []Recipient {
	after := slices.Clone(found)
	for i := range after {
		r := &after[i]
		switch {
		case s.message.erased(r.Place):
			r.Words = ""
			if r.State != Sent {
				r.State = Refused
			}
		case s.cancelled && r.State == Queued:
			r.State, r.Words = Refused, whyCancelled
		}
	}
	return after
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
