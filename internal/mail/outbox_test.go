package mail_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
)

func kindOf(err error) failure.Kind {
	kind, _ := failure.Of(err)
	return kind
}

func TestAMessageStandsOrFallsWithItsTransaction(t *testing.T) {
	each(t, func(w *world) {
		regret := errors.New("regret")
		err := w.outbox.Changes.Write(w.Context(), site, operator, func(tx *change.Tx) error {
			if _, err := w.outbox.EnqueueIn(w.Context(), tx, letter("ada@example.com")); err != nil {
				return err
			}
			return regret
		})
		if !errors.Is(err, regret) {
			w.Error(err)
		}
		if list, err := w.outbox.List(w.Context(), site, mail.Filter{}); err != nil || len(list) != 0 {
			w.Errorf("the outbox holds %v, %v", list, err)
		}
		m := letter("ada@example.com")
		m.Subject = "a\nb"
		if _, err := enqueue(w.Context(), w.outbox, m); kindOf(err) != failure.Invalid {
			w.Errorf("a message that cannot be sent: %v", err)
		}
		m = letter("ada@example.com")
		m.ID = w.enqueue(m)
		if _, err := enqueue(w.Context(), w.outbox, m); kindOf(err) != failure.Conflict {
			w.Errorf("the same ID again: %v", err)
		}
	})
}

func TestIDsComeFromAField(t *testing.T) {
	each(t, func(w *world) {
		w.outbox.NewID = func() (string, error) { return someID, nil }
		if id := w.enqueue(letter("ada@example.com")); id != someID {
			w.Errorf("the ID is %s", id)
		}
	})
}

func TestMessagesAreListedAndShown(t *testing.T) {
	each(t, func(w *world) {
		var ids []string
		for i := range 3 {
			ids = append(ids, w.enqueue(letter(fmt.Sprintf("n%d@example.com", i), "x@example.com")))
		}
		page := func(f mail.Filter) (got []string) {
			list, err := w.outbox.List(w.Context(), site, f)
			if err != nil {
				w.Fatal(err)
			}
			for _, e := range list {
				if len(e.Recipients) != 2 || e.Recipients[1].Place != 1 {
					w.Errorf("recipients %+v", e.Recipients)
				}
				got = append(got, e.Message.ID)
			}
			return got
		}
		if got := page(mail.Filter{Limit: 2}); len(got) != 2 || got[0] != ids[2] || got[1] != ids[1] {
			w.Errorf("the first page is %v of %v", got, ids)
		}
		if got := page(mail.Filter{Limit: 2, Below: ids[1], State: mail.Queued}); len(got) != 1 || got[0] != ids[0] {
			w.Errorf("the second page is %v of %v", got, ids)
		}
		if got := page(mail.Filter{State: mail.Sent}); len(got) != 0 {
			w.Errorf("sent are %v", got)
		}
		if e := w.show(ids[0]); e.Message.Subject != "Welcome" || e.Attempts != 0 || e.Running || !e.CreatedAt.Equal(w.clock.Now()) {
			w.Errorf("the message is %+v", e)
		}
		if _, err := w.outbox.Show(w.Context(), site+1, ids[0]); kindOf(err) != failure.NotFound {
			w.Errorf("another site sees it: %v", err)
		}
	})
}

func TestTheOperatorDecidesAboutUncertainAndRefusedMail(t *testing.T) {
	each(t, func(w *world) {
		m := letter("ada@example.com")
		m.Delivery = mail.AtMostOnce
		lost, found := w.enqueue(m), w.enqueue(m)
		refused := w.enqueue(letter("ada@example.com"))
		w.drain(hand(func(ctx context.Context, e mail.Envelope, ready func([]int) error) []mail.Answer {
			if e.ID == refused {
				return answering(mail.Answer{Outcome: mail.Rejected, Words: "550 no"})(ctx, e, ready)
			}
			return answering(mail.Answer{Outcome: mail.Unknown})(ctx, e, ready)
		}))
		for _, id := range []string{lost, found} {
			w.states(id, mail.Uncertain)
		}
		w.states(refused, mail.Refused)
		decide := map[string]func(string) error{
			"resend": func(id string) error { return w.outbox.Resend(w.Context(), site, operator, id) },
			"mark":   func(id string) error { return w.outbox.MarkSent(w.Context(), site, operator, id) },
		}
		for _, step := range []struct {
			way, id string
			want    failure.Kind
		}{
			{"mark", refused, failure.Conflict},
			{"mark", someID, failure.NotFound},
			{"resend", someID, failure.NotFound},
			{"mark", found, 0},
			{"mark", found, failure.Conflict},
			{"resend", found, failure.Conflict},
			{"resend", lost, 0},
			{"resend", lost, failure.Conflict},
			{"resend", refused, failure.Conflict},
		} {
			if err := decide[step.way](step.id); (err == nil) != (step.want == 0) || err != nil && kindOf(err) != step.want {
				w.Errorf("%s: %v", step.way, err)
			}
		}
		w.states(found, mail.Sent)
		w.states(lost, mail.Queued)
		if n := w.drain(answering(mail.Answer{Outcome: mail.Accepted})); n != 1 {
			w.Errorf("%d messages are tried again", n)
		}
		w.states(lost, mail.Sent)
		w.states(refused, mail.Refused)
	})
}

