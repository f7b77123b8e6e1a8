package mail_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
)

// erase erases an address and fails the test where the database still holds it.
func (w *world) erase(address string) {
	w.Helper()
	w.write(func(tx *change.Tx) error { return mail.EraseIn(w.Context(), tx, address) })
	w.unknown(address)
}

// unknown fails the test where the site's mail or its records hold an address.
func (w *world) unknown(address string) {
	w.Helper()
	rows, err := db.All(w.Context(), w.db, db.Scalar[string], `
		SELECT message FROM outbox WHERE site_id = $1 UNION ALL SELECT words FROM outbox_recipients WHERE site_id = $1
		UNION ALL SELECT COALESCE(address_key, '') FROM outbox_recipients WHERE site_id = $1 UNION ALL SELECT detail FROM changes WHERE site_id = $1`, site)
	if err != nil {
		w.Fatal(err)
	}
	for _, row := range rows {
		if strings.Contains(strings.ToLower(row), strings.ToLower(address)) {
			w.Errorf("%s is known by %s", address, row)
		}
	}
}

func TestAnErasedAddressGoesFromMailThatIsSettled(t *testing.T) {
	each(t, func(w *world) {
		var ids []string
		for _, outcome := range []mail.Outcome{mail.Accepted, mail.Rejected} {
			m := letter("Ada&Co@Example.com")
			m.To[0].Name = "Ada Lovelace"
			ids = append(ids, w.enqueue(m))
			w.drain(answering(mail.Answer{Outcome: outcome, Words: "the word on <ada&co@example.com>"}))
		}
		other := w.enqueue(letter("da&co@example.com"))
		w.erase("ada&co@example.com")
		w.states(ids[0], mail.Sent)
		w.states(ids[1], mail.Refused)
		if e := w.show(ids[0]); e.Message.To[0] != (mail.Address{}) || !e.TextGone {
			w.Errorf("the message is %+v", e)
		}
		if e := w.show(other); e.Message.To[0].Address != "da&co@example.com" || e.Recipients[0].State != mail.Queued {
			w.Errorf("another message is %+v", e)
		}
		w.erase("ada&co@example.com")
	})
}

func TestAnErasedAddressGoesFromRowsThatAreOlderThanItsKey(t *testing.T) {
	each(t, func(w *world) {
		id := w.enqueue(letter("Ada&Co@Example.com"))
		w.drain(answering(mail.Answer{Outcome: mail.Accepted}))
		w.enqueue(letter("grace@example.com"))
		if err := w.db.Aside(w.Context(), `UPDATE outbox_recipients SET address_key = NULL`); err != nil {
			w.Fatal(err)
		}
		w.erase("ADA&co@example.com")
		if e := w.show(id); e.Message.To[0] != (mail.Address{}) {
			w.Errorf("the message is %+v", e)
		}
		if list, err := w.outbox.List(w.Context(), site, mail.Filter{State: mail.Queued}); err != nil || len(list) != 1 {
			w.Errorf("the outbox holds %v, %v", list, err)
		}
	})
}

