package emulate

import (
	"io"
	"net"
	"sync"
)

// proxyListener marks the connections that are made to the proxy.
type proxyListener struct{ net.Listener }

type proxied struct{ net.Conn }

func (l proxyListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return proxied{c}, nil
}

// tunnel is a connection that the proxy was asked to open to a host. Its other end is this process.
type tunnel struct {
	net.Conn
	host   string
	reader io.Reader // what came with the request, then the connection
}

func (t *tunnel) Read(p []byte) (int, error) { return t.reader.Read(p) }

// tunnels is the listener that accepts them.
type tunnels struct {
	address net.Addr
	opened  chan *tunnel
	once    sync.Once
	closed  chan struct{}
}

func newTunnels(address net.Addr) *tunnels {
	return &tunnels{address: address, opened: make(chan *tunnel), closed: make(chan struct{})}
}

// open hands over t, and returns false once nobody accepts it any more.
func (l *tunnels) open(t *tunnel) bool {
	select {
	case l.opened <- t:
		return true
	case <-l.closed:
		return false
	}
}

func (l *tunnels) Accept() (net.Conn, error) {
	select {
	case t := <-l.opened:
		return t, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *tunnels) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *tunnels) Addr() net.Addr { return l.address }
