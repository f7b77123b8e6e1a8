package mail_test

import (
	"context"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/mail"
)

// left are the IDs of the site's mail.
func (w *world) left() map[string]bool {
	w.Helper()
	ids := map[string]bool{}
	list, err := w.outbox.List(w.Context(), site, mail.Filter{Limit: 10_000})
	if err != nil {
		w.Fatal(err)
	}
	for _, e := range list {
		ids[e.Message.ID] = true
	}
	return ids
}

func (w *world) prune(before time.Time, want int64) {
	w.Helper()
	if n, err := w.outbox.Prune(w.Context(), site, before); err != nil || n != want {
		w.Errorf("%d messages are deleted, want %d: %v", n, want, err)
	}
}

func TestRetentionDeletesMailByWhenItWasSettled(t *testing.T) {
	each(t, func(w *world) {
		answers := map[string]mail.Outcome{"sent@example.com": mail.Accepted, "refused@example.com": mail.Rejected, "unknown@example.com": mail.Unknown}
		through := hand(func(_ context.Context, e mail.Envelope, ready func([]int) error) []mail.Answer {
			if err := ready([]int{0}); err != nil {
				w.Error(err)
			}
			list := make([]mail.Answer, len(e.To))
			for i, to := range e.To {
				list[i].Outcome = answers[to]
			}
			return list
		})
		begun := w.clock.Now()
		sent, refused := w.enqueue(letter("sent@example.com")), w.enqueue(letter("refused@example.com"))
		uncertain := w.enqueue(full(mail.AtMostOnce, "unknown@example.com"))
		waits, half := w.enqueue(letter("later@example.com")), w.enqueue(letter("sent@example.com", "late@example.com"))
		w.drain(through)
		w.clock.Pass(100 * 24 * time.Hour)
		answers["late@example.com"] = mail.Accepted
		w.drain(through)
		now := w.clock.Now()
		w.prune(begun, 0)
		w.prune(now, 2)
		if left := w.left(); len(left) != 3 || !left[uncertain] || !left[waits] || !left[half] || left[sent] || left[refused] {
			w.Errorf("left are %v", left)
		}
		if err := w.outbox.MarkSent(w.Context(), site, operator, uncertain); err != nil {
			w.Error(err)
		}
		w.write(func(tx *change.Tx) error { return mail.EraseIn(w.Context(), tx, "late@example.com") })
		w.prune(now.Add(time.Second), 2)
		w.prune(now.Add(time.Second), 0)
		if left := w.left(); len(left) != 1 || !left[waits] {
			w.Errorf("left are %v", left)
		}
		rows, err := db.All(w.Context(), w.db, db.Scalar[string], `SELECT detail FROM changes WHERE operation = 'mail.prune' ORDER BY change_id`)
		if err != nil || len(rows) != 2 || rows[0] != `{"Messages":[null,2]}` {
			w.Errorf("recorded is %v, %v", rows, err)
		}
	})
}

func TestRetentionTakesCapturedAndCancelledMailTooAndNoOtherSites(t *testing.T) {
	each(t, func(w *world) {
		w.enqueue(letter("ada@example.com"))
		w.drain(mail.Capture{})
		id := w.enqueue(letter("ada@example.com"))
		w.drain(hand(func(_ context.Context, _ mail.Envelope, _ func([]int) error) []mail.Answer {
			w.cancel(id, true)
			return []mail.Answer{{Outcome: mail.Later}}
		}))
		if n, err := w.outbox.Prune(w.Context(), site+1, w.clock.Now().Add(time.Hour)); n != 0 || err != nil {
			w.Error(n, err)
		}
		w.prune(w.clock.Now().Add(time.Hour), 2)
	})
}

func TestRetentionGoesByBoundedBatches(t *testing.T) {
	each(t, func(w *world) {
		if err := w.db.Aside(w.Context(), `
			INSERT INTO outbox (site_id, message_id, delivery, message, attempts, due_at, lease, created_at, settled_at)
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1201)
			SELECT 7, 'sent-' || i, 'at_least_once', '{}', 1, NULL, '', 0, i FROM n`); err != nil {
			w.Fatal(err)
		}
		if err := w.db.Aside(w.Context(), `INSERT INTO outbox_recipients (site_id, message_id, place, state, words, updated_at)
			SELECT site_id, message_id, 0, 'sent', '', 0 FROM outbox`); err != nil {
			w.Fatal(err)
		}
		w.prune(time.UnixMicro(1200), 1199)
		steps, err := db.All(w.Context(), w.db, db.Scalar[string], `SELECT detail FROM changes WHERE operation = 'mail.prune' ORDER BY change_id`)
		if err != nil || len(steps) != 3 || steps[2] != `{"Messages":[null,199]}` {
			w.Errorf("the steps are %v, %v", steps, err)
		}
		if n, _, err := db.One(w.Context(), w.db, db.Scalar[int], `SELECT count(*) FROM outbox_recipients`); n != 2 || err != nil {
			w.Errorf("%d recipients are left: %v", n, err)
		}
	})
}

func TestWhoWantsToKnowIsToldWithinTheTransactionThatSettles(t *testing.T) {
	each(t, func(w *world) {
		told := map[string]mail.State{}
		w.outbox.Settled = func(_ context.Context, tx *change.Tx, id string, recipients []mail.Recipient) error {
			if tx.Site != site || len(recipients) != 1 {
				w.Errorf("site %d, recipients %+v", tx.Site, recipients)
			}
			told[id] = recipients[0].State
			return nil
		}
		sent, refused := w.enqueue(letter("ada@example.com")), w.enqueue(letter("grace@example.com"))
		uncertain := w.enqueue(full(mail.AtMostOnce, "mary@example.com"))
		worker := w.worker(hand(func(_ context.Context, e mail.Envelope, _ func([]int) error) []mail.Answer {
			return []mail.Answer{{Outcome: map[string]mail.Outcome{sent: mail.Accepted, refused: mail.Rejected, uncertain: mail.Unknown}[e.ID]}}
		}))
		worker.Senders = 1
		if _, err := worker.Drain(w.Context()); err != nil {
			w.Fatal(err)
		}
		if len(told) != 2 || told[sent] != mail.Sent || told[refused] != mail.Refused {
			w.Errorf("told was %v", told)
		}
		if err := w.outbox.MarkSent(w.Context(), site, operator, uncertain); err != nil || told[uncertain] != mail.Sent {
			w.Errorf("told was %v, %v", told, err)
		}
	})
}
