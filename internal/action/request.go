package action

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// Request is the request of HTTP that an action's arguments make.
type Request struct {
	Method string
	Path   string // from the address of the site on, escaped
	Query  url.Values
	Header http.Header // nil where the action has none of its own
	Body   any         // as JSON; nil for none
}

// Request makes the request of an action that has a method and a path. Arguments are values of JSON, or texts as a command
// line has them: "25" for 25, "true", "a,b" for a list of two, and an object as its JSON.
//
// A null stands for an argument that is not given, but for a text, where it is refused: what looks for somebody who is
// not there must not find everybody, or oneself. An error names the parameter.
func (a Action) Request(with map[string]any) (Request, error) {
	if a.Method == "" {
		return Request{}, fmt.Errorf("%s is no operation of HTTP", a.Name)
	}
	given := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(with)) {
		value, isGiven, err := a.argument(name, with[name])
		if err != nil {
			return Request{}, err
		}
		if isGiven {
			given[name] = value
		}
	}
	if err := a.CheckNames(slices.Sorted(maps.Keys(given))); err != nil {
		return Request{}, err
	}
	r := Request{Method: a.Method, Path: a.Path, Query: url.Values{}}
	for _, p := range a.Parameters {
		value, ok := given[p.Name]
		if !ok {
			continue
		}
		if err := r.put(p, value); err != nil {
			return Request{}, fmt.Errorf("%s: %w", a.Name, err)
		}
	}
	return r, nil
}

// Check tells whether a value can be an argument, as far as that can be told of it alone.
func (a Action) Check(name string, value any) error {
	_, _, err := a.argument(name, value)
	return err
}

// argument reads an argument, if it is given: null is as if it was not, but for a text of a request.
func (a Action) argument(name string, value any) (read any, given bool, err error) {
	p, known := a.Parameter(name)
	switch {
	case !known:
		return nil, false, fmt.Errorf("%s takes no %s", a.Name, name)
	case value == nil && p.Required:
		err = fmt.Errorf("%s is null", name)
	case value == nil && (p.Type != text || a.Method == ""):
		return nil, false, nil
	default:
		read, err = p.read(value)
	}
	if err != nil {
		return nil, false, fmt.Errorf("%s: %w", a.Name, err)
	}
	return read, true, nil
}

// put puts the value of a parameter where the request has it.
func (r *Request) put(p Parameter, value any) error {
	switch {
	case p.In == inBody && p.Whole:
		r.Body = value
	case p.In == inBody:
		members, _ := r.Body.(map[string]any)
		if members == nil {
			members = map[string]any{}
		}
		members[p.Name] = value
		r.Body = members
	case p.In == inPath:
		segment := written(value)
		if segment == "" || segment == "." || segment == ".." {
			return fmt.Errorf("%s: %q cannot stand in a path", p.Name, segment)
		}
		r.Path = strings.Replace(r.Path, "{"+p.Name+"}", url.PathEscape(segment), 1)
	case p.In == inQuery:
		if p.Type == list && written(value) == "" && !p.Required {
			return nil
		}
		r.Query.Set(p.Name, written(value))
	case p.In == inHeader:
		if r.Header == nil {
			r.Header = http.Header{}
		}
		r.Header.Set(p.Name, written(value))
	}
	return nil
}

// written is a value as text.
func written(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case []string:
		return strings.Join(v, ",")
	}
	return fmt.Sprint(value)
}

// The types of parameters, and where they stand.
const (
	text     = "string"
	integer  = "integer"
	boolean  = "boolean"
	list     = "array"
	object   = "object"
	anything = "any"

	inPath   = "path"
	inQuery  = "query"
	inHeader = "header"
	inBody   = "body"
)

// read makes of an argument what its type says: a string, int64, bool, []string, or a value of JSON.
func (p Parameter) read(value any) (any, error) {
	switch p.Type {
	case text:
		return p.readText(value)
	case integer:
		if n, ok := whole(value); ok {
			return n, nil
		}
		return nil, fmt.Errorf("%s is no whole number", p.Name)
	case boolean:
		switch value {
		case true, "true":
			return true, nil
		case false, "false":
			return false, nil
		}
		return nil, fmt.Errorf("%s is neither true nor false", p.Name)
	case list:
		return p.readList(value)
	case object:
		return p.readObject(value)
	}
	return value, nil
}

func (p Parameter) readText(value any) (any, error) {
	s, ok := value.(string)
	if !ok {
		n, isNumber := whole(value)
		if !isNumber {
			return nil, fmt.Errorf("%s is no text", p.Name)
		}
		s = fmt.Sprint(n) // IDs are often written as numbers
	}
	if !utf8.ValidString(s) {
		return nil, fmt.Errorf("%s is not valid UTF-8", p.Name)
	}
	if len(p.Values) > 0 && s != "" && !slices.ContainsFunc(p.Values, func(v Value) bool { return v.Value == s }) {
		return nil, fmt.Errorf("%s is none of %s", p.Name, p.names())
	}
	return s, nil
}

// names are the values that the parameter takes.
func (p Parameter) names() string {
	all := make([]string, len(p.Values))
	for i, v := range p.Values {
		all[i] = v.Value
	}
	return strings.Join(all, ", ")
}

// readList reads a list of texts. In one text several are separated by commas; an entry of a list is one, so a comma in
// it could only come from what somebody else wrote.
func (p Parameter) readList(value any) (any, error) {
	var entries []string
	switch v := value.(type) {
	case string:
		for part := range strings.SplitSeq(v, ",") {
			if part = strings.TrimSpace(part); part != "" {
				entries = append(entries, part)
			}
		}
	case []string:
		entries = v
	case []any:
		for i, one := range v {
			s, err := Parameter{Name: fmt.Sprintf("%s[%d]", p.Name, i), Type: text}.readText(one)
			if err != nil {
				return nil, err
			}
			entries = append(entries, s.(string))
		}
	default:
		return nil, fmt.Errorf("%s is no list of texts", p.Name)
	}
	for i, one := range entries {
		if !utf8.ValidString(one) {
			return nil, fmt.Errorf("%s[%d] is not valid UTF-8", p.Name, i)
		}
		if p.In == inQuery && (strings.Contains(one, ",") || one == "") {
			return nil, fmt.Errorf("%s[%d] is empty or has a comma", p.Name, i)
		}
	}
	if p.Required && len(entries) == 0 {
		return nil, fmt.Errorf("%s is empty", p.Name)
	}
	return append([]string{}, entries...), nil
}

func (p Parameter) readObject(value any) (any, error) {
	switch v := value.(type) {
	case map[string]any:
		return v, nil
	case json.RawMessage:
		return p.readObject(string(v))
	case string:
		var members map[string]json.RawMessage
		if json.Unmarshal([]byte(v), &members) == nil && members != nil {
			return json.RawMessage(v), nil
		}
	}
	return nil, fmt.Errorf("%s is no object", p.Name)
}
