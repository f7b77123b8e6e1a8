package oauth

import (
	"bytes"
	"encoding/json"
	"io"
	"unicode/utf8"
)

// membersOf takes a JSON object apart, and refuses one that two readers could read differently.
func membersOf(body []byte) (map[string]json.RawMessage, error) {
	bad := invalidRequest("The body is not one JSON object without duplicate members.")
	if !utf8.Valid(body) {
		return nil, bad
	}
	in := json.NewDecoder(bytes.NewReader(body))
	if open, err := in.Token(); err != nil || open != json.Delim('{') {
		return nil, bad
	}
	members := map[string]json.RawMessage{}
	for in.More() {
		name, err := in.Token()
		text, isText := name.(string)
		var value json.RawMessage
		if err != nil || !isText || in.Decode(&value) != nil {
			return nil, bad
		}
		if _, twice := members[text]; twice {
			return nil, bad
		}
		members[text] = value
	}
	if _, err := in.Token(); err != nil {
		return nil, bad
	}
	if _, err := in.Token(); err != io.EOF {
		return nil, bad
	}
	return members, nil
}
