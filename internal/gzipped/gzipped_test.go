package gzipped_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/gzipped"
)

func TestGzipIsAcceptedAsTheHeaderSays(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		fields   []string
		accepted bool
	}{
		{nil, false},
		{[]string{""}, false},
		{[]string{"gzip"}, true},
		{[]string{"GZip;Q=0.5"}, true},
		{[]string{"deflate, gzip;q=1.0, *;q=0.5"}, true},
		{[]string{"br, deflate"}, false},
		{[]string{"br", "gzip"}, true},
		{[]string{"gzip;q=0"}, false},
		{[]string{"gzip ; q=0.000"}, false},
		{[]string{"*"}, true},
		{[]string{"*;q=0"}, false},
		{[]string{"*;q=0, gzip"}, true},
		{[]string{"*, gzip;q=0"}, false},
		{[]string{"identity"}, false},
		{[]string{"notgzip"}, false},
		{[]string{"gzip;q=much"}, false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header["Accept-Encoding"] = test.fields
		if got := gzipped.Accepted(r); got != test.accepted {
			t.Errorf("%q: %v", test.fields, got)
		}
	}
}

func TestATextIsTheSamePackedOrNot(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a person, ", 1000)
	for _, test := range []struct {
		text, accept string
		packed       bool
	}{{long, "gzip", true}, {long, "identity", false}, {"short", "gzip", false}, {"", "gzip", false}} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Encoding", test.accept)
		w := httptest.NewRecorder()
		w.Header().Set("Vary", "Cookie")
		gzipped.Write(w, r, http.StatusTeapot, []byte(test.text))
		got := w.Result()
		var body io.Reader = got.Body
		if packed := got.Header.Get("Content-Encoding") == "gzip"; packed != test.packed {
			t.Fatalf("%d bytes for %s: packed %v", len(test.text), test.accept, packed)
		} else if packed {
			var err error
			if body, err = gzip.NewReader(body); err != nil {
				t.Fatal(err)
			}
		}
		text, err := io.ReadAll(body)
		if err != nil || string(text) != test.text || got.StatusCode != http.StatusTeapot {
			t.Errorf("%d bytes for %s: %d, %d bytes, %v", len(test.text), test.accept, got.StatusCode, len(text), err)
		}
		if vary := got.Header.Values("Vary"); strings.Join(vary, ",") != "Cookie,Accept-Encoding" {
			t.Errorf("Vary: %v", vary)
		}
	}
}
