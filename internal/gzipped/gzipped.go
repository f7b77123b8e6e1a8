// Package gzipped sends texts in fewer bytes to those who take them so.
package gzipped

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// shortest is how long a text has to be for its packing to be worth it, in bytes.
const shortest = 1024

// Accepted reports whether the answer to a request may be packed (RFC 9110, section 12.5.3).
func Accepted(r *http.Request) bool {
	any := false
	for coding := range strings.SplitSeq(strings.ToLower(strings.Join(r.Header.Values("Accept-Encoding"), ",")), ",") {
		name, weight, _ := strings.Cut(coding, ";")
		q, weighted := strings.CutPrefix(strings.TrimSpace(weight), "q=")
		value, err := strconv.ParseFloat(q, 64)
		taken := !weighted || err == nil && value > 0
		switch strings.TrimSpace(name) {
		case "gzip":
			return taken
		case "*":
			any = taken
		}
	}
	return any
}

// Write answers with a text, packed where that is accepted. The header has to be complete but for what this changes.
func Write(w http.ResponseWriter, r *http.Request, status int, text []byte) {
	h := w.Header()
	h.Add("Vary", "Accept-Encoding")
	if len(text) >= shortest && Accepted(r) {
		h.Set("Content-Encoding", "gzip")
		text = Pack(text)
	}
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	w.Write(text)
}

var writers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// Pack returns a text packed.
func Pack(text []byte) []byte {
	var out bytes.Buffer
	w := writers.Get().(*gzip.Writer)
	defer writers.Put(w)
	w.Reset(&out)
	w.Write(text) // to memory, where nothing fails
	w.Close()
	return out.Bytes()
}
