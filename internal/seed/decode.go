package seed

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/rosterhq/roster/internal/content"
)

// decoder fills Go values from YAML nodes by the tags of their fields. It is stricter than yaml.v3's own:
// a number is no text, null is nothing at all, and every error knows its place.
type decoder struct {
	shapes map[reflect.Type]shape
}

// decode fills into, whose texts must be one of oneOf if there are any.
func (d decoder) decode(n *yaml.Node, into reflect.Value, oneOf []string) error {
	if n.Kind == yaml.AliasNode {
		return problemAt(n, "aliases are not taken; write the value out")
	}
	if special, ok := specialOf(into.Type()); ok {
		return special.read(n, into)
	}
	switch into.Kind() {
	case reflect.Struct:
		return d.decodeStruct(n, into)
	case reflect.Slice:
		return d.decodeList(n, into, oneOf)
	case reflect.Bool:
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
			return problemAt(n, "must be true or false")
		}
		into.SetBool(strings.EqualFold(n.Value, "true"))
		return nil
	case reflect.Int64:
		number, err := strconv.ParseInt(n.Value, 10, 64)
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || err != nil || number < 1 || number > content.MaxID {
			return problemAt(n, "must be a whole number from 1 to %d", int64(content.MaxID))
		}
		into.SetInt(number)
		return nil
	case reflect.String:
		text, err := textOf(n)
		if err == nil && len(oneOf) > 0 && !slices.Contains(oneOf, text) {
			err = problemAt(n, "%.100q is none of %s", text, strings.Join(oneOf, ", "))
		}
		into.SetString(text)
		return err
	}
	return fmt.Errorf("a seed cannot hold a %s", into.Type())
}

// textOf returns a text, or says how to write one.
func textOf(n *yaml.Node) (string, error) {
	if n.Kind != yaml.ScalarNode {
		return "", problemAt(n, "must be text")
	}
	switch n.ShortTag() {
	case "!!str", "!!timestamp":
		return n.Value, nil
	case "!!null":
		return "", problemAt(n, "must be text; leave the key out if there is none")
	case "!!int", "!!float", "!!bool":
		return "", problemAt(n, "must be text; write it in quotes: %q", n.Value)
	}
	return "", problemAt(n, "must be text")
}

func (d decoder) decodeStruct(n *yaml.Node, into reflect.Value) error {
	if n.Kind != yaml.MappingNode {
		return problemAt(n, "must be a mapping of keys to values")
	}
	s := d.shape(into.Type())
	if line := into.FieldByName("Line"); line.IsValid() {
		line.SetInt(int64(n.Line))
	}
	seen := make(map[string]int, len(n.Content)/2)
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		f, known := s.named(key)
		if !known {
			return problemAt(key, "unknown key %.100q; known are %s", key.Value, s.names())
		}
		if first, twice := seen[f.name]; twice {
			return problemAt(key, "the key %q stands twice, first in line %d", f.name, first)
		}
		seen[f.name] = key.Line
		if err := d.decode(value, into.Field(f.index), f.oneOf); err != nil {
			return placed(n.Line, f.name, err)
		}
	}
	for _, f := range s {
		if _, given := seen[f.name]; f.required && !given {
			return problemAt(n, "the key %q is missing", f.name)
		}
	}
	return nil
}

func (d decoder) decodeList(n *yaml.Node, into reflect.Value, oneOf []string) error {
	if n.Kind != yaml.SequenceNode {
		return problemAt(n, "must be a list")
	}
	list := reflect.MakeSlice(into.Type(), len(n.Content), len(n.Content))
	for i, item := range n.Content {
		if err := d.decode(item, list.Index(i), oneOf); err != nil {
			return placed(n.Line, entry("", i), err)
		}
	}
	into.Set(list)
	return nil
}

func (d decoder) shape(t reflect.Type) shape {
	s, ok := d.shapes[t]
	if !ok {
		s = shapeOf(t)
		d.shapes[t] = s
	}
	return s
}
