// Package letter writes the mail of a workflow's mail.send: from the arguments of the call to a message in text, in HTML
// and with what it was made of attached. The same arguments make the same letter, byte for byte.
//
// What a letter shows may be anybody's words. It is never a template, a link or markup here: HTML escapes it, and what
// could end a line or turn the direction of writing is taken out of it.
package letter

import (
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
)

// Templates are what a letter can look like, the default first.
var Templates = []string{"plain", "user", "table", "json"}

// Formats are what a letter is sent as, the default first: HTML with text as its alternative, text alone, or text with
// the data attached as JSON.
var Formats = []string{"html", "text", "json"}

// AttachmentName is what the data is called where it is attached.
const AttachmentName = "result.json"

// Compose makes the message that the arguments of mail.send ask for. From is empty unless they name it; ID, Date and
// Delivery always are. What cannot be sent as it is meant is failure.Invalid, with a sentence that begins with the
// name of the argument.
func Compose(args map[string]any) (mail.Message, error) {
	a, err := read(args)
	if err != nil {
		return mail.Message{}, err
	}
	p, err := a.page()
	if err != nil {
		return mail.Message{}, err
	}
	m := mail.Message{From: a.from, To: a.to, Subject: a.subject, Text: p.text()}
	if a.format == "html" {
		if m.HTML, err = p.html(); err != nil {
			return mail.Message{}, err
		}
	}
	if a.attach || a.format == "json" || a.template == "json" || p.cut {
		if !a.given {
			return mail.Message{}, failure.Invalid.Errorf("data: there is nothing to attach.")
		}
		m.Attachments = []mail.Attachment{{Name: AttachmentName, ContentType: "application/json", Content: a.json}}
	}
	return m, nil
}

// page is what a letter says, before it is text or HTML.
type page struct {
	Title string
	Words []paragraph
	Card  *card
	Table *table
	JSON  []string // lines
	Notes []string // what is to be said below
	cut   bool     // something was left out that the attachment has
}

// paragraph is some lines that stand together.
type paragraph []string

// page lays out what the template shows.
func (a *arguments) page() (*page, error) {
	p := &page{Title: a.subject, Words: paragraphs(a.text)}
	switch a.template {
	case "plain":
		if len(p.Words) == 0 {
			return nil, failure.Invalid.Errorf("text: the plain template needs it.")
		}
		return p, nil
	case "user":
		who, ok := a.data.(map[string]any)
		if !ok {
			return nil, failure.Invalid.Errorf("data: the card of a user is made of one object, as confluence.getUser returns it, not of %s.", kind(a.data))
		}
		p.Card = cardOf(who)
	case "table":
		rows, ok := a.data.([]any)
		if !ok {
			return nil, failure.Invalid.Errorf("data: a table is made of a list, not of %s.", kind(a.data))
		}
		return p, p.tabulate(rows, a.columns)
	case "json":
		p.print(a.json)
	}
	return p, nil
}
