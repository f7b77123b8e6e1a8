package connect_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/outbound"
)

func page(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL + "/atlassian-connect.json"
}

func TestADescriptorIsFetchedFromItsAddress(t *testing.T) {
	t.Parallel()
	address := page(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			_, _ = io.WriteString(w, descriptor)
			return
		}
		http.Redirect(w, r, "/moved", http.StatusFound)
	})
	d, text, err := connect.Fetch(t.Context(), outbound.Client(netip.Addr.IsLoopback), address+"#part")
	if err != nil || d.Key != "com.example.watcher" || string(text) != descriptor {
		t.Errorf("%+v, %v, as %s", d, err, failure.ReasonOf(err))
	}
}

func TestAnAddressThatGivesNoDescriptorIsAnError(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		said   string
	}{
		"not found":       {http.NotFound, "answers 404"},
		"another 2xx":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, "answers 204"},
		"no descriptor":   {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, "not JSON"},
		"round and round": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) }, "could not be fetched"},
		"cut off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, descriptor[:100])
		}, "to its end"},
		"without end": {func(w http.ResponseWriter, _ *http.Request) {
			for chunk := strings.Repeat(" ", 1<<16); ; {
				if _, err := io.WriteString(w, chunk); err != nil {
					return
				}
			}
		}, "larger than"},
		"a bomb": {func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Accept-Encoding") != "" {
				t.Error("a compressed answer is asked for")
			}
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, "\x1f\x8b")
		}, "not UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, _, err := connect.Fetch(t.Context(), outbound.Client(netip.Addr.IsLoopback), page(t, tt.answer))
			if kind, message := failure.Of(err); kind != failure.Invalid || !strings.Contains(message, tt.said) || d.Key != "" {
				t.Errorf("%v, as %s", err, failure.ReasonOf(err))
			}
		})
	}
}

func TestABodyThatDripsIsGivenUp(t *testing.T) {
	t.Parallel()
	address := page(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "{")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	client := outbound.Client(netip.Addr.IsLoopback)
	client.Timeout = 50 * time.Millisecond
	_, _, err := connect.Fetch(t.Context(), client, address)
	if kind, _ := failure.Of(err); kind != failure.Invalid || !strings.Contains(failure.ReasonOf(err), "deadline") && !strings.Contains(failure.ReasonOf(err), "Timeout") {
		t.Errorf("%v, as %s", err, failure.ReasonOf(err))
	}
}

// The administrator who names an address must not learn what answers inside.
func TestAPrivateAddressIsNotFetchedAndNothingSaidOfIt(t *testing.T) {
	t.Parallel()
	address := page(t, func(http.ResponseWriter, *http.Request) { t.Error("reached") })
	for _, address := range []string{address, "http://127.0.0.1:1/x"} {
		_, _, err := connect.Fetch(t.Context(), outbound.Client(nil), address)
		if kind, message := failure.Of(err); kind != failure.Invalid || message != "The descriptor could not be fetched." ||
			!strings.Contains(failure.ReasonOf(err), outbound.ErrRefused.Error()) {
			t.Errorf("%v, as %s", err, failure.ReasonOf(err))
		}
	}
}

func TestOnlyTheWebIsFetchedFrom(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "file:///etc/passwd", "ftp://example.com/", "//example.com", "/a", "http://", "https://user:word@example.com", "http://[::1", "data:,{}"} {
		_, _, err := connect.Fetch(t.Context(), http.DefaultClient, address)
		if kind, message := failure.Of(err); kind != failure.Invalid || strings.Contains(message, "word") && !strings.Contains(message, "without a password") {
			t.Errorf("%q: %v", address, err)
		}
	}
}
