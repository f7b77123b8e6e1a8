package webhook_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/rosterhq/roster/internal/event"
)

// receiver is a program that hears of events.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []delivery
	answer func(n int, d delivery) int // to the nth request, from 1; nil takes all
}

// delivery is a request as the receiver sees it.
type delivery struct {
	id, timestamp, signature string
	header                   http.Header
	body                     string
	event                    event.Event
}

func receive(t testing.TB, answer func(n int, d delivery) int) *receiver {
	r := &receiver{answer: answer}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		d := delivery{
			id: q.Header.Get("webhook-id"), timestamp: q.Header.Get("webhook-timestamp"), signature: q.Header.Get("webhook-signature"),
			header: q.Header, body: string(body),
		}
		if err := errors.Join(err, json.Unmarshal(body, &d.event)); err != nil || q.Method != http.MethodPost {
			t.Errorf("%s %q: %v", q.Method, body, err)
		}
		r.mu.Lock()
		r.got = append(r.got, d)
		n := len(r.got)
		r.mu.Unlock()
		if r.answer != nil {
			w.WriteHeader(r.answer(n, d))
		}
	}))
	t.Cleanup(r.Close)
	return r
}

// all returns what came so far.
func (r *receiver) all() []delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]delivery{}, r.got...)
}

// verify checks a signature as the convention describes it, by nothing of ours.
func verify(secret string, d delivery) error {
	encoded, ok := strings.CutPrefix(secret, "whsec_")
	if !ok {
		return fmt.Errorf("the secret is %q", secret)
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(key) < 24 || len(key) > 64 {
		return fmt.Errorf("the key has %d bytes: %w", len(key), err)
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", d.id, d.timestamp, d.body)
	for one := range strings.SplitSeq(d.signature, " ") {
		version, signature, _ := strings.Cut(one, ",")
		given, err := base64.StdEncoding.DecodeString(signature)
		if err == nil && version == "v1" && hmac.Equal(given, mac.Sum(nil)) {
			return nil
		}
	}
	return errors.New("no signature matches")
}

// names are what host names resolve to: each answer is given once, the last again and again.
var names sync.Map

// resolving makes a host name that resolves to one address after the other.
func resolving(t *testing.T, addresses ...string) string {
	name := strings.ToLower(strings.NewReplacer("/", "-", "_", "-").Replace(t.Name()))
	name = name[:min(len(name), 60)] + ".example.com"
	names.Store(name+".", &addresses)
	return name
}

// answerNames has the process ask a name server of its own.
func answerNames() {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() {
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
			q := m.Questions[0]
			known, found := names.Load(strings.ToLower(q.Name.String()))
			if !found {
				m.RCode = dnsmessage.RCodeNameError
			} else if q.Type == dnsmessage.TypeA {
				answers := known.(*[]string)
				m.Answers = append(m.Answers, dnsmessage.Resource{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class}, Body: &dnsmessage.AResource{A: netip.MustParseAddr((*answers)[0]).As4()},
				})
				*answers = (*answers)[min(1, len(*answers)-1):]
			}
			if reply, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(reply, from)
			}
		}
	}()
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}
