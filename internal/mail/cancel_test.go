package mail_test

import (
	"context"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
)

// write runs do in one transaction of the site.
func (w *world) write(do func(tx *change.Tx) error) {
	w.Helper()
	if err := w.outbox.Changes.Write(w.Context(), site, operator, do); err != nil {
		w.Fatal(err)
	}
}

// cancel cancels a message, and fails the test where that somebody waited for it is not as wanted.
func (w *world) cancel(id string, want bool) {
	w.Helper()
	w.write(func(tx *change.Tx) error {
		waited, err := mail.CancelIn(w.Context(), tx, id)
		if waited != want {
			w.Errorf("somebody waited for message %s: %v", id, waited)
		}
		return err
	})
}

func TestAMessageThatWaitsForAllIsCancelledAsIfItHadNeverBeen(t *testing.T) {
	each(t, func(w *world) {
		id := w.enqueue(letter("ada@example.com"))
		w.cancel(id, true)
		w.cancel(id, false)
		if list, err := w.outbox.List(w.Context(), site, mail.Filter{}); err != nil || len(list) != 0 {
			w.Errorf("the outbox holds %v, %v", list, err)
		}
	})
}

func TestACancelledMessageReachesNobodyElse(t *testing.T) {
	each(t, func(w *world) {
		id := w.enqueue(full(mail.AtLeastOnce, "ada@example.com", "grace@example.com"))
		w.drain(hand(func(_ context.Context, e mail.Envelope, _ func([]int) error) []mail.Answer {
			return []mail.Answer{{Outcome: mail.Accepted}, {Outcome: mail.Later}}
		}))
		w.states(id, mail.Sent, mail.Queued)
		w.cancel(id, true)
		w.states(id, mail.Sent, mail.Refused)
		w.says(id, false)
		w.cancel(id, false)
		w.clock.Pass(time.Hour)
		if n := w.drain(answering(mail.Answer{Outcome: mail.Accepted})); n != 0 {
			w.Errorf("%d messages are tried again", n)
		}
	})
}

func TestAMessageThatIsCancelledWhileAWorkerHasItIsNotHandedOver(t *testing.T) {
	each(t, func(w *world) {
		for _, delivery := range []mail.Delivery{mail.AtLeastOnce, mail.AtMostOnce} {
			id := w.enqueue(full(delivery, "ada@example.com"))
			w.drain(hand(func(ctx context.Context, e mail.Envelope, ready func([]int) error) []mail.Answer {
				w.cancel(id, true)
				w.cancel(id, false)
				return answering(mail.Answer{Outcome: mail.Accepted})(ctx, e, ready)
			}))
			w.states(id, mail.Refused)
			w.says(id, false)
			if words := w.show(id).Recipients[0].Words; words != "cancelled before it was sent" {
				w.Errorf("the words are %q", words)
			}
		}
	})
}

func TestAMessageThatIsCancelledWhileItIsHandedOverIsSentOrNotTriedAgain(t *testing.T) {
	each(t, func(w *world) {
		for outcome, want := range map[mail.Outcome]mail.State{mail.Accepted: mail.Sent, mail.Unknown: mail.Refused, mail.Later: mail.Refused} {
			id := w.enqueue(full(mail.AtLeastOnce, "ada@example.com"))
			w.drain(hand(func(_ context.Context, _ mail.Envelope, ready func([]int) error) []mail.Answer {
				if err := ready([]int{0}); err != nil {
					w.Error(err)
				}
				w.cancel(id, true)
				return []mail.Answer{{Outcome: outcome}}
			}))
			w.states(id, want)
			w.says(id, false)
		}
	})
}

func TestAMessageWhoseWorkerIsLostIsCancelledByTheNext(t *testing.T) {
	each(t, func(w *world) {
		id := w.enqueue(full(mail.AtLeastOnce, "ada@example.com"))
		if c, err := mail.ClaimDue(w.Context(), w.outbox, time.Minute); c == nil {
			w.Fatal(err)
		}
		w.cancel(id, true)
		w.clock.Pass(time.Hour)
		if n := w.drain(answering(mail.Answer{Outcome: mail.Accepted})); n != 1 {
			w.Errorf("%d messages are taken up", n)
		}
		w.states(id, mail.Refused)
	})
}

func TestACancelledMessageThatIsUncertainIsNotResent(t *testing.T) {
	each(t, func(w *world) {
		id := w.enqueue(full(mail.AtMostOnce, "ada@example.com"))
		w.drain(hand(func(_ context.Context, _ mail.Envelope, ready func([]int) error) []mail.Answer {
			if err := ready([]int{0}); err != nil {
				w.Error(err)
			}
			w.cancel(id, true)
			return []mail.Answer{{Outcome: mail.Unknown}}
		}))
		w.states(id, mail.Uncertain)
		if err := w.outbox.Resend(w.Context(), site, operator, id); kindOf(err) != failure.Conflict {
			w.Error(err)
		}
		if err := w.outbox.MarkSent(w.Context(), site, operator, id); err != nil {
			w.Error(err)
		}
	})
}
