// Package jsonbody reads the JSON bodies of requests more strictly than encoding/json: what two readers could read
// differently is refused, and what is wrong is named.
package jsonbody

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/failure"
)

// Largest bounds a request's body, in bytes.
const Largest = 1 << 20

// deepest bounds how far a body's objects and lists are nested.
const deepest = 64

// Unreadable is a body that cannot be read at all, as opposed to one that says the wrong thing.
type Unreadable struct{ error }

func (b *Unreadable) Unwrap() error { return b.error }

// Read reads a JSON object into the struct, or the pointer to one, that body is; a pointer stays nil where there is no
// body. Members that the struct does not know are ignored, or refused where it is closed; names are matched exactly.
// Tags say what else must hold: required, minItems, maxItems. What is wrong is a failure that names the member by its
// JSON pointer.
func Read(r *http.Request, body reflect.Value, closed bool) error {
	data, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, Largest))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return failure.TooLarge.Errorf("The request body is larger than %d bytes.", Largest)
	}
	if err != nil {
		return &Unreadable{failure.Invalid.Errorf("The request body ended early.")}
	}
	optional := body.Kind() == reflect.Pointer
	if optional {
		if len(bytes.TrimSpace(data)) == 0 {
			return nil
		}
		body.Set(reflect.New(body.Type().Elem()))
		body = body.Elem()
	}
	if err := checkMedia(r.Header.Get("Content-Type")); err != nil {
		return err
	}
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return failure.WrongMediaType.Errorf("The request body must not be compressed.")
	}
	if body.Kind() == reflect.Slice {
		return readList(data, body)
	}
	members, err := Object(data)
	if err != nil {
		return &Unreadable{err}
	}
	known := 0
	for _, f := range reflect.VisibleFields(body.Type()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		raw, given := members[name]
		if given {
			known++
		}
		if !given || string(raw) == "null" {
			if f.Tag.Get("required") != "" {
				return failure.Invalid.Errorf("/%s is required.", name)
			}
			continue
		}
		if err := readMember(name, raw, f, body.FieldByIndex(f.Index)); err != nil {
			return err
		}
	}
	if closed && len(members) > known {
		return unknown(members, body.Type())
	}
	return nil
}

// unknown names the first member, in the order of the alphabet, that the struct does not know.
func unknown(members map[string]json.RawMessage, t reflect.Type) error {
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		delete(members, name)
	}
	name := slices.Min(slices.Collect(maps.Keys(members)))
	return failure.Invalid.Errorf("/%.60s is not known here.", strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
}

// checkMedia refuses a body that does not say that it is JSON, or says that it is not in UTF-8.
func checkMedia(contentType string) error {
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil || media != "application/json" {
		return failure.WrongMediaType.Errorf("The request body must be application/json.")
	}
	if charset, given := params["charset"]; given && !strings.EqualFold(charset, "utf-8") {
		return failure.WrongMediaType.Errorf("The request body must be in UTF-8, not in the charset %.40q.", charset)
	}
	return nil
}

func readMember(name string, raw json.RawMessage, f reflect.StructField, field reflect.Value) error {
	if f.Type != reflect.TypeFor[[]string]() {
		if json.Unmarshal(raw, field.Addr().Interface()) != nil {
			return failure.Invalid.Errorf("/%s is not of the right type.", name)
		}
		return nil
	}
	var items []*string
	if json.Unmarshal(raw, &items) != nil {
		return failure.Invalid.Errorf("/%s is not a list of strings.", name)
	}
	least, _ := strconv.Atoi(f.Tag.Get("minItems"))
	most, _ := strconv.Atoi(f.Tag.Get("maxItems"))
	if len(items) < least || most > 0 && len(items) > most {
		return failure.Invalid.Errorf("/%s has %d items, not %d to %d.", name, len(items), least, most)
	}
	list := make([]string, len(items))
	for i, item := range items {
		if item == nil {
			return failure.Invalid.Errorf("/%s/%d is null.", name, i)
		}
		list[i] = *item
	}
	field.Set(reflect.ValueOf(list))
	return nil
}

// readList reads a body that is a list, or what its type takes for one.
func readList(data []byte, body reflect.Value) error {
	if err := checkText(data); err != nil {
		return &Unreadable{err}
	}
	if json.Unmarshal(data, body.Addr().Interface()) != nil {
		return failure.Invalid.Errorf("The request body is not a list of the right type.")
	}
	return nil
}

// checkText checks that data is one JSON value in UTF-8, without duplicate names and not nested too deep.
func checkText(data []byte) error {
	if !utf8.Valid(data) {
		return failure.Invalid.Errorf("The request body is not valid UTF-8.")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := checkValue(d, 0); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return failure.Invalid.Errorf("The request body goes on after its JSON value.")
	}
	return nil
}

// Object returns the members of the JSON object that data is: one value in UTF-8, without duplicate names and not nested
// too deep.
func Object(data []byte) (map[string]json.RawMessage, error) {
	if err := checkText(data); err != nil {
		return nil, err
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(data, &members) != nil || members == nil {
		return nil, failure.Invalid.Errorf("The request body is not a JSON object.")
	}
	return members, nil
}

// checkValue consumes one value.
func checkValue(d *json.Decoder, depth int) error {
	token, err := d.Token()
	if err != nil {
		return failure.Invalid.Errorf("The request body is not JSON, at byte %d.", d.InputOffset())
	}
	open, nested := token.(json.Delim)
	if !nested {
		return nil
	}
	if depth == deepest {
		return failure.Invalid.Errorf("The request body is nested deeper than %d levels.", deepest)
	}
	names := map[string]bool{}
	for d.More() {
		if open == '{' {
			name, err := d.Token()
			if err != nil {
				return failure.Invalid.Errorf("The request body is not JSON, at byte %d.", d.InputOffset())
			}
			text, _ := name.(string)
			if names[text] {
				return failure.Invalid.Errorf("The request body has the member %.60q twice.", text)
			}
			names[text] = true
		}
		if err := checkValue(d, depth+1); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return failure.Invalid.Errorf("The request body is not JSON, at byte %d.", d.InputOffset())
	}
	return nil
}
