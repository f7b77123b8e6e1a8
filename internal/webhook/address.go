package webhook

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/outbound"
)

const longestURL = 2000

// CheckURL refuses an address that nothing would be sent to: one that is neither https nor, in these networks, http; one
// with credentials; an IP address outside the public internet and these networks. Where a name leads is checked whenever
// it is dialled.
func CheckURL(address string, networks []netip.Prefix) error {
	u, err := url.Parse(address)
	switch {
	case err != nil, len(address) > longestURL, strings.ContainsFunc(address, func(r rune) bool { return r > unicode.MaxASCII || r <= ' ' }):
		return failure.Invalid.Errorf("The URL cannot be read: it is at most %d characters of ASCII, such as https://people.example/hooks.", longestURL)
	case u.Scheme != "https" && u.Scheme != "http":
		return failure.Invalid.Errorf("The URL does not begin with https://.")
	case u.Hostname() == "":
		return failure.Invalid.Errorf("The URL names no host.")
	case u.User != nil:
		return failure.Invalid.Errorf("The URL holds a user name or password. What is sent is signed; let the receiver check the signature.")
	case u.Fragment != "" || strings.HasSuffix(address, "#"):
		return failure.Invalid.Errorf("The URL has a fragment, which is never sent.")
	case !validPort(u):
		return failure.Invalid.Errorf("The URL's port is not 1 to 65535.")
	}
	ip, err := netip.ParseAddr(u.Hostname())
	named := err != nil
	switch allowed := !named && within(networks, ip); {
	case u.Scheme == "http" && (named && len(networks) == 0 || !named && !allowed):
		return failure.Invalid.Errorf("The URL must begin with https://: by http only addresses in networks that are allowed (ROSTER_ALLOW_ADDRESSES) are called.")
	case !named && !allowed && !outbound.Public(ip):
		return failure.Invalid.Errorf("The URL's address %s is not a public one, and not in a network that is allowed (ROSTER_ALLOW_ADDRESSES).", ip)
	}
	return nil
}

func validPort(u *url.URL) bool {
	if u.Port() == "" {
		return !strings.HasSuffix(u.Host, ":")
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	return err == nil && n > 0
}

func within(networks []netip.Prefix, ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	return slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(ip) })
}

// Client returns the client that deliveries are sent by. By https it reaches public addresses and those in these networks,
// by http only the latter; each is checked when it is dialled. It follows no redirect, which a receiver has no need of.
func Client(networks []netip.Prefix) *http.Client {
	allow := func(ip netip.Addr) bool { return within(networks, ip) }
	c := outbound.Client(allow)
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	secure := c.Transport.(*http.Transport)
	plain := secure.Clone()
	plain.DialContext = only(secure.DialContext, allow)
	c.Transport = &byScheme{secure, plain}
	return c
}

type dial func(ctx context.Context, network, address string) (net.Conn, error)

// only hangs up, before anything is said, on addresses that are not allowed.
func only(d dial, allow func(netip.Addr) bool) dial {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := d(ctx, network, address)
		if err != nil {
			return nil, err
		}
		to, err := netip.ParseAddrPort(conn.RemoteAddr().String())
		if err != nil || !allow(to.Addr()) {
			conn.Close()
			return nil, errPlain
		}
		return conn, nil
	}
}

var errPlain = fmt.Errorf("by http only networks that are allowed are called: %w", outbound.ErrRefused)

// byScheme sends requests in the clear by a transport of their own.
type byScheme struct{ secure, plain *http.Transport }

func (t *byScheme) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme == "http" {
		return t.plain.RoundTrip(r)
	}
	return t.secure.RoundTrip(r)
}

func (t *byScheme) CloseIdleConnections() {
	t.secure.CloseIdleConnections()
	t.plain.CloseIdleConnections()
}

// reason says in one line why a receiver could not be asked. It does not tell its URL.
func reason(err error) string {
	if sent, ok := errors.AsType[*url.Error](err); ok {
		if sent.Timeout() {
			return "it did not answer in time"
		}
		err = sent.Err
	}
	if errors.Is(err, outbound.ErrRefused) {
		return "its address is not a public one, nor in a network that is allowed"
	}
	return line(err.Error())
}

const longestWords = 200

// line is text on one line, cut where it is long.
func line(text string) string {
	text = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "?"), func(r rune) bool { return !unicode.IsPrint(r) }), " ")
	if cut := []rune(text); len(cut) > longestWords {
		text = string(cut[:longestWords]) + "…"
	}
	return text
}
