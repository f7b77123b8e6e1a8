package connect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// maxMembers bounds how many members an object may have: far more than any that Connect knows, few enough to compare
// each with each.
const maxMembers = 100

// object reads the members of one JSON object, in order. It refuses what is not exactly one object in UTF-8, a name that
// stands twice, as parsers differ in which one counts, and more than maxMembers. Name and value are parts of data, or
// decoded; they stay good as long as data does.
func object(data []byte, member func(name, value []byte) error) error {
	switch {
	case !utf8.Valid(data):
		return errors.New("is not UTF-8")
	case !json.Valid(data):
		return errors.New("is not JSON")
	}
	rest := skipSpace(data)
	if rest[0] != '{' {
		return errors.New("is not a JSON object")
	}
	var names [maxMembers][]byte
	rest = skipSpace(rest[1:])
	for n := 0; rest[0] != '}'; n++ {
		if n == maxMembers {
			return fmt.Errorf("has more than %d members", maxMembers)
		}
		name, after := next(rest)
		name, _ = unquote(name)
		value, after := next(skipSpace(after[1:])) // after the colon
		for _, other := range names[:n] {
			if bytes.Equal(name, other) {
				return errors.New("has a member twice")
			}
		}
		names[n] = name
		if err := member(name, value); err != nil {
			return err
		}
		rest = skipSpace(bytes.TrimPrefix(after, []byte(",")))
	}
	return nil
}

// skipSpace does what bytes.TrimLeft would, without making a set of what is space each time.
func skipSpace(b []byte) []byte {
	for i, c := range b {
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return b[i:]
		}
	}
	return nil
}

// next cuts the value that b starts with from what follows it, spaces left out. It relies on b being part of valid JSON.
func next(b []byte) (value, after []byte) {
	depth, quoted := 0, false
	end := len(b)
scan:
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
			if !quoted && depth == 0 {
				end = i + 1
				break scan
			}
		case quoted:
		case c == '{', c == '[':
			depth++
		case c == '}', c == ']':
			if depth == 0 {
				end = i
				break scan
			}
			if depth--; depth == 0 {
				end = i + 1
				break scan
			}
		case depth == 0 && (c == ',' || c == ':' || c == ' ' || c == '\t' || c == '\r' || c == '\n'):
			end = i
			break scan
		}
	}
	return b[:end], skipSpace(b[end:])
}

// unquote returns the text of a JSON string, and false for any other value.
func unquote(value []byte) ([]byte, bool) {
	if len(value) < 2 || value[0] != '"' {
		return nil, false
	}
	if bytes.IndexByte(value, '\\') < 0 {
		return value[1 : len(value)-1], true
	}
	var s string
	err := json.Unmarshal(value, &s)
	return []byte(s), err == nil
}

// isNull reports whether a value is null, which counts as absent.
func isNull(value []byte) bool { return string(value) == "null" }
