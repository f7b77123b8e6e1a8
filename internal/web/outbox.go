package web

import (
	"net/http"
	"slices"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
)

const (
	outboxPath = "/outbox"

	messagesShown         = 50
	outboxRecipientsShown = 3 // of one message in a list
)

// mailStates are what the outbox can be narrowed to, in the order of its tabs.
var mailStates = []mail.State{mail.Queued, mail.Sending, mail.Sent, mail.Refused, mail.Uncertain}

// outboxPage lists messages.
type outboxPage struct {
	Frame
	State     mail.State
	States    []mail.State
	Messages  []outboxLetter
	Next      string
	Begun     bool
	Undecided bool // somewhere a message is uncertain
}

// addresses are those that the page shows.
func (p outboxPage) addresses() (all []string) {
	for _, l := range p.Messages {
		all = append(all, l.addresses()...)
	}
	return all
}

// discloseMailed records that an administrator is shown addresses that mail goes to. Where it cannot, they may not be shown.
func (v *visit) discloseMailed(addresses []string) error {
	return v.Directory.DiscloseMailed(v.ctx(), v.site.ID, v.by, addresses)
}

// outboxLetter is a message with nothing of what is in it but its subject.
type outboxLetter struct {
	mail.Entry
	To   []outboxRecipient
	More int // further recipients
}

// outboxRecipient is how far a message has come with an address.
type outboxRecipient struct {
	mail.Recipient
	Address mail.Address // empty where it was erased
}

func outboxLetterOf(e mail.Entry, most int) outboxLetter {
	l := outboxLetter{Entry: e}
	for i, r := range e.Recipients {
		if i == most {
			l.More = len(e.Recipients) - most
			break
		}
		to := outboxRecipient{Recipient: r}
		if r.Place < len(e.Message.To) {
			to.Address = e.Message.To[r.Place]
		}
		l.To = append(l.To, to)
	}
	return l
}

func (l outboxLetter) addresses() (all []string) {
	for _, to := range l.To {
		all = append(all, to.Address.Address)
	}
	return all
}

// States are the states of the message's recipients, each once.
func (l outboxLetter) States() []mail.State {
	var all []mail.State
	for _, s := range mailStates {
		if slices.ContainsFunc(l.Recipients, func(r mail.Recipient) bool { return r.State == s }) {
			all = append(all, s)
		}
	}
	return all
}

// In reports whether a recipient is in a state.
func (l outboxLetter) In(state mail.State) bool { return slices.Contains(l.States(), state) }

// MayResend reports whether it makes sense to offer that the message is sent again.
func (l outboxLetter) MayResend() bool {
	return !l.TextGone && !l.Cancelled && !l.Running && (l.In(mail.Uncertain) || l.In(mail.Refused))
}

// MayMark reports whether there is something to decide.
func (l outboxLetter) MayMark() bool { return !l.Running && l.In(mail.Uncertain) }

// MayCancel reports whether somebody still waits for the message.
func (l outboxLetter) MayCancel() bool { return !l.DueAt.IsZero() && !l.Cancelled }

// outbox lists the messages of the site, the newest first.
func (v *visit) outbox() error {
	q := v.r.URL.Query()
	page := outboxPage{Frame: v.frame(), State: mail.State(q.Get("state")), States: mailStates, Begun: q.Get("below") != ""}
	if page.State != "" && !slices.Contains(mailStates, page.State) {
		return failure.Invalid.Errorf("The state %.60q is none of queued, sending, sent, refused, uncertain.", q.Get("state"))
	}
	found, err := v.Outbox.List(v.ctx(), v.site.ID, mail.Filter{State: page.State, Below: clipped(q.Get("below")), Limit: messagesShown + 1})
	if err != nil {
		return err
	}
	if len(found) > messagesShown {
		found = found[:messagesShown]
		page.Next = withQuery("outbox", "state", string(page.State), "below", found[messagesShown-1].Message.ID)
	}
	for _, e := range found {
		page.Messages = append(page.Messages, outboxLetterOf(e, outboxRecipientsShown))
	}
	undecided, err := v.Outbox.List(v.ctx(), v.site.ID, mail.Filter{State: mail.Uncertain, Limit: 1})
	if err != nil {
		return err
	}
	page.Undecided = len(undecided) > 0 && page.State != mail.Uncertain
	if err := v.discloseMailed(page.addresses()); err != nil {
		return err
	}
	return v.show(http.StatusOK, "outbox", page)
}

// outboxMessagePage shows what became of a message, and decides.
type outboxMessagePage struct {
	Frame
	Letter  outboxLetter
	Problem string
}

func (v *visit) outboxMessage() error {
	return v.showOutboxMessage(http.StatusOK, clipped(v.r.PathValue("message")), "")
}

// decided leads on from what was decided about a message, or says why it was not.
func (v *visit) decided(id, done, to string, err error) error {
	if err == nil {
		return v.goTo(withQuery(to, "done", done))
	}
	problem, err := said(err)
	if err != nil {
		return err
	}
	return v.showOutboxMessage(http.StatusConflict, id, problem)
}

// resendMessage asks, and then sends a message again to those who may not have it.
func (v *visit) resendMessage() error {
	id := clipped(v.r.PathValue("message"))
	if !v.posted() {
		return v.askAbout(id, "resend", outboxLetter.MayResend)
	}
	return v.decided(id, "resend", outboxPath+"/"+id, v.Outbox.Resend(v.ctx(), v.site.ID, v.by, id))
}

// markMessage asks, and then counts a message as sent.
func (v *visit) markMessage() error {
	id := clipped(v.r.PathValue("message"))
	if !v.posted() {
		return v.askAbout(id, "sent", outboxLetter.MayMark)
	}
	return v.decided(id, "sent", outboxPath+"/"+id, v.Outbox.MarkSent(v.ctx(), v.site.ID, v.by, id))
}

// cancelMessage asks, and then calls a message back.
func (v *visit) cancelMessage() error {
	id := clipped(v.r.PathValue("message"))
	if !v.posted() {
		return v.askAbout(id, "cancel", outboxLetter.MayCancel)
	}
	return v.decided(id, "cancel", outboxPath, v.Outbox.Changes.Write(v.ctx(), v.site.ID, v.by, func(tx *change.Tx) error {
		waited, err := mail.CancelIn(v.ctx(), tx, id)
		if err == nil && !waited {
			err = failure.Conflict.Errorf("Nobody waits for this message any more.")
		}
		return err
	}))
}

// askAbout asks about a message. Where there is nothing to decide any more it leads to the message.
func (v *visit) askAbout(id, what string, may func(outboxLetter) bool) error {
	e, err := v.Outbox.Show(v.ctx(), v.site.ID, id)
	if err != nil {
		return err
	}
	to := outboxPath + "/" + id
	if !may(outboxLetterOf(e, 0)) {
		return v.goTo(to)
	}
	return v.question(what, e.Message.Subject, to, false)
}

func (v *visit) showOutboxMessage(status int, id, problem string) error {
	e, err := v.Outbox.Show(v.ctx(), v.site.ID, id)
	if err != nil {
		return err
	}
	page := outboxMessagePage{v.frame(), outboxLetterOf(e, len(e.Recipients)), problem}
	if err := v.discloseMailed(page.Letter.addresses()); err != nil {
		return err
	}
	return v.show(status, "outbox-message", page)
}
