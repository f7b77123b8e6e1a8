package mail_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	netmail "net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/rosterhq/roster/internal/mail"
)

// receiver is a mail server that keeps what it takes.
type receiver struct {
	*testing.T
	server *smtp.Server
	port   string

	connected func()                                 // called for each connection that said EHLO
	rcpt      func(to string) error                  // what RCPT answers
	data      func(conn net.Conn, r io.Reader) error // what the message is answered; nil takes it
	received  func(conn net.Conn, data []byte) error // what a message that was taken is answered

	mu    sync.Mutex
	said  bytes.Buffer // by both sides, outside TLS
	taken []received
	auth  []string // what was shown as a password
}

type received struct {
	from string
	to   []string
	data string
	id   string
}

// receive starts a mail server on loopback, after its settings were changed.
func receive(t *testing.T, settings ...func(*receiver)) *receiver {
	t.Helper()
	r := &receiver{T: t}
	r.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		if r.connected != nil {
			r.connected()
		}
		return &session{receiver: r, conn: c}, nil
	}))
	r.server.Domain = "mx.example.org"
	r.server.MaxMessageBytes = 64 << 20
	r.server.Debug = r
	r.server.ErrorLog = log.New(io.Discard, "", 0)
	for _, set := range settings {
		set(r)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, r.port, _ = net.SplitHostPort(l.Addr().String())
	go r.server.Serve(l)
	t.Cleanup(func() { r.server.Close() })
	return r
}

// Write keeps what both sides say.
func (r *receiver) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.said.Write(p)
}

// commands returns the lines said outside messages that begin with one of these words.
func (r *receiver) commands(words ...string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []string
	inside := false
	for line := range strings.Lines(r.said.String()) {
		if inside = inside && line != ".\r\n" || strings.HasPrefix(line, "354 "); inside {
			continue
		}
		if slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(strings.ToUpper(line), w) }) {
			list = append(list, strings.TrimRight(line, "\r\n"))
		}
	}
	return list
}

// all returns what was taken.
func (r *receiver) all() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.taken)
}

// transport returns the way to this server.
func (r *receiver) transport(settings ...func(*mail.SMTP)) *mail.SMTP {
	s := &mail.SMTP{Host: "127.0.0.1", Port: r.port, Hello: "localhost"}
	for _, set := range settings {
		set(s)
	}
	return s
}

type session struct {
	*receiver
	conn *smtp.Conn
	from string
	to   []string
}

func (s *session) Reset()        { s.from, s.to = "", nil }
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.rcpt != nil {
		if err := s.rcpt(to); err != nil {
			return err
		}
	}
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	if s.data != nil {
		if err := s.data(s.conn.Conn(), r); err != nil {
			return err
		}
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := netmail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		s.Errorf("the message cannot be read: %v", err)
		return err
	}
	s.mu.Lock()
	s.taken = append(s.taken, received{s.from, s.to, string(data), m.Header.Get("Message-ID")})
	s.mu.Unlock()
	if s.received != nil {
		return s.received(s.conn.Conn(), data)
	}
	return nil
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.mu.Lock()
		s.auth = append(s.auth, user+":"+password)
		s.mu.Unlock()
		if password != "correct horse" {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

// reply is a mail server's refusal.
func reply(code int, words string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: words}
}

var errHungUp = errors.New("the server hung up")

// certified returns a certificate for a name or address, and who trusts it.
func certified(t *testing.T, name string) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	if ip := net.ParseIP(name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, pool
}