func TestAMessageThatIsBeingSentIsNotDecidedAbout(t *testing.T) {
	each(t, func(w *world) {
		id := w.enqueue(letter("ada@example.com", "grace@example.com"))
		refuseOne := hand(func(_ context.Context, e mail.Envelope, _ func([]int) error) []mail.Answer {
			return []mail.Answer{{Outcome: mail.Rejected}, {Outcome: mail.Later}}[:len(e.To)]
		})
		w.drain(refuseOne)
		w.clock.Pass(time.Minute)
		if c, err := mail.ClaimDue(w.Context(), w.outbox, time.Minute); c == nil {
			w.Fatal(err)
		}
		if err := w.outbox.Resend(w.Context(), site, operator, id); kindOf(err) != failure.Conflict {
			w.Errorf("during a claim: %v", err)
		}
		w.clock.Pass(time.Minute + 1)
		if err := w.outbox.Resend(w.Context(), site, operator, id); err != nil {
			w.Errorf("after a claim: %v", err)
		}
		w.states(id, mail.Queued, mail.Queued)
	})
}

func TestRecordsOfChangesHoldNoAddresses(t *testing.T) {
	each(t, func(w *world) {
		m := letter("ada@example.com", "grace@example.com")
		m.Delivery = mail.AtMostOnce
		id := w.enqueue(m)
		w.drain(answering(mail.Answer{Outcome: mail.Later, Words: "450 ada@example.com is busy"}))
		w.clock.Pass(time.Hour)
		w.drain(answering(mail.Answer{Outcome: mail.Accepted, Words: "250 ada@example.com"}))
		records, err := db.All(w.Context(), w.db, func(rows *sql.Rows) (text string, err error) {
			var operation, target, via, detail string
			err = rows.Scan(&operation, &target, &via, &detail)
			return operation + " " + target + " " + via + " " + detail, err
		}, `SELECT operation, target, via, detail FROM changes ORDER BY at, change_id, item`)
		if err != nil {
			w.Fatal(err)
		}
		all := strings.Join(records, "\n")
		if strings.Contains(all, "@") {
			w.Errorf("the records are\n%s", all)
		}
		for i, operation := range []string{"mail.enqueue", "mail.sending", "mail.queued", "mail.sending", "mail.sent"} {
			if i >= len(records) || !strings.HasPrefix(records[i], operation+" mail:"+id) {
				w.Fatalf("record %d is not %s:\n%s", i, operation, all)
			}
		}
		if want := `mail {"recipient 0":["queued","sent"],"recipient 1":["queued","sent"]}`; !strings.HasSuffix(records[4], want) {
			w.Errorf("the last record is %s", records[4])
		}
	})
}

func TestLookingForWorkReadsNothingThatIsSent(t *testing.T) {
	each(t, func(w *world) {
		const sent = 20_000
		if err := w.db.Aside(w.Context(), `
			INSERT INTO outbox (site_id, message_id, delivery, message, attempts, due_at, lease, created_at)
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
			SELECT i % 100, 'sent-' || i, 'at_least_once', '{}', 1, NULL, '', 0 FROM n`); err != nil {
			w.Fatal(err)
		}
		w.enqueue(letter("ada@example.com"))
		if w.db.Engine == db.Postgres {
			if err := w.db.Aside(w.Context(), `ANALYZE outbox`); err != nil {
				w.Fatal(err)
			}
		}
		explain := map[db.Engine]string{db.SQLite: "EXPLAIN QUERY PLAN ", db.Postgres: "EXPLAIN "}[w.db.Engine]
		plan, err := db.All(w.Context(), w.db, func(rows *sql.Rows) (step string, err error) {
			if w.db.Engine == db.Postgres {
				return step, rows.Scan(&step)
			}
			var a, b, c int
			return step, rows.Scan(&a, &b, &c, &step)
		}, explain+mail.DueQuery, w.clock.Now().UnixMicro(), 10)
		text := strings.Join(plan, "\n")
		if err != nil || !strings.Contains(text, "outbox_due") || strings.Contains(text, "B-TREE") {
			w.Errorf("the plan is\n%s, %v", text, err)
		}
		if n := w.drain(answering(mail.Answer{Outcome: mail.Accepted})); n != 1 {
			w.Errorf("%d of %d sent messages are tried again", n-1, sent)
		}
	})
}
