package directory_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
)

// answering is a mail server that gives the same answer to everything, and runs meanwhile before it does.
type answering struct {
	answer    mail.Answer
	meanwhile func()
	taken     []string // whom it took mail for
}

func (s *answering) Send(_ context.Context, e mail.Envelope, ready func([]int) error) []mail.Answer {
	if s.meanwhile != nil {
		s.meanwhile()
	}
	if err := ready([]int{0}); err != nil {
		return []mail.Answer{{Outcome: mail.Later, Words: err.Error()}}
	}
	if s.answer.Outcome == mail.Accepted {
		s.taken = append(s.taken, e.To[0])
	}
	return []mail.Answer{s.answer}
}

// post hands all mail that is due to a mail server.
func (a *alone) post(s *answering) {
	a.Helper()
	if _, err := mail.NewWorker(a.Outbox, s, slog.New(slog.DiscardHandler)).Drain(a.Context()); err != nil {
		a.Fatal(err)
	}
}

var (
	taking   = mail.Answer{Outcome: mail.Accepted, Words: "250 OK"}
	busy     = mail.Answer{Outcome: mail.Later, Words: "450 <grace@example.com> is busy"}
	refusing = mail.Answer{Outcome: mail.Rejected, Words: "550 <grace@example.com> is not here"}
)

func TestAnInvitationIsSentWhenTheMailServerTookIt(t *testing.T) {
	eachAlone(t, func(t *testing.T, a *alone) {
		a.invite(false, "grace@example.com")
		queued := a.now.UTC().Truncate(time.Microsecond)
		if inv := a.last("grace@example.com"); !inv.SentAt.IsZero() || !inv.QueuedAt.Equal(queued) {
			t.Errorf("before it is tried: %+v", inv)
		}
		a.post(&answering{answer: busy})
		if inv := a.last("grace@example.com"); !inv.SentAt.IsZero() {
			t.Errorf("while it waits: %+v", inv)
		}
		a.pass(time.Hour)
		a.post(&answering{answer: taking})
		if inv := a.last("grace@example.com"); !inv.SentAt.Equal(queued.Add(time.Hour)) || !inv.QueuedAt.Equal(queued) {
			t.Errorf("when it is sent: %+v", inv)
		}
		if n, err := a.Outbox.Prune(t.Context(), a.site, a.now.Add(time.Second)); n != 1 || err != nil {
			t.Error(n, err)
		}
		if inv := a.last("grace@example.com"); inv.SentAt.IsZero() {
			t.Errorf("once its mail is deleted: %+v", inv)
		}
		if inv, err := a.Resend(t.Context(), a.site, operator, "grace@example.com", terms); err != nil || !inv.SentAt.IsZero() || !a.last("grace@example.com").SentAt.IsZero() {
			t.Errorf("when it is sent again: %+v, %v", inv, err)
		}
	})
}

func TestMailThatIsRefusedForGoodBeginsNoCoolDown(t *testing.T) {
	eachAlone(t, func(t *testing.T, a *alone) {
		a.invite(false, "grace@example.com")
		a.post(&answering{answer: busy})
		if a.invite(false, "grace@example.com"); a.last("grace@example.com").Sends != 1 {
			t.Error("a mail that waits has no cool-down")
		}
		a.pass(10 * time.Minute)
		a.post(&answering{answer: refusing})
		if inv := a.last("grace@example.com"); !inv.SentAt.IsZero() {
			t.Errorf("refused: %+v", inv)
		}
		if a.invite(false, "grace@example.com"); a.last("grace@example.com").Sends != 2 {
			t.Error("the refused mail has a cool-down")
		}
		server := &answering{answer: taking}
		if a.post(server); len(server.taken) != 1 {
			t.Errorf("sent are %v", server.taken)
		}
		if a.invite(false, "grace@example.com"); a.last("grace@example.com").Sends != 2 {
			t.Error("the mail that was sent has no cool-down")
		}
	})
}

// ends are ways in which a link becomes useless, and whether another one is mailed in its place.
var ends = map[string]struct {
	replaced bool
	end      func(a *alone) error
}{
	"resent": {true, func(a *alone) error {
		_, err := a.Resend(a.Context(), a.site, operator, "grace@example.com", terms)
		return err
	}},
	"invited again": {true, func(a *alone) error {
		a.inviteBy(hurried(), false, "grace@example.com")
		return nil
	}},
	"invited again when it expired": {true, func(a *alone) error {
		a.pass(terms.Life)
		a.inviteBy(hurried(), false, "grace@example.com")
		return nil
	}},
	"revoked": {false, func(a *alone) error {
		_, err := a.dir.RevokeInvitation(a.Context(), a.site, operator, "grace@example.com")
		return err
	}},
}

