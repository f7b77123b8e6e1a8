package dbtest

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Way leads to PostgreSQL, except while it is cut.
type Way struct {
	mu    sync.Mutex
	cut   bool
	conns []net.Conn
}

// NewWay returns a way, and the URL of an empty database of the test's own that leads through it. Without a server the test
// is skipped.
func NewWay(t *testing.T) (*Way, string) {
	t.Helper()
	listener, dial, through := entrance(t, "way")
	w := &Way{}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			w.lead(client, dial)
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		w.Cut()
	})
	return w, through.String()
}

func (w *Way) lead(client net.Conn, dial func() (net.Conn, error)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cut {
		client.Close()
		return
	}
	server, err := dial()
	if err != nil {
		client.Close()
		return
	}
	w.conns = append(w.conns, client, server)
	for _, pair := range [][2]net.Conn{{client, server}, {server, client}} {
		go func() {
			io.Copy(pair[0], pair[1])
			pair[0].Close()
		}()
	}
}

// Cut ends the connections, and lets none through from now on.
func (w *Way) Cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = true
	for _, c := range w.conns {
		c.Close()
	}
	w.conns = nil
}

// Mend lets connections through again.
func (w *Way) Mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = false
}

// entrance listens where an empty database of the test's own is to be reached, by a URL that leads there, and dials the
// server behind it.
func entrance(t *testing.T, kind string) (listener net.Listener, dial func() (net.Conn, error), through *url.URL) {
	t.Helper()
	server, err := pgx.ParseConfig(PostgresURL(t))
	if err != nil {
		t.Fatal(err)
	}
	if through, err = url.Parse(freshSchema(t, kind)); err != nil {
		t.Fatal(err)
	}
	if listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	q := through.Query()
	q.Del("host")
	q.Del("port")
	through.Host, through.RawQuery = listener.Addr().String(), q.Encode()
	network, address := pgconn.NetworkAddress(server.Host, server.Port)
	return listener, func() (net.Conn, error) { return net.Dial(network, address) }, through
}
