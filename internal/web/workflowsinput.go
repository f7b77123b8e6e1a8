package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/workflow/dsl"
)

// wholeInput is the field in which the input of a workflow is written that does not say what it takes.
const wholeInput = "input"

// longField is how many characters a text may have from which on it gets several lines.
const longField = 500

// property is what a schema says of one member of the input.
type property struct {
	Type        any    `json:"type"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Default     any    `json:"default"`
	Enum        []any  `json:"enum"`
	MaxLength   int    `json:"maxLength"`
}

// inputFields are the fields for the input of a workflow, made from its schema, with what was typed or else the defaults.
func inputFields(f *dsl.File, typed url.Values) []blank {
	var schema struct {
		Properties json.RawMessage `json:"properties"`
		Required   []string        `json:"required"`
	}
	names, properties := []string(nil), map[string]property{}
	if json.Unmarshal(f.Input, &schema) == nil {
		names = memberNames(schema.Properties)
		if json.Unmarshal(schema.Properties, &properties) != nil {
			names = nil // such as a schema that is true
		}
	}
	if len(names) == 0 {
		return []blank{{Key: wholeInput, Name: "in." + wholeInput, Kind: "json", Text: typed.Get("in." + wholeInput)}}
	}
	fields := make([]blank, len(names))
	for i, name := range names {
		p := properties[name]
		field := blank{
			Key: name, Name: "in." + name, Label: p.Title, Help: p.Description, Required: slices.Contains(schema.Required, name), Kind: p.kind(), Text: textOf(p.Default),
		}
		if typed.Has(field.Name) {
			field.Text = typed.Get(field.Name)
		}
		for _, value := range p.Enum {
			text := textOf(value)
			field.Choices = append(field.Choices, offer{Value: text, Chosen: text == field.Text})
		}
		fields[i] = field
	}
	return fields
}

func (p property) kind() string {
	switch {
	case len(p.Enum) > 0:
		return "choice"
	case p.Type == "string" && p.MaxLength > longField:
		return "long"
	case p.Type == "string":
		return "text"
	case p.Type == "integer", p.Type == "number":
		return "number"
	case p.Type == "boolean":
		return "truth"
	}
	return "json"
}

// textOf is a value as it is typed.
func textOf(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	return jsonText(value)
}

// memberNames are the names of the members of an object of JSON, in its order.
func memberNames(object json.RawMessage) []string {
	d := json.NewDecoder(bytes.NewReader(object))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return nil
	}
	var names []string
	for d.More() {
		name, _ := d.Token()
		text, ok := name.(string)
		var value json.RawMessage
		if !ok || d.Decode(&value) != nil {
			return nil
		}
		names = append(names, text)
	}
	return names
}

// typedInput is the input that was typed, and whether the file takes it. What is wrong stands in the fields then, or is
// returned where it is about none of them.
func typedInput(f *dsl.File, fields []blank) (input map[string]any, problem string, good bool) {
	input, good = map[string]any{}, true
	for i := range fields {
		field := &fields[i]
		if strings.TrimSpace(field.Text) == "" {
			field.Missing = field.Required
			good = good && !field.Missing
			continue
		}
		value, ok := field.value()
		whole, isObject := value.(map[string]any)
		switch {
		case !ok:
			field.Problem, good = "this is no JSON", false
		case field.Key == wholeInput && field.Label == "" && len(fields) == 1 && isObject:
			input = whole
		default:
			input[field.Key] = value
		}
	}
	if !good {
		return input, "", false
	}
	checked := map[string]any{}
	for name, value := range input {
		checked[name] = value
	}
	if err := f.CheckInput(checked); err != nil {
		return input, blameInput(fields, err), false
	}
	return input, "", true
}

// value is what was typed as a value of JSON. What is no number where one is wanted stays text, for the schema to refuse.
func (f blank) value() (any, bool) {
	switch f.Kind {
	case "number":
		if _, err := strconv.ParseFloat(strings.TrimSpace(f.Text), 64); err == nil {
			return json.Number(strings.TrimSpace(f.Text)), true
		}
	case "truth":
		return f.Text == "true", true
	case "json":
		return jsonValue(f.Text)
	}
	return f.Text, true
}

func jsonValue(text string) (value any, ok bool) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if d.Decode(&value) != nil || d.More() {
		return nil, false
	}
	return value, true
}

// blameInput puts what is wrong with an input beside the fields that it is about, and returns the rest.
func blameInput(fields []blank, err error) string {
	words := err.Error()
	if f, ok := errors.AsType[*dsl.Failure](err); ok {
		words = f.Detail
	}
	var rest []string
	for part := range strings.SplitSeq(words, "; ") {
		name, reason, _ := strings.Cut(part, ": ")
		first, _, _ := strings.Cut(name, ".")
		if i := slices.IndexFunc(fields, func(f blank) bool { return f.Key == first }); i >= 0 && reason != "" {
			fields[i].Problem = reason
			continue
		}
		rest = append(rest, part)
	}
	return strings.Join(rest, "; ")
}
