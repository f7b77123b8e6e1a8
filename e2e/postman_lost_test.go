package e2e

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/rosterhq/roster/internal/db/dbtest"
)

// relay is a way to a database that can be cut.
type relay struct {
	server string

	mu    sync.Mutex
	cut   bool
	conns []net.Conn
}

// newRelay is a relay to PostgreSQL, and the URL of a fresh database that leads through it.
func newRelay(t *testing.T) (*relay, string) {
	t.Helper()
	fresh, _ := dbtest.Counted(t)
	through, err := url.Parse(fresh)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{server: through.Host}
	go r.serve(listener)
	t.Cleanup(func() {
		listener.Close()
		r.set(true)
	})
	through.Host = listener.Addr().String()
	return r, through.String()
}

// serve connects every caller to the database until the listener is closed.
func (r *relay) serve(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", r.server)
		if err != nil {
			client.Close()
			continue
		}
		r.keep(client, server)
		go pass(client, server)
		go pass(server, client)
	}
}

// pass hands on what comes until no more does.
func pass(to, from net.Conn) {
	io.Copy(to, from)
	to.Close()
}

// keep takes note of connections, which end where the way is cut.
func (r *relay) keep(conns ...net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.conns = append(r.conns, conns...)
	if r.cut {
		r.end()
	}
}

// set cuts the way, or opens it again.
func (r *relay) set(cut bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cut = cut
	if cut {
		r.end()
	}
}

// end ends all connections. The caller holds the lock.
func (r *relay) end() {
	for _, c := range r.conns {
		c.Close()
	}
	r.conns = nil
}

func TestTheSavedAnswersOfASiteWithoutItsDatabaseAreAnsweredLive(t *testing.T) {
	t.Parallel()
	way, database := newRelay(t)
	s := newPostmanSite(t, database)
	c := s.collection(t)
	way.set(true)
	defer way.set(false) // the site shall go before the server does
	s.answers(t, c, lost, 45)
}
