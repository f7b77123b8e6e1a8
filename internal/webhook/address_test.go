package webhook_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/outbound"
	"github.com/rosterhq/roster/internal/webhook"
)

func TestAnAddressThatNothingWouldBeSentToIsRefusedWithAReason(t *testing.T) {
	t.Parallel()
	office := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}
	for _, tt := range []struct {
		url     string
		allowed []netip.Prefix
		why     string // empty where it is good
	}{
		{"https://people.example/hooks?x=1", nil, ""},
		{"https://people.example:8443", nil, ""},
		{"https://1.1.1.1/hooks", nil, ""},
		{"HTTPS://people.example", nil, ""},
		{"https://10.1.2.3/hooks", office, ""},
		{"http://10.1.2.3/hooks", office, ""},
		{"http://receiver.internal/hooks", office, ""},

		{"http://people.example/hooks", nil, "must begin with https://"},
		{"http://1.1.1.1/", office, "must begin with https://"},
		{"http://10.2.0.1/", office, "must begin with https://"},
		{"https://10.2.0.1/", office, "not a public one"},
		{"https://127.0.0.1/", nil, "not a public one"},
		{"https://[::1]/", nil, "not a public one"},
		{"https://[::ffff:127.0.0.1]/", nil, "not a public one"},
		{"https://169.254.169.254/latest/meta-data", nil, "not a public one"},
		{"https://ada:secret@people.example/", nil, "user name or password"},
		{"https://ada@people.example/", nil, "user name or password"},
		{"https://people.example/#x", nil, "fragment"},
		{"https://people.example/#", nil, "fragment"},
		{"https:///hooks", nil, "names no host"},
		{"https://people.example:0/", nil, "port"},
		{"https://people.example:70000/", nil, "port"},
		{"https://people.example:/", nil, "port"},
		{"ftp://people.example/", nil, "begin with https://"},
		{"file:///etc/passwd", nil, "begin with https://"},
		{"people.example", nil, "begin with https://"},
		{"", nil, "begin with https://"},
		{"https://people.example/a b", nil, "cannot be read"},
		{"https://people.example/\r\nX: y", nil, "cannot be read"},
		{"https://bücher.example/", nil, "cannot be read"},
		{"https://people.example/\x00", nil, "cannot be read"},
		{"https://people.example/" + strings.Repeat("a", 2000), nil, "cannot be read"},
		{"https://[::1", nil, "cannot be read"},
	} {
		err := webhook.CheckURL(tt.url, tt.allowed)
		kind, words := failure.Of(err)
		if tt.why == "" && err != nil || tt.why != "" && (kind != failure.Invalid || !strings.Contains(words, tt.why)) {
			t.Errorf("%.60q: %v", tt.url, err)
		}
		if strings.Contains(words, "secret") {
			t.Errorf("%q tells a secret", words)
		}
	}
}

// sent makes a webhook by another way than an administrator, lets one event happen and returns what became of it.
func (w *world) sent(url string) webhook.Delivery {
	w.Helper()
	w.store.Allow = append(w.store.Allow, netip.MustParsePrefix("127.0.0.0/8"))
	id, _ := w.hook(url)
	w.store.Allow = near
	w.add("ada")
	w.tell()
	w.drain()
	return w.only(id)
}

func TestARedirectIsNotFollowedSoAPrivateAddressIsNotReached(t *testing.T) {
	each(t, func(w *world) {
		private := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { w.Error("reached") }))
		w.Cleanup(private.Close)
		from := httptest.NewServer(http.RedirectHandler(private.URL, http.StatusTemporaryRedirect))
		w.Cleanup(from.Close)
		if d := w.sent(from.URL); d.State != webhook.Queued || d.Status != 307 || d.Words != "it answered 307: redirects are not followed" {
			w.Errorf("%+v", d)
		}
	})
}

func TestAPrivateAddressIsNotDialled(t *testing.T) {
	each(t, func(w *world) {
		r := receive(w, nil)
		_, port, _ := net.SplitHostPort(strings.TrimPrefix(r.URL, "http://"))
		if d := w.sent("https://127.0.0.2:" + port); d.State != webhook.Queued || !strings.Contains(d.Words, "not a public one") || len(r.all()) > 0 {
			w.Errorf("%+v", d)
		}
	})
}

