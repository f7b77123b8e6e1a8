package mail_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/mail"
)

// send hands a letter to these people to a transport.
func send(t *testing.T, through mail.Transport, m mail.Message) []mail.Answer {
	t.Helper()
	m.ID, m.Date, m.Delivery = someID, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), mail.AtLeastOnce
	data, err := m.Compose()
	if err != nil {
		t.Fatal(err)
	}
	e := mail.Envelope{ID: m.ID, From: m.From.Address, Data: data}
	for _, to := range m.To {
		e.To = append(e.To, to.Address)
	}
	return through.Send(t.Context(), e, func([]int) error { return nil })
}

// outcomes fails the test where the answers are others.
func outcomes(t *testing.T, answers []mail.Answer, want ...mail.Outcome) {
	t.Helper()
	var got []mail.Outcome
	for _, a := range answers {
		got = append(got, a.Outcome)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the outcomes are %v, not %v: %v", got, want, answers)
	}
}

func TestTheConversationHoldsExactlyThePlannedCommands(t *testing.T) {
	t.Parallel()
	r := receive(t)
	m := letter("ada@example.com", "o'brien+x@example.com", "percent=0d=0a@example.com")
	m.To[0].Name = "嘊嘍 %0d%0aRCPT TO:<eve@example.net>"
	m.Subject = "嘊嘍Bcc: eve@example.net%0d%0aRCPT TO:<eve@example.net>"
	m.Text = "\r\n.\r\nMAIL FROM:<eve@example.net>\nRCPT TO:<eve@example.net>\n.\r.\n"
	outcomes(t, send(t, r.transport(), m), mail.Accepted, mail.Accepted, mail.Accepted)
	want := []string{
		"EHLO localhost", "MAIL FROM:<roster@example.org> BODY=8BITMIME",
		"RCPT TO:<ada@example.com>", "RCPT TO:<o'brien+x@example.com>", "RCPT TO:<percent=0d=0a@example.com>", "DATA", "QUIT",
	}
	eventually(t, "the server hears QUIT", func() bool { return len(r.commands("QUIT")) == 1 })
	got := r.commands("EHLO", "HELO", "RCPT", "DATA", "QUIT", "RSET", "MAIL", "BCC")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	taken := r.all()
	if len(taken) != 1 || len(taken[0].to) != 3 || taken[0].from != "roster@example.org" {
		t.Fatalf("the server took %+v", taken)
	}
	header, bodies := parts(t, []byte(taken[0].data))
	if header.Get("Bcc") != "" || len(header) != 8 {
		t.Errorf("the header is %v", header)
	}
	if got := strings.ReplaceAll(bodies["text/plain"], "\r\n", "\n"); !strings.HasPrefix(got, "\n.\nMAIL FROM") {
		t.Errorf("the text is %q", got)
	}
}

func TestEachRecipientGetsItsOwnAnswer(t *testing.T) {
	t.Parallel()
	r := receive(t, func(r *receiver) {
		r.rcpt = func(to string) error {
			switch to[0] {
			case 'b':
				return reply(550, "No such  user\there "+strings.Repeat("x", 1000))
			case 'c':
				return reply(450, "Greylisted")
			case 'd':
				return reply(421, "Try later")
			}
			return nil
		}
	})
	answers := send(t, r.transport(), letter("a@example.com", "b@example.com", "c@example.com", "d@example.com"))
	outcomes(t, answers, mail.Accepted, mail.Rejected, mail.Later, mail.Later)
	if words := answers[1].Words; !strings.HasPrefix(words, "550 ") || len(words) > 510 || !strings.Contains(words, "No such user") {
		t.Errorf("the server's words are %q", words)
	}
	if taken := r.all(); len(taken) != 1 || !slices.Equal(taken[0].to, []string{"a@example.com"}) {
		t.Errorf("the server took %+v", taken)
	}
}

func TestTheMessageIsRefusedForAllWhoWereTaken(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]mail.Outcome{554: mail.Rejected, 451: mail.Later} {
		r := receive(t, func(r *receiver) {
			r.received = func(net.Conn, []byte) error { return reply(code, "Not this") }
			r.rcpt = func(to string) error {
				if to[0] == 'b' {
					return reply(550, "No such user")
				}
				return nil
			}
		})
		outcomes(t, send(t, r.transport(), letter("a@example.com", "b@example.com")), want, mail.Rejected)
	}
}

