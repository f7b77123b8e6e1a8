package mail_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/mail"
)

// says fails the test where a message's text is gone, or there, against what is wanted.
func (w *world) says(id string, text bool) {
	w.Helper()
	e := w.show(id)
	if m := e.Message; e.TextGone == text || (m.Subject+m.Text+m.HTML != "") != text || (len(m.Headers)+len(m.Attachments) > 0) != text {
		w.Errorf("the text is gone: %v, and the message is %+v", e.TextGone, m)
	}
	row, err := db.All(w.Context(), w.db, db.Scalar[string], `SELECT message FROM outbox WHERE message_id = $1`, id)
	if err != nil || len(row) != 1 || strings.Contains(row[0], "Good day") != text {
		w.Errorf("the outbox holds %s, %v", row, err)
	}
}

func full(delivery mail.Delivery, to ...string) mail.Message {
	m := letter(to...)
	m.Delivery = delivery
	m.Headers = []mail.Header{{Name: "X-Link", Value: "https://example.org/secret"}}
	m.Attachments = []mail.Attachment{{Name: "a.txt", ContentType: "text/plain", Content: []byte("secret")}}
	return m
}

func TestASettledMessageKeepsNothingOfWhatItSaid(t *testing.T) {
	each(t, func(w *world) {
		answers := map[string]mail.Outcome{}
		through := func() int {
			return w.drain(hand(func(_ context.Context, e mail.Envelope, ready func([]int) error) []mail.Answer {
				list := make([]mail.Answer, len(e.To))
				for i, to := range e.To {
					list[i].Outcome = answers[to]
				}
				return list
			}))
		}
		id := w.enqueue(full(mail.AtLeastOnce, "ada@example.com", "grace@example.com", "mary@example.com"))
		answers["ada@example.com"], answers["grace@example.com"] = mail.Accepted, mail.Rejected
		through()
		w.states(id, mail.Sent, mail.Refused, mail.Queued)
		w.says(id, true)
		answers["mary@example.com"] = mail.Accepted
		w.clock.Pass(time.Hour)
		through()
		w.states(id, mail.Sent, mail.Refused, mail.Sent)
		w.says(id, false)
		if e := w.show(id); e.Message.ID != id || len(e.Message.To) != 3 || e.Message.From.Address == "" {
			w.Errorf("it is not known any more whose it is: %+v", e.Message)
		}
	})
}

func TestAnUncertainMessageKeepsItsTextUntilItIsDecidedAbout(t *testing.T) {
	each(t, func(w *world) {
		found, lost := w.enqueue(full(mail.AtMostOnce, "ada@example.com")), w.enqueue(full(mail.AtMostOnce, "ada@example.com"))
		w.drain(answering(mail.Answer{Outcome: mail.Unknown}))
		w.says(found, true)
		w.says(lost, true)
		if err := w.outbox.MarkSent(w.Context(), site, operator, found); err != nil {
			w.Error(err)
		}
		w.says(found, false)
		if err := w.outbox.Resend(w.Context(), site, operator, lost); err != nil {
			w.Error(err)
		}
		w.says(lost, true)
		w.drain(answering(mail.Answer{Outcome: mail.Accepted}))
		w.says(lost, false)
	})
}

func TestACapturedMessageKeepsItsText(t *testing.T) {
	each(t, func(w *world) {
		id := w.enqueue(full(mail.AtLeastOnce, "ada@example.com"))
		w.drain(mail.Capture{})
		w.states(id, mail.Sent)
		w.says(id, true)
	})
}
