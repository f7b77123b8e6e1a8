package outbound

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

func loopback(ip netip.Addr) bool { return ip.IsLoopback() }

func get(t *testing.T, c *http.Client, address string) (int, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	return answer.StatusCode, nil
}

func site(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func TestAPrivateAddressIsReachedOnlyIfItIsAllowed(t *testing.T) {
	t.Parallel()
	address := site(t, func(http.ResponseWriter, *http.Request) {})
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(address, "http://"))
	if status, err := get(t, Client(loopback), address); err != nil || status != 200 {
		t.Errorf("%d, %v", status, err)
	}
	for _, host := range []string{"127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]"} {
		if status, err := get(t, Client(nil), "http://"+host+":"+port); err == nil {
			t.Errorf("%s answers %d", host, status)
		}
	}
	if _, err := get(t, Client(nil), address); !errors.Is(err, ErrRefused) {
		t.Errorf("%v", err)
	}
}

func TestWhichAddressesArePublic(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"1.1.1.1": true, "8.8.8.8": true, "172.15.255.255": true, "172.32.0.0": true, "100.63.255.255": true, "192.0.1.0": true, "223.255.255.255": true,
		"0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "100.64.0.1": false, "127.0.0.1": false, "127.255.255.254": false,
		"169.254.169.254": false, "172.16.0.1": false, "172.31.255.255": false, "192.0.0.1": false, "192.0.2.1": false, "192.88.99.1": false,
		"192.168.0.1": false, "198.18.0.1": false, "198.19.255.255": false, "198.51.100.1": false, "203.0.113.1": false, "224.0.0.1": false,
		"239.255.255.255": false, "240.0.0.1": false, "255.255.255.255": false,
		"2606:4700::1111": true, "2a00:1450::1": true, "::ffff:1.1.1.1": true, "64:ff9b::101:101": true,
		"::": false, "::1": false, "::ffff:10.0.0.1": false, "::127.0.0.1": false, "64:ff9b::a00:1": false, "64:ff9b:1::1": false, "100::1": false,
		"2001::1": false, "2001:db8::1": false, "2002:7f00:1::": false, "3fff::1": false, "5f00::1": false, "fc00::1": false, "fd12::1": false,
		"fe80::1": false, "fe80::1%lo": false, "2606:4700::1111%lo": false, "fec0::1": false, "ff02::1": false,
	} {
		if got := Public(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s is public: %v", text, got)
		}
	}
	if Public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

// names answers every question for an IPv4 address with the next of its answers, and keeps to the last.
func names(t *testing.T, answers ...string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	served.Go(func() {
		packet := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(packet)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(packet[:n]) != nil {
				continue
			}
			m.Response, m.Additionals = true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				for text := range strings.FieldsSeq(answers[0]) {
					m.Answers = append(m.Answers, dnsmessage.Resource{
						Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class},
						Body:   &dnsmessage.AResource{A: netip.MustParseAddr(text).As4()},
					})
				}
				answers = answers[min(1, len(answers)-1):]
			}
			if reply, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(reply, from)
			}
		}
	})
	t.Cleanup(func() { conn.Close(); served.Wait() })
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// only allows one address of the loopback network, so that the rest of it stands for what is private.
func only(allowed string) func(netip.Addr) bool {
	return func(ip netip.Addr) bool { return ip == netip.MustParseAddr(allowed) }
}

func TestANameThatMovesToAPrivateAddressIsRefused(t *testing.T) {
	t.Parallel()
	address := site(t, func(http.ResponseWriter, *http.Request) {})
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(address, "http://"))
	c := client(&net.Dialer{Resolver: names(t, "127.0.0.1", "127.0.0.2")}, only("127.0.0.1"))
	c.Transport.(*http.Transport).DisableKeepAlives = true
	if _, err := get(t, c, "http://rebound.example.com.:"+port); err != nil {
		t.Fatal(err)
	}
	if _, err := get(t, c, "http://rebound.example.com.:"+port); !errors.Is(err, ErrRefused) {
		t.Errorf("%v", err)
	}
}

