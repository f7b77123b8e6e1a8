package emulate

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// Front is where a stand-in listens for clients that insist on Atlassian's host names.
type Front struct {
	Names     Names
	Authority *Authority
	TLS       net.Listener // takes TLS; nil for none
	Proxy     net.Listener // takes the requests of a forward proxy; nil for none
	Now       func() time.Time
}

// throughProxy marks the context of connections to the proxy.
type throughProxy struct{}

// Join makes server answer the front's requests by the handler that it has, and returns what serves them: each
// function goes on until server is shut down or closed, which ends tunnels too. It is called before server serves. A
// nil front is nothing to serve.
func (f *Front) Join(server *http.Server) []func() error {
	if f == nil {
		return nil
	}
	certificates := &leaves{authority: f.Authority, now: f.Now}
	server.TLSConfig = &tls.Config{
		MinVersion: tls.VersionTLS12,
		// Without this the server has no HTTP/2 once it serves a listener without TLS too.
		NextProtos: []string{"h2", "http/1.1"},
		// A resumed session asks for no certificate, and so would get around the check of names.
		SessionTicketsDisabled: true,
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			name, ok := f.named(hello)
			if !ok {
				return nil, nil // which tells the client that the name is not known here
			}
			return certificates.of(name)
		},
	}
	var ways []func() error
	if f.TLS != nil {
		ways = append(ways, func() error { return server.ServeTLS(f.TLS, "", "") })
	}
	if f.Proxy != nil {
		opened := newTunnels(f.Proxy.Addr())
		proxy := &proxy{names: f.Names, tunnels: opened, next: server.Handler}
		server.Handler = proxy
		server.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
			if _, ok := c.(proxied); ok {
				return context.WithValue(ctx, throughProxy{}, true)
			}
			return ctx
		}
		ways = append(ways,
			func() error { return server.Serve(proxyListener{f.Proxy}) },
			func() error { return server.ServeTLS(opened, "", "") })
	}
	return ways
}

// named returns the host name that a client wants a certificate for. In a tunnel it is the tunnel's, and no other.
func (f *Front) named(hello *tls.ClientHelloInfo) (string, bool) {
	asked := hello.ServerName
	if t, ok := hello.Conn.(*tunnel); ok {
		name, answered := f.Names.Answer(asked)
		return t.host, asked == "" || answered && name == t.host
	}
	if asked == "" {
		asked = f.Names.As
	}
	return f.Names.Answer(asked)
}

// Close closes the listeners, once more where they were served. A nil front has none.
func (f *Front) Close() {
	if f == nil {
		return
	}
	for _, l := range []net.Listener{f.TLS, f.Proxy} {
		if l != nil {
			l.Close()
		}
	}
}
