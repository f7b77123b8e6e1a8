// Package outbound makes the HTTP client for addresses that somebody else chose: an app's, a webhook's. It reaches no
// private network, whatever a name resolves to and wherever a redirect leads.
package outbound

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

const (
	timeLimit    = 15 * time.Second // of a whole exchange, its body included
	stepLimit    = 5 * time.Second  // of a connection, of a handshake
	maxRedirects = 3
	maxHeader    = 64 << 10
)

// ErrRefused is wrapped by the error of a connection that an address was refused for.
var ErrRefused = errors.New("the address is not a public one")

// Client returns a client that connects to public addresses, and to those others that allow names; nil names none. The
// address is checked when it is dialled, on every hop, after the name was resolved: there is no moment between check and
// use. It follows three redirects, none from https to http, bounds a whole exchange to 15 seconds, keeps no cookies and
// no proxy's advice. The size of a body is for the caller to bound.
func Client(allow func(netip.Addr) bool) *http.Client {
	return client(&net.Dialer{Timeout: stepLimit}, allow)
}

func client(dialer *net.Dialer, allow func(netip.Addr) bool) *http.Client {
	dialer.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error {
		return check(address, allow)
	}
	return &http.Client{
		Timeout:       timeLimit,
		CheckRedirect: checkRedirect,
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			ForceAttemptHTTP2:      true,
			TLSHandshakeTimeout:    stepLimit,
			MaxResponseHeaderBytes: maxHeader,
			DisableCompression:     true, // a small answer stays small
			MaxIdleConns:           100,
			MaxIdleConnsPerHost:    2,
			IdleConnTimeout:        30 * time.Second,
		},
	}
}

func check(address string, allow func(netip.Addr) bool) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("connect to %q: %w", address, err)
	}
	ip := to.Addr().Unmap().WithZone("")
	if Public(ip) || allow != nil && allow(ip) {
		return nil
	}
	return fmt.Errorf("connect to %s: %w", ip, ErrRefused)
}

func checkRedirect(r *http.Request, via []*http.Request) error {
	switch {
	case len(via) > maxRedirects:
		return fmt.Errorf("stopped after %d redirects", maxRedirects)
	case r.URL.Scheme != "https" && via[len(via)-1].URL.Scheme == "https":
		return errors.New("a redirect leads from https to something else")
	}
	return nil
}
