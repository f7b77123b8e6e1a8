package confluence

import "encoding/json"

// Links are hypermedia references such as "self", "base", "context" and "next": the official GenericLinks.
//
// The official schema also allows objects as values. None is known to be sent; reading one leaves it out.
type Links map[string]string

// UnmarshalJSON keeps the references that are strings.
func (l *Links) UnmarshalJSON(data []byte) error { return readStrings(data, (*map[string]string)(l)) }

// Expandable names what could have been expanded and was not, each with a relative URL or "".
// It is written in the order of its keys.
type Expandable map[string]string

// UnmarshalJSON keeps the entries that are strings.
func (e *Expandable) UnmarshalJSON(data []byte) error {
	return readStrings(data, (*map[string]string)(e))
}

// readStrings reads a JSON object and keeps its string members. Null is a nil map.
func readStrings(data []byte, into *map[string]string) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return err
	}
	*into = nil
	if members == nil {
		return nil
	}
	*into = make(map[string]string, len(members))
	for name, raw := range members {
		var text string
		if raw[0] != '"' || json.Unmarshal(raw, &text) != nil {
			continue
		}
		(*into)[name] = text
	}
	return nil
}