func TestANameThatMovesToAPrivateAddressIsRefused(t *testing.T) {
	each(t, func(w *world) {
		r := receive(w, nil)
		_, port, _ := net.SplitHostPort(strings.TrimPrefix(r.URL, "http://"))
		id, _ := w.hook("http://" + resolving(w.T, "127.0.0.1", "127.0.0.2") + ":" + port)
		w.add("ada")
		w.tell()
		w.drain() // by a worker with connections of its own
		w.move("London", "ada")
		w.tell()
		w.drain()
		w.counts(id, 1, 1, 0)
		if d := w.deliveries(id, webhook.Queued)[0]; !strings.Contains(d.Words, "not a public one") || len(r.all()) != 1 {
			w.Errorf("%+v", d)
		}
	})
}

func TestInTheClearOnlyAllowedNetworksAreCalled(t *testing.T) {
	t.Parallel()
	allow := func(ip netip.Addr) bool { return ip.IsLoopback() }
	for address, want := range map[string]bool{"127.0.0.1:80": true, "[::1]:80": true, "1.1.1.1:80": false, "10.0.0.1:80": false} {
		ours, theirs := net.Pipe()
		dial := webhook.Only(func(context.Context, string, string) (net.Conn, error) {
			return &at{Conn: ours, addr: net.TCPAddrFromAddrPort(netip.MustParseAddrPort(address))}, nil
		}, allow)
		conn, err := dial(t.Context(), "tcp", "receiver.example:80")
		if (conn != nil) != want || !want && !errors.Is(err, outbound.ErrRefused) {
			t.Errorf("%s: %v", address, err)
		}
		ours.Close()
		if _, err := theirs.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("%s was told something: %v", address, err)
		}
	}
}

// at is a connection to some address.
type at struct {
	net.Conn
	addr net.Addr
}

func (a *at) RemoteAddr() net.Addr { return a.addr }

func TestAnEndlessAnswerIsNotReadToItsEnd(t *testing.T) {
	each(t, func(w *world) {
		var written atomic.Int64
		huge := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Length", "10737418240")
			for chunk := make([]byte, 64<<10); ; {
				n, err := rw.Write(chunk)
				if written.Add(int64(n)); err != nil {
					return
				}
			}
		}))
		w.Cleanup(huge.Close)
		if d := w.sent(huge.URL); d.State != webhook.Delivered || d.Status != 200 {
			w.Errorf("%+v", d)
		}
		huge.Close() // waits for the handler
		if n := written.Load(); n > 64<<20 {
			w.Errorf("%d bytes were taken", n)
		}
	})
}

func TestASlowAnswerIsGivenUpAfterItsTime(t *testing.T) {
	each(t, func(w *world) {
		drip := func(status int) string {
			s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body) // or else nobody notices that the client hangs up
				if status == 0 {
					<-r.Context().Done() // not even a status
					return
				}
				rw.WriteHeader(status)
				for {
					if _, err := rw.Write([]byte(".")); err != nil || http.NewResponseController(rw).Flush() != nil {
						return
					}
					select {
					case <-r.Context().Done():
						return
					case <-time.After(20 * time.Millisecond):
					}
				}
			}))
			w.Cleanup(s.Close)
			return s.URL
		}
		silent, _ := w.hook(drip(0))
		slow, _ := w.hook(drip(200))
		w.add("ada")
		w.tell()
		worker := w.worker()
		if worker.Limit > 15*time.Second || worker.Lease < 3*worker.Limit {
			w.Errorf("a try takes %v under a lease of %v", worker.Limit, worker.Lease)
		}
		worker.Limit = 200 * time.Millisecond
		_, err := worker.Drain(w.Context())
		w.ok(err)
		if d := w.only(silent); d.State != webhook.Queued || d.Words != "it did not answer in time" {
			w.Errorf("%+v", d)
		}
		// Whoever says that they took it has taken it, however long they go on.
		if d := w.only(slow); d.State != webhook.Delivered {
			w.Errorf("%+v", d)
		}
	})
}

func TestWhyAReceiverCouldNotBeAskedNeverTellsItsURL(t *testing.T) {
	each(t, func(w *world) {
		closed := httptest.NewServer(nil)
		closed.Close()
		if d := w.sent(closed.URL + "/hooks/s3cret"); d.State != webhook.Queued || d.Words == "" || strings.Contains(d.Words, "s3cret") {
			w.Errorf("%+v", d)
		}
	})
}
