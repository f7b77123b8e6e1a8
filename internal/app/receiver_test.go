package app

import (
	"errors"
	"io"
	"log"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/emersion/go-smtp"
)

// receiver is a mail server that keeps what it takes, and kills who sends at a point.
type receiver struct {
	*testing.T
	port string
	kill atomic.Pointer[killing]

	mu    sync.Mutex
	taken []taken
}

type taken struct {
	to   []string
	id   string
	data string
}

type killing struct {
	point string
	kill  func()
}

var errKilled = errors.New("the sender was killed")

// at kills the sender where this is the point, once; then what the sender asks for fails.
func (r *receiver) at(point string) error {
	k := r.kill.Load()
	if k == nil || k.point != point || !r.kill.CompareAndSwap(k, nil) {
		return nil
	}
	k.kill()
	return errKilled
}

func receive(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{T: t}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{receiver: r}, r.at("connected") }))
	server.Domain = "mx.example.org"
	server.ErrorLog = log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, r.port, _ = net.SplitHostPort(l.Addr().String())
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return r
}

// to returns what was taken for an address.
func (r *receiver) to(address string) (list []taken) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.taken {
		if strings.Join(m.to, ",") == address {
			list = append(list, m)
		}
	}
	return list
}

type session struct {
	*receiver
	recipients []string
}

func (s *session) Reset()                               { s.recipients = nil }
func (s *session) Logout() error                        { return nil }
func (s *session) Mail(string, *smtp.MailOptions) error { return s.at("MAIL") }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.recipients = append(s.recipients, to)
	return s.at("RCPT")
}

func (s *session) Data(r io.Reader) error {
	if err := s.at("DATA"); err != nil {
		return err
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.at("received"); err != nil {
		return err
	}
	m, err := netmail.ReadMessage(strings.NewReader(string(data)))
	if err != nil {
		s.Errorf("the message cannot be read: %v", err)
		return err
	}
	s.mu.Lock()
	s.taken = append(s.taken, taken{s.recipients, m.Header.Get("Message-ID"), string(data)})
	s.mu.Unlock()
	s.at("taken")
	return nil
}