func TestOfSeveralAddressesOnlyTheAllowedIsDialled(t *testing.T) {
	t.Parallel()
	var seen sync.Map
	address := site(t, func(_ http.ResponseWriter, r *http.Request) {
		seen.Store(r.Context().Value(http.LocalAddrContextKey).(net.Addr).String(), true)
	})
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(address, "http://"))
	c := client(&net.Dialer{Resolver: names(t, "127.0.0.3 127.0.0.1")}, only("127.0.0.1"))
	if _, err := get(t, c, "http://both.example.com.:"+port); err != nil {
		t.Error(err)
	}
	seen.Range(func(at, _ any) bool {
		if at != "127.0.0.1:"+port {
			t.Errorf("dialled %s", at)
		}
		return true
	})
}

func TestARedirectIsCheckedLikeAnyAddress(t *testing.T) {
	t.Parallel()
	private := site(t, func(http.ResponseWriter, *http.Request) { t.Error("reached") })
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(private, "http://"))
	for _, to := range []string{
		"http://127.0.0.2:" + port, "http://[::1]:" + port, "http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "gopher://127.0.0.1/",
	} {
		from := site(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) })
		if status, err := get(t, Client(only("127.0.0.1")), from); err == nil {
			t.Errorf("%s answers %d", to, status)
		}
	}
}

func TestThreeRedirectsAreFollowedAndNoMore(t *testing.T) {
	t.Parallel()
	for hops, want := range map[int]bool{3: true, 4: false, 30: false} {
		asked := 0
		address := site(t, func(w http.ResponseWriter, r *http.Request) {
			if asked++; asked <= hops {
				http.Redirect(w, r, fmt.Sprintf("/%d", asked), http.StatusTemporaryRedirect)
			}
		})
		_, err := get(t, Client(loopback), address)
		if (err == nil) != want || asked != 4 {
			t.Errorf("%d redirects: %d requests, %v", hops, asked, err)
		}
	}
}

func TestARedirectFromHTTPSToHTTPIsNotFollowed(t *testing.T) {
	t.Parallel()
	plain := site(t, func(http.ResponseWriter, *http.Request) { t.Error("reached") })
	s := httptest.NewTLSServer(http.RedirectHandler(plain, http.StatusFound))
	t.Cleanup(s.Close)
	c := Client(loopback)
	c.Transport.(*http.Transport).TLSClientConfig = s.Client().Transport.(*http.Transport).TLSClientConfig
	if _, err := get(t, c, s.URL); err == nil || !strings.Contains(err.Error(), "from https") {
		t.Error(err)
	}
}

func TestACertificateOfAnotherNameIsRefused(t *testing.T) {
	t.Parallel()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	s.Config.ErrorLog = nil
	t.Cleanup(s.Close)
	if _, err := get(t, Client(loopback), s.URL); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Error(err)
	}
}

// A proxy would be dialled in place of the address, and reach what it likes.
func TestNoProxyIsUsed(t *testing.T) {
	t.Parallel()
	if Client(nil).Transport.(*http.Transport).Proxy != nil {
		t.Error("the client asks for a proxy")
	}
}

func TestAnAnswerThatNeverEndsIsGivenUp(t *testing.T) {
	t.Parallel()
	address := site(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	c := Client(loopback)
	if c.Timeout != timeLimit {
		t.Errorf("the limit is %v", c.Timeout)
	}
	c.Timeout = 20 * time.Millisecond
	var e *url.Error
	if _, err := get(t, c, address); !errors.As(err, &e) || !e.Timeout() {
		t.Error(err)
	}
}

func TestAHugeHeaderIsRefused(t *testing.T) {
	t.Parallel()
	address := site(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("a", 2*maxHeader)) })
	if _, err := get(t, Client(loopback), address); err == nil {
		t.Error("taken")
	}
}