func TestMailThatWaitsForAnErasedAddressDoesNotLeave(t *testing.T) {
	each(t, func(w *world) {
		alone, both := w.enqueue(letter("ada@example.com")), w.enqueue(letter("ada@example.com", "grace@example.com"))
		uncertain := w.enqueue(full(mail.AtMostOnce, "ada@example.com"))
		w.drain(hand(func(ctx context.Context, e mail.Envelope, ready func([]int) error) []mail.Answer {
			if e.ID == uncertain {
				return answering(mail.Answer{Outcome: mail.Unknown})(ctx, e, ready)
			}
			return answering(mail.Answer{Outcome: mail.Later, Words: "450 <ada@example.com> is busy"})(ctx, e, ready)
		}))
		w.states(uncertain, mail.Uncertain)
		w.write(func(tx *change.Tx) error { return mail.EraseIn(w.Context(), tx, "ada@example.com") })
		if _, err := w.outbox.Show(w.Context(), site, alone); kindOf(err) != failure.NotFound {
			w.Error(err)
		}
		w.states(both, mail.Refused, mail.Queued)
		w.states(uncertain, mail.Refused)
		w.says(uncertain, false)
		w.clock.Pass(time.Hour)
		w.drain(hand(func(_ context.Context, e mail.Envelope, _ func([]int) error) []mail.Answer {
			if len(e.To) != 1 || e.To[0] != "grace@example.com" || !strings.Contains(string(e.Data), "To: <grace@example.com>\r\n") {
				w.Errorf("sent to %v:\n%s", e.To, e.Data)
			}
			return []mail.Answer{{Outcome: mail.Rejected}}
		}))
		w.states(both, mail.Refused, mail.Refused)
		if err := w.outbox.Resend(w.Context(), site, operator, both); kindOf(err) != failure.Conflict {
			w.Error(err)
		}
	})
}

func TestAnAddressIsErasedWhileAWorkerHasItsMail(t *testing.T) {
	each(t, func(w *world) {
		for _, begun := range []bool{false, true} {
			for _, delivery := range []mail.Delivery{mail.AtLeastOnce, mail.AtMostOnce} {
				id := w.enqueue(full(delivery, "ada@example.com"))
				w.drain(hand(func(_ context.Context, _ mail.Envelope, ready func([]int) error) []mail.Answer {
					if begun {
						if err := ready([]int{0}); err != nil {
							w.Error(err)
						}
					}
					w.erase("ada@example.com")
					w.says(id, false)
					if !begun && ready([]int{0}) == nil {
						w.Error("it is handed over")
					}
					return []mail.Answer{{Outcome: map[bool]mail.Outcome{false: mail.Later, true: mail.Accepted}[begun], Words: "the word on <ada@example.com>"}}
				}))
				w.states(id, map[bool]mail.State{false: mail.Refused, true: mail.Sent}[begun])
				w.says(id, false)
				w.unknown("ada@example.com")
			}
		}
	})
}

func TestAnAddressIsErasedFromMailWhoseWorkerIsLost(t *testing.T) {
	each(t, func(w *world) {
		id := w.enqueue(full(mail.AtLeastOnce, "ada@example.com"))
		if c, err := mail.ClaimDue(w.Context(), w.outbox, time.Minute); c == nil {
			w.Fatal(err)
		}
		w.erase("ada@example.com")
		w.says(id, false)
		w.clock.Pass(time.Hour)
		if n := w.drain(answering(mail.Answer{Outcome: mail.Accepted})); n != 0 {
			w.Errorf("%d messages are taken up", n)
		}
		w.states(id, mail.Refused)
	})
}

func TestAllRecipientsOfAMessageAreErasedAndNoOtherSites(t *testing.T) {
	each(t, func(w *world) {
		id, other := w.enqueue(letter("ada@example.com", "grace@example.com")), w.enqueue(letter("ada@example.com"))
		w.drain(answering(mail.Answer{Outcome: mail.Accepted}))
		err := w.outbox.Changes.Write(w.Context(), site+1, operator, func(tx *change.Tx) error {
			if err := mail.EraseIn(w.Context(), tx, "ada@example.com"); err != nil {
				return err
			}
			return mail.EraseMessageIn(w.Context(), tx, id)
		})
		if err != nil {
			w.Error(err)
		}
		w.write(func(tx *change.Tx) error { return mail.EraseMessageIn(w.Context(), tx, id) })
		if e := w.show(id); e.Message.To[0] != (mail.Address{}) || e.Message.To[1] != (mail.Address{}) {
			w.Errorf("the message is %+v", e)
		}
		if e := w.show(other); e.Message.To[0].Address != "ada@example.com" {
			w.Errorf("another message is %+v", e)
		}
	})
}
