package transfer

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// ndjsonReader reads one JSON object a line.
type ndjsonReader struct {
	in   *bufio.Reader
	line int64
}

func (r *ndjsonReader) Next() (Item, error) {
	for {
		line, tooLong, err := r.read()
		if err != nil {
			return Item{}, err
		}
		r.line++
		switch {
		case tooLong:
			return Item{Line: r.line, Err: failure.TooLong.Errorf("The line is longer than %d bytes.", mostObject)}, nil
		case len(bytes.TrimSpace(line)) > 0:
			it := decodeLine(bytes.TrimRight(line, "\r\n"))
			it.Line, it.size = r.line, len(line)
			return it, nil
		}
	}
}

// read returns the next line without its end. Of one that is too long it returns nothing, and skips it.
func (r *ndjsonReader) read() (line []byte, tooLong bool, err error) {
	for {
		part, err := r.in.ReadSlice('\n')
		if !tooLong {
			line = append(line, part...)
		}
		if len(line) > mostObject {
			line, tooLong = nil, true
		}
		switch {
		case err == nil:
			return line, tooLong, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && (len(line) > 0 || tooLong):
			return line, tooLong, nil
		case errors.Is(err, io.EOF):
			return nil, false, io.EOF
		default:
			return nil, false, fmt.Errorf("line %d: %w", r.line+1, err)
		}
	}
}

// decodeLine reads one object.
func decodeLine(line []byte) Item {
	if !utf8.Valid(line) {
		return Item{Err: failure.Invalid.Errorf("The line is not valid UTF-8.")}
	}
	all, err := members(line)
	if err != nil {
		return Item{Err: err}
	}
	it := Item{}
	for _, m := range all {
		if m.name == "kind" {
			kind, err := m.text()
			if err != nil {
				return Item{Err: err}
			}
			it.Kind = Kind(kind)
		}
	}
	switch it.Kind {
	case AccountKind:
		it.Account, it.Err = decodePerson(all)
	case GroupKind:
		it.Group, it.Err = decodeGroup(all)
	case SpaceKind:
		it.Space, it.Err = decodeSpace(all)
	case ContentKind:
		it.Content, it.Err = decodeContent(all)
	case WatchKind:
		it.Watch, it.Err = decodeWatch(all)
	case PropertyKind:
		it.Property, it.Err = decodeProperty(all)
	case AppKind:
		it.App, it.Err = decodeApp(all)
	case ExportKind:
		it.Err = checkExport(all)
	case "":
		it.Err = failure.Invalid.Errorf(`There is no "kind"; it is account, group, app, property, space, content or watch.`)
	default:
		it.Err = failure.Invalid.Errorf("The kind %.60q is none of account, group, app, property, space, content, watch.", it.Kind)
	}
	return it
}

func decodePerson(all []member) (*Person, error) {
	p := &Person{said: make(map[string]string, len(all))}
	for _, m := range all {
		var err error
		switch f := fieldNamed(m.name); {
		case m.name == "kind":
		case m.name == "groups":
			p.exactly = true
			p.groups, err = m.list()
		case m.name == "visibility":
			p.visibility, err = m.choices()
		case f == nil:
			return nil, failure.Invalid.Errorf("An account has no member %.100q.", m.name)
		case f.flag:
			p.said[m.name], err = m.flag()
		default:
			p.said[m.name], err = m.text()
		}
		if err != nil {
			return nil, err
		}
	}
	return p, p.check()
}

func decodeGroup(all []member) (*Group, error) {
	g := &Group{said: make(map[string]string, len(all))}
	for _, m := range all {
		var err error
		switch m.name {
		case "kind":
		case "id", "name", "usageType", "managedBy":
			g.said[m.name], err = m.text()
		case "permissions":
			var names []string
			g.granted = true
			names, err = m.list()
			for _, name := range names {
				p, bad := directory.ParsePermission(name)
				if bad != nil {
					return nil, bad
				}
				g.permissions = append(g.permissions, p)
			}
		default:
			return nil, failure.Invalid.Errorf("A group has no member %.100q.", m.name)
		}
		if err != nil {
			return nil, err
		}
	}
	return g, g.check()
}

// member is one member of a JSON object.
type member struct {
	name  string
	value json.RawMessage
}

// members splits a JSON object, and refuses repeated members and whatever stands behind it.
func members(object []byte) ([]member, error) {
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, failure.Invalid.Errorf("This is not a JSON object.")
	}
	var all []member
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, unreadable(err)
		}
		m := member{name: t.(string)} // between the braces of an object stand only names
		if slices.ContainsFunc(all, func(other member) bool { return other.name == m.name }) {
			return nil, failure.Invalid.Errorf("The member %.100q stands there twice.", m.name)
		}
		if err := d.Decode(&m.value); err != nil {
			return nil, unreadable(err)
		}
		if all = append(all, m); len(all) > mostMembers {
			return nil, failure.Invalid.Errorf("The object has more than %d members.", mostMembers)
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, unreadable(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, failure.Invalid.Errorf("Something stands behind the object; one object makes a line.")
	}
	return all, nil
}

// mostMembers bounds an object, so that looking for repeated members stays cheap.
const mostMembers = 100

func unreadable(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return failure.Invalid.Errorf("The JSON object does not end on its line.")
	}
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return failure.Invalid.Errorf("This is not JSON: %s.", e.Error())
	}
	return failure.Invalid.Errorf("This is not JSON.")
}

func (m member) isNull() bool { return string(m.value) == "null" }

// text reads a string; null is the empty one.
func (m member) text() (string, error) {
	if m.isNull() {
		return "", nil
	}
	var s string
	if err := json.Unmarshal(m.value, &s); err != nil {
		return "", failure.Invalid.Errorf("%s is not a string.", m.name)
	}
	if strings.ContainsRune(s, utf8.RuneError) && !bytes.ContainsRune(m.value, utf8.RuneError) && !bytes.Contains(bytes.ToLower(m.value), []byte(`\ufffd`)) {
		return "", failure.Invalid.Errorf("%s has half a surrogate pair.", m.name)
	}
	return s, nil
}

// flag reads true or false; null is false.
func (m member) flag() (string, error) {
	switch string(m.value) {
	case "true", "false":
		return string(m.value), nil
	case "null":
		return "false", nil
	}
	return "", failure.Invalid.Errorf("%s is not true or false.", m.name)
}

// list reads an array of strings; null is the empty one.
func (m member) list() ([]string, error) {
	list := []string{}
	if m.isNull() {
		return list, nil
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(m.value, &raw); err != nil {
		return nil, failure.Invalid.Errorf("%s is not an array of strings.", m.name)
	}
	for _, value := range raw {
		s, err := member{m.name, value}.text()
		if err != nil || s == "" {
			return nil, failure.Invalid.Errorf("%s is not an array of strings that are not empty.", m.name)
		}
		list = append(list, s)
	}
	return list, nil
}

// choices reads an object of strings; null is the empty one.
func (m member) choices() (map[string]string, error) {
	chosen := map[string]string{}
	if m.isNull() {
		return chosen, nil
	}
	all, err := members(m.value)
	if err != nil {
		return nil, failure.Invalid.Errorf("%s: %s", m.name, reason(err))
	}
	var known directory.Visibility
	for _, choice := range all {
		audience, err := choice.text()
		if err == nil {
			err = known.Set(choice.name, audience)
		}
		if err != nil {
			return nil, err
		}
		chosen[choice.name] = audience
	}
	return chosen, nil
}
