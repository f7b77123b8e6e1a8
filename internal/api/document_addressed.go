package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/rosterhq/roster/internal/gzipped"
)

// addressed is a text with addresses to be put in. To serve it costs a copy; its tag is made without it.
type addressed struct {
	pieces []piece
	sum    [sha256.Size]byte
	packed atomic.Pointer[packedText] // the last one; most servers have one address
}

// packedText is a text as those get it who take it packed.
type packedText struct {
	tag   string
	bytes []byte
}

// piece is some of a text and which address comes after it: 0 for the site's, 1 for the server's, 2 for none.
type piece struct {
	text []byte
	then int
}

// newAddressed takes apart a text with anySite and anyServer for the addresses.
func newAddressed(text []byte) *addressed {
	a := &addressed{sum: sha256.Sum256(text)}
	for {
		at, then, length := len(text), 2, 0
		for i, name := range []string{anySite, anyServer} {
			if j := bytes.Index(text[:at], []byte(name)); j >= 0 {
				at, then, length = j, i, len(name)
			}
		}
		a.pieces = append(a.pieces, piece{text[:at], then})
		if then == 2 {
			return a
		}
		text = text[at+length:]
	}
}

// addresses are what comes after pieces.
func addresses(site, server string) [3][]byte {
	return [3][]byte{bytes.Trim(encode(site), `"`), bytes.Trim(encode(server), `"`)}
}

// text is the whole, for a site at an address of a server.
func (a *addressed) text(site, server string) []byte {
	with := addresses(site, server)
	size := 0
	for _, p := range a.pieces {
		size += len(p.text) + len(with[p.then])
	}
	text := make([]byte, 0, size)
	for _, p := range a.pieces {
		text = append(append(text, p.text...), with[p.then]...)
	}
	return text
}

// tag is another one wherever the text would be.
func (a *addressed) tag(site, server string) string {
	sum := sha256.Sum256([]byte(string(a.sum[:]) + strconv.Quote(site) + strconv.Quote(server)))
	return `"` + hex.EncodeToString(sum[:8]) + `"`
}

// serve answers with the text, which clients keep until it changes.
func (a *addressed) serve(w http.ResponseWriter, r *http.Request, contentType, site, server string) error {
	tag := a.tag(site, server)
	packed := gzipped.Accepted(r)
	if packed {
		tag = strings.TrimSuffix(tag, `"`) + `-gzip"` // as these are other bytes
	}
	h := w.Header()
	h.Set("Vary", "Accept-Encoding")
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", tag)
	h.Set("X-Content-Type-Options", "nosniff")
	if isKept(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	if packed {
		h.Set("Content-Encoding", "gzip")
		w.Write(a.pack(tag, site, server))
		return nil
	}
	text := a.text(site, server)
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.Write(text)
	return nil
}

// pack is the text packed, which is kept by its tag until another one is asked for.
func (a *addressed) pack(tag, site, server string) []byte {
	kept := a.packed.Load()
	if kept == nil || kept.tag != tag {
		kept = &packedText{tag, gzipped.Pack(a.text(site, server))}
		a.packed.Store(kept)
	}
	return kept.bytes
}

// isKept reports whether a client keeps what has a tag, by the tags that it lists. A proxy that compresses makes them weak.
func isKept(list, tag string) bool {
	for kept := range strings.SplitSeq(list, ",") {
		if kept = strings.TrimSpace(kept); kept == "*" || strings.TrimPrefix(kept, "W/") == tag {
			return true
		}
	}
	return false
}