func TestTheMailOfALinkThatIsReplacedOrRevokedIsCalledBack(t *testing.T) {
	for name, way := range ends {
		wanted := 0
		if way.replaced {
			wanted = 1
		}
		t.Run(name+" while it waits", func(t *testing.T) {
			eachAlone(t, func(t *testing.T, a *alone) {
				a.invite(false, "grace@example.com")
				a.post(&answering{answer: busy})
				if err := way.end(a); err != nil {
					t.Fatal(err)
				}
				a.pass(time.Hour)
				server := &answering{answer: taking}
				if a.post(server); len(server.taken) != wanted {
					t.Errorf("sent are %v", server.taken)
				}
			})
		})
		t.Run(name+" while a worker has it", func(t *testing.T) {
			eachAlone(t, func(t *testing.T, a *alone) {
				a.invite(false, "grace@example.com")
				server := &answering{answer: taking}
				server.meanwhile = sync.OnceFunc(func() {
					if err := way.end(a); err != nil {
						t.Error(err)
					}
				})
				a.post(server)
				a.pass(time.Hour)
				if a.post(server); len(server.taken) != wanted {
					t.Errorf("sent are %v", server.taken)
				}
			})
		})
	}
}

func TestAnInvitationThatWasResentAndRevokedLeavesNoMail(t *testing.T) {
	eachAlone(t, func(t *testing.T, a *alone) {
		a.invite(false, "grace@example.com")
		for range 3 {
			a.post(&answering{answer: busy})
			if _, err := a.Resend(t.Context(), a.site, operator, "grace@example.com", terms); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := a.dir.RevokeInvitation(t.Context(), a.site, operator, "grace@example.com"); err != nil {
			t.Fatal(err)
		}
		if left := a.mails(); len(left) != 0 {
			t.Errorf("left are %+v", left)
		}
	})
}

func TestClosingAnAccountErasesItsAddressFromMailThatIsSettled(t *testing.T) {
	eachAlone(t, func(t *testing.T, a *alone) {
		ada := add(t, a.dir, a.site, directory.Account{DisplayName: "Ada", Email: "Ada@Bücher.example"})
		for _, answer := range []mail.Answer{taking, refusing} {
			a.inviteBy(hurried(), true, "ADA@bücher.example")
			answer.Words += " ada@xn--bcher-kva.example"
			a.post(&answering{answer: answer})
		}
		a.inviteBy(hurried(), true, "ada@bücher.example")
		a.post(&answering{answer: busy})
		a.invite(false, "grace@example.com")
		a.edit(ada.ID, directory.Closed, "")
		rows, err := db.All(t.Context(), a.db, db.Scalar[string], `SELECT message FROM outbox UNION ALL SELECT words FROM outbox_recipients
			UNION ALL SELECT COALESCE(address_key, '') FROM outbox_recipients UNION ALL SELECT detail FROM changes
			UNION ALL SELECT email FROM invitations UNION ALL SELECT addresses FROM invitation_requests`)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if text := strings.ToLower(row); strings.Contains(text, "ada@") {
				t.Errorf("the address stands in %s", row)
			}
		}
		all, err := a.Outbox.List(t.Context(), a.site, mail.Filter{})
		if err != nil || len(all) != 3 || all[0].Message.To[0].Address != "grace@example.com" || all[1].Recipients[0].State != mail.Refused || all[2].Recipients[0].State != mail.Sent {
			t.Errorf("the outbox holds %+v, %v", all, err)
		}
	})
}

func TestClosingAnAccountLeavesTheMailOfWhoHasItsOldAddress(t *testing.T) {
	eachAlone(t, func(t *testing.T, a *alone) {
		let, err := a.accept(secretIn(a.invite(false, "shared@example.com")[0]))
		if err != nil {
			t.Fatal(err)
		}
		old := a.last("shared@example.com")
		a.post(&answering{answer: taking})
		a.edit(let.Account.ID, directory.Active, "ada@example.com")
		grace := add(t, a.dir, a.site, directory.Account{DisplayName: "Grace", Email: "shared@example.com"})
		hers := a.inviteBy(hurried(), true, "shared@example.com")
		a.edit(let.Account.ID, directory.Closed, "")
		if e, err := a.Outbox.Show(t.Context(), a.site, old.MessageID); err != nil || e.Message.To[0].Address != "" {
			t.Errorf("the mail before is %+v, %v", e, err)
		}
		if e, err := a.Outbox.Show(t.Context(), a.site, hers.ID); err != nil || e.Message.To[0].Address != "shared@example.com" {
			t.Errorf("the mail to %s is %+v, %v", grace.ID, e, err)
		}
		if _, err := a.accept(secretIn(hers)); kind(err) == failure.Internal && err != nil {
			t.Error(err)
		}
	})
}
