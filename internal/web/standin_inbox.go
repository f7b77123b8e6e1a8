package web

import (
	"net/http"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
)

const mailShown = 100

// inboxPage lists the mail that a site has written.
type inboxPage struct {
	Frame
	Messages []mail.Message
	Next     string
}

// inbox lists the mail that the site has written, the newest first.
func (v *visit) inbox() error {
	if v.Posted != nil {
		if err := v.Posted(v.ctx()); err != nil {
			return err
		}
	}
	page := inboxPage{Frame: v.frame()}
	var next string
	var err error
	if page.Messages, next, err = v.Outbox.Newest(v.ctx(), v.site.ID, clipped(v.r.URL.Query().Get("after")), mailShown); err != nil {
		return err
	}
	if next != "" {
		page.Next = withQuery("", "after", next)
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
	v.w.Header().Set("Content-Security-Policy", scripted+"; frame-src 'self'")
	return v.show(http.StatusOK, "inbox-message", letterPage{v.frame(), m})
}

// previewPolicy is the policy of the HTML of a message: its own styles and the pictures within it. The sandbox gives it
// an origin of its own, without scripts and forms.
const previewPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox"

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
	_, err = v.w.Write([]byte(m.HTML))
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
