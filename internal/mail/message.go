// Package mail sends messages by SMTP (RFC 5321) through an outbox: a message is written in the transaction
// that causes it, and a worker hands it to the mail server until each recipient is settled. A message that was
// committed is never lost. It is doubled only where its sender was cut off between the server's acceptance and
// our record of it, then with the same Message-ID; a message sent at most once is parked for the operator instead.
package mail

import (
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/failure"
)

// Message is one message, before it is composed.
type Message struct {
	ID          string       `json:"id"` // UUID, the same in every copy; [Outbox.EnqueueIn] gives one where it is empty
	From        Address      `json:"from"`
	To          []Address    `json:"to"` // each sees the others: write a message a person where they must not
	Subject     string       `json:"subject"`
	Text        string       `json:"text"`
	HTML        string       `json:"html,omitempty"`
	Date        time.Time    `json:"date"` // EnqueueIn gives the transaction's where it is zero
	Headers     []Header     `json:"headers,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"`
	Delivery    Delivery     `json:"delivery,omitempty"`
}

// Header is a further header field of a message.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Attachment is a file that travels with a message.
type Attachment struct {
	Name        string `json:"name"`
	ContentType string `json:"contentType"`
	Content     []byte `json:"content"`
}

// Delivery is what happens where nobody knows whether the mail server took a message.
type Delivery string

const (
	AtLeastOnce Delivery = "at_least_once" // the default: it is sent again, with the same Message-ID
	AtMostOnce  Delivery = "at_most_once"  // it is parked as uncertain, until the operator decides
)

const (
	mostRecipients = 100     // what every mail server takes (RFC 5321, 4.5.3.1.8)
	mostHeader     = 400     // characters of a name, a subject or a header's value, so that a line stays below 998 bytes
	mostFileName   = 60      // characters of an attachment's name, which may need 12 bytes each
	mostBytes      = 7 << 20 // of content; encoded, it stays below the 10 MiB that most mail servers take
)

// check refuses what cannot be sent as it is meant: what it lets pass, [Message.Compose] composes.
func (m *Message) check() error {
	if id, err := uuid.Parse(m.ID); err != nil || id.String() != m.ID {
		return failure.Invalid.Errorf("The message ID %q is not a lower-case UUID.", m.ID)
	}
	if len(m.To) == 0 || len(m.To) > mostRecipients {
		return failure.Invalid.Errorf("A message has 1 to %d recipients, not %d.", mostRecipients, len(m.To))
	}
	if m.Delivery != AtLeastOnce && m.Delivery != AtMostOnce {
		return failure.Invalid.Errorf("There is no delivery %q.", m.Delivery)
	}
	if err := m.From.check(); err != nil {
		return err
	}
	size := len(m.Text) + len(m.HTML)
	for _, a := range m.Attachments {
		if _, err := a.header(); err != nil {
			return err
		}
		size += len(a.Content)
	}
	if size > mostBytes {
		return failure.Invalid.Errorf("A message with its attachments has at most %d bytes.", mostBytes)
	}
	there := map[string]bool{}
	for _, to := range m.To {
		if err := to.check(); err != nil {
			return err
		}
		if there[to.Address] {
			return failure.Invalid.Errorf("A recipient is named twice.")
		}
		there[to.Address] = true
	}
	if err := checkLine("subject", m.Subject); err != nil {
		return err
	}
	for _, h := range m.Headers {
		if err := h.check(); err != nil {
			return err
		}
	}
	return nil
}

// checkLine refuses text that is not one line of a header: line breaks and other control characters would
// end the header, or be shown as something else.
func checkLine(what, text string) error {
	if !utf8.ValidString(text) {
		return failure.Invalid.Errorf("The %s of a message is not UTF-8.", what)
	}
	if utf8.RuneCountInString(text) > mostHeader {
		return failure.Invalid.Errorf("The %s of a message is longer than %d characters.", what, mostHeader)
	}
	for _, r := range text {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return failure.Invalid.Errorf("The %s of a message must be one line without control characters.", what)
		}
	}
	return nil
}
