package web

import (
	"net/http"
	"slices"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
)

const mostMailShown = 100

// inboxPage lists the mail that a site has written.
type inboxPage struct {
	Frame
	Messages []mail.Message
	After    string // leads to the next page; empty on the last one
}

func (v *visit) captured() ([]mail.Message, error) {
	if v.Captured == nil {
		return nil, nil
	}
	all, err := v.Captured(v.ctx(), v.site.ID)
	slices.Reverse(all)
	return all, err
}

// inbox lists the mail that the site has written, the newest first.
func (v *visit) inbox() error {
	all, err := v.captured()
	if err != nil {
		return err
	}
	page := inboxPage{Frame: v.frame()}
	if after := v.r.URL.Query().Get("after"); after != "" {
		all = all[slices.IndexFunc(all, func(m mail.Message) bool { return m.ID == after })+1:]
	}
	if len(all) > mostMailShown {
		all = all[:mostMailShown]
		page.After = withQuery("inbox", "after", all[len(all)-1].ID)
	}
	page.Messages = all
	if v.partial() {
		return v.showPart("inbox", "messages", page)
	}
	return v.show(http.StatusOK, "inbox", page)
}

// letter returns the message that the path names.
func (v *visit) letter() (mail.Message, error) {
	all, err := v.captured()
	for _, m := range all {
		if m.ID == v.r.PathValue("message") {
			return m, err
		}
	}
	if err == nil {
		err = failure.NotFound.Errorf("There is no such message.")
	}
	return mail.Message{}, err
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
