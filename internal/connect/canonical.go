// Package connect speaks Atlassian Connect: what an app signs its requests with, what it says about itself, and how it
// is told that it was installed. It knows neither the database nor the directory.
package connect

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"
)

// QSH returns the hash that binds a JWT to one request: the hexadecimal SHA-256 of its [Canonical] form.
func QSH(method, path, rawQuery string) string {
	var room [1024]byte
	sum := sha256.Sum256(appendCanonical(room[:0], method, path, rawQuery))
	return hex.EncodeToString(sum[:])
}

// Canonical returns a request in the one form that both sides hash, METHOD&path&query, to the byte as npm's atlassian-jwt
// 2.0.3 writes it. The path is the one sent, still escaped, without the product's base path; the query is the one sent,
// without "?". Parameters stand in the order of their decoded names in UTF-16, a repeated one once, its values sorted
// and joined by commas; jwt and __proto__ are left out. Unlike npm's, it covers every parameter, not the first thousand.
func Canonical(method, path, rawQuery string) string {
	return string(appendCanonical(nil, method, path, rawQuery))
}

func appendCanonical(b []byte, method, path, rawQuery string) []byte {
	b = append(b, strings.ToUpper(method)...)
	b = append(b, '&')
	b = appendPath(b, path)
	b = append(b, '&')
	return appendQuery(b, rawQuery)
}

const upperHex = "0123456789ABCDEF"

// appendPath leaves a path as it was sent but for its slashes at either end, and for what would be mistaken for the
// separator.
func appendPath(b []byte, path string) []byte {
	if !strings.HasPrefix(path, "/") {
		b = append(b, '/')
	}
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	for i := range len(path) {
		if path[i] == '&' {
			b = append(b, "%26"...)
		} else {
			b = append(b, path[i])
		}
	}
	return b
}

// parameter is one pair of a query, decoded.
type parameter struct{ name, value string }

func appendQuery(b []byte, rawQuery string) []byte {
	var room [16]parameter
	all := room[:0]
	for pair := range strings.SplitSeq(rawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name = decode(name)
		if pair == "" || name == "jwt" || name == "__proto__" {
			continue
		}
		all = append(all, parameter{name, decode(value)})
	}
	slices.SortFunc(all, func(p, q parameter) int {
		return cmp.Or(compareUTF16(p.name, q.name), compareUTF16(p.value, q.value))
	})
	for i, p := range all {
		switch {
		case i > 0 && p.name == all[i-1].name:
			b = append(b, ',')
		default:
			if i > 0 {
				b = append(b, '&')
			}
			b = append(encode(b, p.name), '=')
		}
		b = encode(b, p.value)
	}
	return b
}

// encode appends s with everything escaped but the unreserved characters of RFC 3986.
func encode(b []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == '~':
			b = append(b, c)
		default:
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return b
}

// decode reads a name or value of a query: "+" is a space, an escape that is none stands for itself, and what is not
// UTF-8 becomes U+FFFD.
func decode(s string) string {
	if strings.IndexByte(s, '%') >= 0 || strings.IndexByte(s, '+') >= 0 {
		plain := make([]byte, 0, len(s))
		for i := 0; i < len(s); i++ {
			c := s[i]
			if c == '+' {
				c = ' '
			} else if c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
				c = fromHex(s[i+1])<<4 | fromHex(s[i+2])
				i += 2
			}
			plain = append(plain, c)
		}
		s = string(plain)
	}
	if utf8.ValidString(s) {
		return s
	}
	return replaceInvalid(s)
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func fromHex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}

// replaceInvalid puts one U+FFFD for each longest beginning of a character, as the Encoding Standard asks; Go's own
// decoding would put one for each byte.
func replaceInvalid(s string) string {
	var b strings.Builder
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && size <= 1 {
			size = beginning(s)
		}
		b.WriteRune(r)
		s = s[size:]
	}
	return b.String()
}

// beginning returns how many bytes at the start of s, which starts with no whole character, could still have become one.
func beginning(s string) int {
	low, high, more := byte(0x80), byte(0xBF), 0
	switch c := s[0]; {
	case 0xE0 <= c && c <= 0xEF:
		more = 1
	case 0xF0 <= c && c <= 0xF4:
		more = 2
	}
	switch s[0] { // the second byte must not spell an overlong form, a surrogate, or what lies beyond Unicode
	case 0xE0:
		low = 0xA0
	case 0xED:
		high = 0x9F
	case 0xF0:
		low = 0x90
	case 0xF4:
		high = 0x8F
	}
	n := 1
	for n <= more && n < len(s) && low <= s[n] && s[n] <= high {
		low, high = 0x80, 0xBF
		n++
	}
	return n
}

// compareUTF16 orders two strings of UTF-8 as JavaScript does, by their UTF-16 units: what lies beyond U+FFFF sorts
// before U+E000, because it starts with a surrogate.
func compareUTF16(s, t string) int {
	for i := range min(len(s), len(t)) {
		if a, b := s[i], t[i]; a != b {
			if a >= 0xEE && b >= 0xEE && (a >= 0xF0) != (b >= 0xF0) {
				return cmp.Compare(b, a)
			}
			return cmp.Compare(a, b)
		}
	}
	return cmp.Compare(len(s), len(t))
}
