package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"slices"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// conversation is one connection to a mail server. It ends at once when the context of its dial does.
type conversation struct {
	client   *smtp.Client
	patience Patience
	close    func()
}

// dial connects, encrypts as told and logs in.
func (s *SMTP) dial(ctx context.Context) (*conversation, error) {
	patience := s.Patience
	if patience == (Patience{}) {
		patience = DefaultPatience
	}
	secure := &tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
	closeAll := func() {}
	connect := func(dialing context.Context, network, address string) (net.Conn, error) {
		raw, err := (&net.Dialer{}).DialContext(dialing, network, address)
		if err != nil {
			return nil, err
		}
		// What is said from here on knows no context: closing the connection ends it.
		stop := context.AfterFunc(ctx, func() { raw.Close() })
		closeAll = func() { stop(); raw.Close() }
		conn := &bounded{Conn: raw, left: mostSaid}
		if !s.Implicit {
			return conn, nil
		}
		inside := tls.Client(conn, secure)
		return inside, inside.HandshakeContext(dialing)
	}
	options, err := s.options(secure)
	if err != nil {
		return nil, err
	}
	dialer, err := gomail.NewClient(s.Host, append(options, gomail.WithTimeout(patience.Connect), gomail.WithDialContextFunc(connect))...)
	if err != nil {
		return nil, err
	}
	client, err := dialer.DialToSMTPClientWithContext(ctx)
	if err != nil {
		closeAll()
		return nil, err
	}
	return &conversation{client, patience, closeAll}, nil
}

// options are what we ask of a server: TLS before a password, and no mechanism that shows the password to
// others or is broken.
func (s *SMTP) options(secure *tls.Config) ([]gomail.Option, error) {
	port, err := strconv.Atoi(s.Port)
	if err != nil {
		return nil, errors.New("the port is not a number")
	}
	policy := gomail.TLSOpportunistic
	switch {
	case s.Implicit:
		policy = gomail.NoTLS // there is one around it already
	case s.TLSRequired || s.User != "":
		policy = gomail.TLSMandatory
	}
	options := []gomail.Option{gomail.WithPort(port), gomail.WithHELO(s.Hello), gomail.WithTLSPolicy(policy), gomail.WithTLSConfig(secure)}
	if s.User != "" {
		options = append(options, gomail.WithUsername(s.User), gomail.WithPassword(s.Password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return options, nil
}

// within gives the server its time for what is said next.
func (c *conversation) within(patience time.Duration, say func() error) error {
	if err := c.client.UpdateDeadline(patience); err != nil {
		return err
	}
	return say()
}

// mail names the sender. It returns the answer for all recipients where the message cannot go on.
func (c *conversation) mail(e Envelope) *Answer {
	international := !isASCII(e.From) || !isASCII(e.Data) || slices.ContainsFunc(e.To, func(to string) bool { return !isASCII(to) })
	if able, _ := c.client.Extension("SMTPUTF8"); international && !able {
		return &Answer{Rejected, "the mail server takes no addresses outside ASCII"}
	}
	c.client.SkipSMTPUTF8(!international)
	err := c.within(c.patience.Command, func() error { return c.client.Mail("<" + e.From + ">") })
	if err != nil {
		return &Answer{Later, "MAIL: " + words(err)}
	}
	return nil
}

func (c *conversation) rcpt(to string) error {
	return c.within(c.patience.Command, func() error { return c.client.Rcpt("<" + to + ">") })
}

// data hands over the message, and answers for all recipients that the server took.
func (c *conversation) data(message []byte, ready func() error) Answer {
	if err := ready(); err != nil {
		return Answer{Later, line("not handed over: " + err.Error())}
	}
	var w io.WriteCloser
	err := c.within(c.patience.Command, func() (err error) {
		w, err = c.client.Data()
		return err
	})
	if err != nil {
		return answerTo(err)
	}
	for block := range slices.Chunk(message, 64<<10) {
		if err := c.within(c.patience.Block, func() error { _, err := w.Write(block); return err }); err != nil {
			return Answer{Later, line("hand over the message: " + err.Error())}
		}
	}
	// From here on the server may have the whole message, whatever we hear.
	err = c.within(c.patience.Final, w.Close)
	// The answer to QUIT is not waited for: until ours is stored, a crash costs a second copy.
	_ = c.within(time.Second, func() error { return c.client.Text.PrintfLine("QUIT") })
	reply, heard := errors.AsType[*textproto.Error](err)
	switch {
	case err == nil, heard && reply.Code/100 == 2:
		return Answer{Accepted, line("250 " + said(w))}
	case !heard || reply.Code < 400:
		return Answer{Unknown, line("after the message: " + err.Error())}
	}
	return answerTo(err)
}

// said is the server's word that it took the message, in which many servers name the place in their queue.
func said(w io.WriteCloser) string {
	if closed, ok := w.(*smtp.DataCloser); ok {
		return closed.ServerResponse()
	}
	return ""
}

// answerTo is what an error after RCPT or DATA means for a recipient.
func answerTo(err error) Answer {
	if e, ok := errors.AsType[*textproto.Error](err); ok && e.Code >= 500 {
		return Answer{Rejected, words(err)}
	}
	return Answer{Later, words(err)}
}

// words is what the server said, without the quotes that the error puts around it, or what else went wrong.
func words(err error) string {
	if e, ok := errors.AsType[*textproto.Error](err); ok {
		return line(fmt.Sprintf("%03d %s", e.Code, e.Msg))
	}
	return line(err.Error())
}

// isReply reports whether err is what the server said, and not that it could not be heard.
func isReply(err error) bool {
	_, ok := errors.AsType[*textproto.Error](err)
	return ok
}

// mostSaid bounds how many bytes a server may say in one conversation.
const mostSaid = 1 << 20

// bounded is a connection that ends when the other side says more than it should.
type bounded struct {
	net.Conn
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errors.New("the mail server says too much")
	}
	n, err := b.Conn.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
