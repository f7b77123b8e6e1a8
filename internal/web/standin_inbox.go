package web

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
)

const mailShown = 100

// inboxPage lists the mail that a site has written.
type inboxPage struct {
	Frame
	Messages []mail.Message
	Next     string
	Begun    bool   // it is not the first page, and stays as it is
	Look     string // what the page shows, as one word
}

// inbox lists the mail that the site has written, the newest first.
func (v *visit) inbox() error {
	if v.Posted != nil {
		if err := v.Posted(v.ctx()); err != nil {
			return err
		}
	}
	after := clipped(v.r.URL.Query().Get("after"))
	page := inboxPage{Frame: v.frame(), Begun: after != ""}
	var next string
	var err error
	if page.Messages, next, err = v.Outbox.Newest(v.ctx(), v.site.ID, after, mailShown); err != nil {
		return err
	}
	if next != "" {
		page.Next = withQuery("", "after", next)
	}
	if page.Look, err = lookOf(page.Messages, page.Next); err != nil || v.seen(page.Look) {
		return err
	}
	if v.partial() {
		return v.showPart("inbox", "messages", page)
	}
	return v.show(http.StatusOK, "inbox", page)
}

// letter returns the message that the path names.
func (v *visit) letter() (mail.Message, error) {
	e, err := v.Outbox.Show(v.ctx(), v.site.ID, v.r.PathValue("message"))
	return e.Message, err
}

// letterPage is one message.
type letterPage struct {
	Frame
	mail.Message
}

// showLetter shows one message. What it has of HTML stands in a frame, in which nothing runs and nothing is fetched.
func (v *visit) showLetter() error {
	m, err := v.letter()
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Security-Policy", scripted+"; frame-src 'self'")
	h.Set("Cross-Origin-Opener-Policy", "same-origin") // what a link in the frame opens does not know who opened it, whatever the message says
	return v.show(http.StatusOK, "inbox-message", letterPage{v.frame(), m})
}

// letterPart is a part of the text of a message: an address that it is a link to, or words.
type letterPart struct {
	Text string
	Link bool
}

// webAddress finds what may be an address in the text of a message: neither what ends the sentence, nor a bracket around it.
var webAddress = regexp.MustCompile(`https?://[^\s<>"]*[^\s<>"'.,;:!?()\[\]{}]`)

// Parts are the text of the message in its order. What is no plain ASCII is no link: it may look like another address.
func (p letterPage) Parts() []letterPart {
	var parts []letterPart
	rest := 0
	for _, at := range webAddress.FindAllStringIndex(p.Text, -1) {
		address := p.Text[at[0]:at[1]]
		if _, err := url.Parse(address); err != nil || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' }) {
			continue
		}
		parts = append(parts, letterPart{Text: p.Text[rest:at[0]]}, letterPart{address, true})
		rest = at[1]
	}
	return append(parts, letterPart{Text: p.Text[rest:]})
}

// previewPolicy is the policy of the HTML of a message: its own styles and the pictures within it. The sandbox gives it
// an origin of its own, without scripts and forms, which can lead nobody away but by a link that they follow into another tab.
const previewPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"

// previewHead stands before the HTML of a message. It is the first base, so one of the message's own changes nothing.
const previewHead = `<!doctype html><base target="_blank">`

// messageHTML hands out the HTML of a message, for the frame.
func (v *visit) messageHTML() error {
	m, err := v.letter()
	if err == nil && m.HTML == "" {
		err = failure.NotFound.Errorf("The message has no HTML.")
	}
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Security-Policy", previewPolicy)
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Referrer-Policy", "no-referrer")
	_, err = io.WriteString(v.w, previewHead+m.HTML)
	return err
}

// messageRaw hands out a message as it would be sent.
func (v *visit) messageRaw() error {
	m, err := v.letter()
	if err != nil {
		return err
	}
	text, err := m.Compose()
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err = v.w.Write(text)
	return err
}
