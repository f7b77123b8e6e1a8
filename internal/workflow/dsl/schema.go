package dsl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"gopkg.in/yaml.v3"
)

// schema reads a JSON Schema that stands in the file, and compiles it. It may only refer to itself.
func (r *reader) schema(n *yaml.Node, path string) (*jsonschema.Schema, *yaml.Node) {
	if n == nil {
		return nil, nil
	}
	fields := r.fields(n, path, "format", "document*")
	if f := fields["format"]; f != nil && r.text(f, path+"/format") != "json" {
		r.fail(f, path+"/format", "format must be json")
	}
	document := fields["document"]
	if document == nil {
		return nil, nil
	}
	if document.Kind != yaml.MappingNode {
		r.fail(document, path+"/document", "document must be a JSON Schema")
		return nil, nil
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(nothing{})
	compiler.AssertFormat()
	const here = "file:///schema.json"
	text, err := json.Marshal(value(document))
	var decoded any
	if err == nil {
		decoded, err = jsonschema.UnmarshalJSON(bytes.NewReader(text))
	}
	if err == nil {
		err = compiler.AddResource(here, decoded)
	}
	var schema *jsonschema.Schema
	if err == nil {
		schema, err = compiler.Compile(here)
	}
	if err != nil {
		reason := strings.ReplaceAll(strings.ReplaceAll(err.Error(), here, ""), "\n", " ")
		r.fail(document, path+"/document", "the schema cannot be used: %s", shorten(reason))
		return nil, nil
	}
	return schema, document
}

// nothing loads no schema from elsewhere.
type nothing struct{}

func (nothing) Load(url string) (any, error) {
	return nil, fmt.Errorf("a schema cannot refer to another one, such as %s", url)
}

// ordered returns a node as JSON, its members in the file's order.
func ordered(n *yaml.Node) json.RawMessage {
	var out bytes.Buffer
	write(&out, n)
	return out.Bytes()
}

func write(out *bytes.Buffer, n *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		out.WriteByte('{')
		for i := 0; i < len(n.Content); i += 2 {
			if i > 0 {
				out.WriteByte(',')
			}
			name, _ := json.Marshal(n.Content[i].Value)
			out.Write(append(name, ':'))
			write(out, n.Content[i+1])
		}
		out.WriteByte('}')
	case yaml.SequenceNode:
		out.WriteByte('[')
		for i, c := range n.Content {
			if i > 0 {
				out.WriteByte(',')
			}
			write(out, c)
		}
		out.WriteByte(']')
	default:
		v, _ := scalar(n)
		text, _ := json.Marshal(v)
		out.Write(text)
	}
}

// CheckInput fills the schema's defaults into an input, which it changes, and checks it. Its error is a [*Failure] that
// names each field that is wrong.
func (f *File) CheckInput(input map[string]any) error {
	fill(f.defaults, input)
	return check(f.schema, input)
}

// fill gives members that are absent their default.
func fill(schema, v any) {
	s, _ := schema.(map[string]any)
	object, _ := v.(map[string]any)
	properties, _ := s["properties"].(map[string]any)
	if object == nil {
		return
	}
	for name, p := range properties {
		property, _ := p.(map[string]any)
		if _, given := object[name]; !given {
			if preset, has := property["default"]; has {
				object[name], _ = copyOf(preset, maxData)
			}
		}
		fill(property, object[name])
	}
}

// check tells what of a value is not as a schema wants it.
func check(schema *jsonschema.Schema, v any) error {
	v, err := copyOf(v, maxData)
	if err != nil {
		return failure(ValidationError, "the input cannot be used: %v", err)
	}
	if schema == nil {
		return nil
	}
	// The schema knows the numbers of encoding/json.
	text, err := json.Marshal(v)
	if err != nil {
		return failure(ValidationError, "the input cannot be used: %v", err)
	}
	decoded, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err == nil {
		err = schema.Validate(decoded)
	}
	var invalid *jsonschema.ValidationError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &invalid):
		return failure(ValidationError, "the input cannot be used: %s", shorten(err.Error()))
	}
	return NewFailure(ValidationError, shorten(strings.Join(leaves(invalid, nil), "; ")))
}

var english = message.NewPrinter(language.English)

// leaves are what is wrong, each with the name of its field.
func leaves(e *jsonschema.ValidationError, out []string) []string {
	if len(e.Causes) == 0 {
		where := strings.Join(e.InstanceLocation, ".")
		if where == "" {
			where = "the input"
		}
		reason := where + ": " + e.ErrorKind.LocalizedString(english)
		if !slices.Contains(out, reason) {
			out = append(out, reason)
		}
	}
	for _, c := range e.Causes {
		out = leaves(c, out)
	}
	return out
}
