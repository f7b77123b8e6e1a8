package seed

import (
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"
)

// shape is what a mapping can hold: the fields of a struct that the file knows, in their order.
type shape []field

// field is one key of a mapping, by the tags of a struct field.
type field struct {
	index     int
	name, doc string
	byDefault string
	oneOf     []string
	required  bool
}

func shapeOf(t reflect.Type) shape {
	var s shape
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Tag.Get("yaml")
		if name == "-" {
			continue
		}
		s = append(s, field{
			index: i, name: name, doc: f.Tag.Get("doc"), byDefault: f.Tag.Get("default"),
			oneOf: strings.Fields(f.Tag.Get("oneof")), required: f.Tag.Get("required") == "true",
		})
	}
	return s
}

// named returns the field that a key names.
func (s shape) named(key *yaml.Node) (field, bool) {
	if key.Kind == yaml.ScalarNode {
		for _, f := range s {
			if f.name == key.Value {
				return f, true
			}
		}
	}
	return field{}, false
}

func (s shape) names() string {
	names := make([]string, len(s))
	for i, f := range s {
		names[i] = f.name
	}
	return strings.Join(names, ", ")
}
