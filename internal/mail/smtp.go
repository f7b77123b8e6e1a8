package mail

import (
	"context"
	"crypto/x509"
	"time"
)

// SMTP is the transport to a mail server. A password never leaves without TLS, and the server's certificate
// must be good for Host.
type SMTP struct {
	Host, Port     string
	User, Password string
	TLSRequired    bool           // refuse a server without STARTTLS
	Implicit       bool           // TLS from the first byte
	Hello          string         // what we call ourselves
	Roots          *x509.CertPool // nil: the system's
	Patience       Patience       // zero: [DefaultPatience]
}

// Patience is how long we wait for the server in each phase.
type Patience struct {
	Connect time.Duration // to reach it; and again to be greeted, encrypted and let in
	Command time.Duration // for each answer to MAIL, RCPT and DATA
	Block   time.Duration // for it to take 64 KiB of the message
	Final   time.Duration // for its word that it took the message
}

// DefaultPatience is what RFC 5321, 4.5.3.2 asks for; only connecting is shorter.
var DefaultPatience = Patience{Connect: time.Minute, Command: 5 * time.Minute, Block: 3 * time.Minute, Final: 10 * time.Minute}

// Send hands the message over in a conversation of its own. Only what the server says to RCPT and to the
// message itself settles a recipient: trouble before that is the server's or our settings', and is tried again.
func (s *SMTP) Send(ctx context.Context, e Envelope, ready func([]int) error) []Answer {
	c, err := s.dial(ctx)
	if err != nil {
		return all(len(e.To), Answer{Later, "connect: " + words(err)})
	}
	defer c.close()
	if refusal := c.mail(e); refusal != nil {
		return all(len(e.To), *refusal)
	}
	answers := make([]Answer, len(e.To))
	var taken []int
	for i, to := range e.To {
		err := c.rcpt(to)
		switch {
		case err == nil:
			taken = append(taken, i)
		case isReply(err):
			answers[i] = answerTo(err)
		default:
			return all(len(e.To), Answer{Later, "RCPT: " + words(err)})
		}
	}
	if len(taken) == 0 {
		return answers
	}
	verdict := c.data(e.Data, func() error { return ready(taken) })
	for _, i := range taken {
		answers[i] = verdict
	}
	return answers
}