func TestAnAnswerThatIsLostIsUnknown(t *testing.T) {
	t.Parallel()
	r := receive(t, func(r *receiver) {
		r.received = func(c net.Conn, _ []byte) error { c.Close(); return errHungUp }
	})
	outcomes(t, send(t, r.transport(), letter("a@example.com")), mail.Unknown)
	if len(r.all()) != 1 {
		t.Error("the server did not take it")
	}
}

func TestAServerThatFallsSilentIsNotWaitedForForever(t *testing.T) {
	t.Parallel()
	hold := make(chan struct{})
	defer close(hold)
	patience := func(edit func(*mail.Patience)) func(*mail.SMTP) {
		return func(s *mail.SMTP) { s.Patience = mail.DefaultPatience; edit(&s.Patience) }
	}
	atRcpt := receive(t, func(r *receiver) { r.rcpt = func(string) error { <-hold; return errHungUp } })
	outcomes(t, send(t, atRcpt.transport(patience(func(p *mail.Patience) { p.Command = 100 * time.Millisecond })), letter("a@example.com")), mail.Later)
	atEnd := receive(t, func(r *receiver) { r.received = func(net.Conn, []byte) error { <-hold; return errHungUp } })
	outcomes(t, send(t, atEnd.transport(patience(func(p *mail.Patience) { p.Final = 100 * time.Millisecond })), letter("a@example.com")), mail.Unknown)
}

func TestAServerThatNeverGreetsOrNeverStopsTalkingIsLeft(t *testing.T) {
	t.Parallel()
	for name, talk := range map[string]func(net.Conn){
		"silent":  func(c net.Conn) { io.Copy(io.Discard, c) },
		"endless": func(c net.Conn) { io.Copy(c, endless{}) },
		"garbage": func(c net.Conn) { io.WriteString(c, "\x00\xff no SMTP\r\n") },
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go func() {
			for c, err := l.Accept(); err == nil; c, err = l.Accept() {
				go func() { defer c.Close(); talk(c) }()
			}
		}()
		_, port, _ := net.SplitHostPort(l.Addr().String())
		s := &mail.SMTP{Host: "127.0.0.1", Port: port, Hello: "localhost", Patience: mail.DefaultPatience}
		if name == "silent" {
			s.Patience.Connect = 100 * time.Millisecond
		}
		answers := send(t, s, letter("a@example.com"))
		outcomes(t, answers, mail.Later)
		if len(answers[0].Words) > 510 {
			t.Errorf("%s: %d bytes of words", name, len(answers[0].Words))
		}
	}
}

// endless is a greeting without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	return copy(p, bytes.Repeat([]byte("220-hello "), 100)), nil
}

func TestTheEndOfTheContextCutsTheConversationOff(t *testing.T) {
	t.Parallel()
	hold, reached := make(chan struct{}), make(chan struct{})
	defer close(hold)
	r := receive(t, func(r *receiver) { r.rcpt = func(string) error { close(reached); <-hold; return errHungUp } })
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-reached; cancel() }()
	e := mail.Envelope{ID: someID, From: "roster@example.org", To: []string{"a@example.com"}, Data: []byte("Subject: x\r\n\r\nx\r\n")}
	outcomes(t, r.transport().Send(ctx, e, func([]int) error { return nil }), mail.Later)
}

func TestWhatIsNotReadyIsNotHandedOver(t *testing.T) {
	t.Parallel()
	r := receive(t)
	e := mail.Envelope{ID: someID, From: "roster@example.org", To: []string{"a@example.com"}, Data: []byte("Subject: x\r\n\r\nx\r\n")}
	outcomes(t, r.transport().Send(t.Context(), e, func([]int) error { return errHungUp }), mail.Later)
	if len(r.commands("DATA")) > 0 {
		t.Error("DATA was said")
	}
}

