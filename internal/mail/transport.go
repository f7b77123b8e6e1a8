package mail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Transport hands one message to a mail server, once.
type Transport interface {
	// Send answers for each recipient of e, in their order. ready is called when the server took recipients, with
	// their places in e.To, and before it gets the message: where ready fails, the server does not get it. Where ctx
	// ends, Send ends soon.
	Send(ctx context.Context, e Envelope, ready func(places []int) error) []Answer
}

// Envelope is a composed message with the addresses it goes to.
type Envelope struct {
	ID   string // the message's
	From string
	To   []string
	Data []byte // as [Message.Compose] writes it
}

// Answer is what became of one recipient in one try.
type Answer struct {
	Outcome Outcome
	Words   string // the server's, or why there are none; one line
}

// Outcome is what a try means for a recipient.
type Outcome int

const (
	Later    Outcome = iota // it was not taken: try again
	Accepted                // the server took the message
	Rejected                // the server will never take it
	Unknown                 // the message was handed over, and nobody knows whether the server took it
)

// all answers the same for n recipients.
func all(n int, a Answer) []Answer {
	answers := make([]Answer, n)
	for i := range answers {
		answers[i] = a
	}
	return answers
}

// Open returns the transport that a setting names:
//
//	smtp://[user:password@]host[:587]   SMTP, encrypted where the server offers STARTTLS
//	  ?tls=required                     only where it does; a password implies that
//	smtps://[user:password@]host[:465]  SMTP within TLS
//	log:                                sends nothing, writes each message to out
//	capture:                            sends nothing; [Outbox.Captured] lists the messages
//
// Its errors are one sentence fit for an operator, without the password.
func Open(setting string, out io.Writer) (Transport, error) {
	switch setting {
	case "log:":
		return &Log{Out: out}, nil
	case "capture:":
		return Capture{}, nil
	}
	u, err := url.Parse(setting)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Opaque != "" {
		return nil, errors.New("the mail server is to be written as log:, capture:, smtps://host or smtp://host")
	}
	s := &SMTP{Host: u.Hostname(), Port: u.Port(), Implicit: u.Scheme == "smtps", User: u.User.Username(), Hello: hostName()}
	s.Password, _ = u.User.Password()
	switch port, err := strconv.Atoi(s.Port); {
	case s.Host != "" && s.Port == "" && strings.HasSuffix(u.Host, ":"):
		return nil, fmt.Errorf("the mail server %s has a colon and no port behind it", s.Host)
	case s.Port != "" && (err != nil || port < 1 || port > 65535):
		return nil, fmt.Errorf("the mail server %s has a port that is not 1 to 65535", s.Host)
	case s.Port == "":
		s.Port = map[bool]string{false: "587", true: "465"}[s.Implicit]
	}
	query, err := url.ParseQuery(u.RawQuery)
	if s.Host == "" || u.Path != "" && u.Path != "/" || u.Fragment != "" || err != nil {
		return nil, fmt.Errorf("the mail server is to be written as %s://host:port", u.Scheme)
	}
	if (s.User == "") != (s.Password == "") {
		return nil, fmt.Errorf("the mail server %s has a user without a password, or the other way round", s.Host)
	}
	for name, values := range query {
		if name != "tls" || len(values) != 1 || values[0] != "required" {
			return nil, fmt.Errorf("the mail server %s has an option other than ?tls=required", s.Host)
		}
		s.TLSRequired = true
	}
	return s, nil
}

// hostName is what this machine calls itself, where that is a name that a mail server takes.
func hostName() string {
	name, err := os.Hostname()
	if err != nil || !isASCII(name) || !isDotted(name, "-") {
		return "localhost"
	}
	return name
}

// Log is the transport that writes messages for a developer to read, and sends nothing.
type Log struct {
	Out io.Writer
	mu  sync.Mutex
}

// Send writes the message as it is; attachments are left in their encoding.
func (l *Log) Send(_ context.Context, e Envelope, ready func([]int) error) []Answer {
	if err := ready(places(len(e.To))); err != nil {
		return all(len(e.To), Answer{Later, line(err.Error())})
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	text := strings.ReplaceAll(string(e.Data), "\r\n", "\n")
	if _, err := fmt.Fprintf(l.Out, "--- message %s\n%s---\n", e.ID, text); err != nil {
		return all(len(e.To), Answer{Later, line(err.Error())})
	}
	return all(len(e.To), Answer{Accepted, "written to the log"})
}

// Capture is the transport of a stand-in: it takes every message and sends none.
type Capture struct{}

// Send takes the message.
func (Capture) Send(_ context.Context, e Envelope, ready func([]int) error) []Answer {
	if err := ready(places(len(e.To))); err != nil {
		return all(len(e.To), Answer{Later, line(err.Error())})
	}
	return all(len(e.To), Answer{Accepted, "captured"})
}

func places(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// line makes one short line of what a server or the system said.
func line(text string) string {
	const most = 500
	var out strings.Builder
	for word := range strings.FieldsSeq(text) {
		for _, r := range " " + word {
			if r == utf8.RuneError || !unicode.IsPrint(r) {
				r = '?'
			}
			if out.Len()+utf8.RuneLen(r) > most {
				return strings.TrimSpace(out.String()) + "…"
			}
			out.WriteRune(r)
		}
	}
	return strings.TrimSpace(out.String())
}