func TestAddressesOutsideASCIINeedAServerThatTakesThem(t *testing.T) {
	t.Parallel()
	able := receive(t, func(r *receiver) { r.server.EnableSMTPUTF8 = true })
	outcomes(t, send(t, able.transport(), letter("用户@例え.example")), mail.Accepted)
	outcomes(t, send(t, able.transport(), letter("ada@example.com")), mail.Accepted)
	if got := able.commands("MAIL"); len(got) != 2 || !strings.HasSuffix(got[0], "SMTPUTF8") || strings.HasSuffix(got[1], "SMTPUTF8") {
		t.Errorf("the server heard %q", got)
	}
	unable := receive(t)
	outcomes(t, send(t, unable.transport(), letter("用户@例え.example")), mail.Rejected)
}

func TestTLSIsTakenWhereItIsOffered(t *testing.T) {
	t.Parallel()
	secure, trusted := certified(t, "127.0.0.1")
	r := receive(t, func(r *receiver) { r.server.TLSConfig = secure })
	outcomes(t, send(t, r.transport(func(s *mail.SMTP) { s.Roots = trusted }), letter("a@example.com")), mail.Accepted)
	if len(r.commands("STARTTLS")) != 1 || !strings.Contains(strings.Join(r.commands("220"), "\n"), "TLS") {
		t.Errorf("nothing was encrypted: %q", r.commands("STARTTLS", "220"))
	}
}

func TestAServerThatIsSomebodyElseIsNotTrusted(t *testing.T) {
	t.Parallel()
	other, trusted := certified(t, "mx.example.net")
	r := receive(t, func(r *receiver) { r.server.TLSConfig = other })
	outcomes(t, send(t, r.transport(func(s *mail.SMTP) { s.Roots = trusted }), letter("a@example.com")), mail.Later)
	unknown, _ := certified(t, "127.0.0.1")
	r = receive(t, func(r *receiver) { r.server.TLSConfig = unknown })
	outcomes(t, send(t, r.transport(func(s *mail.SMTP) { s.Roots = trusted }), letter("a@example.com")), mail.Later)
	if len(r.all()) > 0 {
		t.Error("the message left")
	}
}

func TestAPasswordNeverLeavesInClearText(t *testing.T) {
	t.Parallel()
	secure, trusted := certified(t, "127.0.0.1")
	login := func(s *mail.SMTP) { s.User, s.Password, s.Roots = "roster", "correct horse", trusted }
	// The server takes passwords in clear text, as a stripped STARTTLS looks.
	stripped := receive(t, func(r *receiver) { r.server.AllowInsecureAuth = true })
	outcomes(t, send(t, stripped.transport(login), letter("a@example.com")), mail.Later)
	if len(stripped.commands("AUTH")) > 0 || len(stripped.commands("MAIL")) > 0 {
		t.Errorf("the server heard %q", stripped.commands("AUTH", "MAIL"))
	}
	r := receive(t, func(r *receiver) { r.server.TLSConfig = secure })
	outcomes(t, send(t, r.transport(login), letter("a@example.com")), mail.Accepted)
	if !slices.Equal(r.auth, []string{"roster:correct horse"}) {
		t.Errorf("the server was shown %q", r.auth)
	}
	wrong := send(t, r.transport(login, func(s *mail.SMTP) { s.Password = "wrong battery" }), letter("a@example.com"))
	outcomes(t, wrong, mail.Later)
	if strings.Contains(wrong[0].Words, "battery") || !strings.Contains(wrong[0].Words, "535") {
		t.Errorf("the words are %q", wrong[0].Words)
	}
}

func TestImplicitTLSIsSpokenFromTheFirstByte(t *testing.T) {
	t.Parallel()
	secure, trusted := certified(t, "127.0.0.1")
	r := receive(t)
	l, err := tls.Listen("tcp", "127.0.0.1:0", secure)
	if err != nil {
		t.Fatal(err)
	}
	go r.server.Serve(l)
	_, r.port, _ = net.SplitHostPort(l.Addr().String())
	within := func(s *mail.SMTP) {
		s.Implicit, s.Roots, s.User, s.Password = true, trusted, "roster", "correct horse"
	}
	outcomes(t, send(t, r.transport(within), letter("a@example.com")), mail.Accepted)
	if len(r.auth) != 1 {
		t.Errorf("the server was shown %q", r.auth)
	}
	outcomes(t, send(t, r.transport(within, func(s *mail.SMTP) { s.Roots = nil }), letter("a@example.com")), mail.Later)
}
