package seed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// Encode writes a document as a seed file that [Parse] reads to the same document.
func (d *Document) Encode() ([]byte, error) {
	n, err := encode(reflect.ValueOf(*d))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(n); err != nil {
		return nil, fmt.Errorf("write a seed: %w", err)
	}
	return b.Bytes(), e.Close()
}

// encode returns the node of a value, or nil for one that goes without saying.
func encode(v reflect.Value) (*yaml.Node, error) {
	switch value := v.Interface().(type) {
	case time.Time:
		return text(value.Format(time.RFC3339Nano)), nil
	case time.Duration:
		if value == 0 {
			return nil, nil
		}
		return text(strconv.FormatInt(int64(value/time.Second), 10) + "s"), nil
	case directory.Visibility:
		return encodeVisibility(value), nil
	case LookAndFeel:
		return encodeLook(value)
	case site.Settings:
		return encodeSettings(value), nil
	}
	switch v.Kind() {
	case reflect.Struct:
		return encodeStruct(v)
	case reflect.Slice:
		return encodeList(v)
	}
	if v.IsZero() {
		return nil, nil
	}
	if v.Kind() == reflect.String {
		return text(v.String()), nil
	}
	return plain(fmt.Sprint(v.Interface())), nil
}

func encodeStruct(v reflect.Value) (*yaml.Node, error) {
	if v.IsZero() {
		return nil, nil
	}
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, f := range shapeOf(v.Type()) {
		child, err := encode(v.Field(f.index))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		if child == nil && f.required {
			child = text("")
		}
		if child != nil {
			n.Content = append(n.Content, text(f.name), child)
		}
	}
	return n, nil
}

func encodeList(v reflect.Value) (*yaml.Node, error) {
	if v.Len() == 0 {
		return nil, nil
	}
	n := &yaml.Node{Kind: yaml.SequenceNode}
	for i := range v.Len() {
		child, err := encode(v.Index(i))
		if err != nil {
			return nil, err
		}
		if child == nil {
			child = text("") // an empty text of a list
		}
		if child.Kind == yaml.ScalarNode {
			n.Style = yaml.FlowStyle
		}
		n.Content = append(n.Content, child)
	}
	return n, nil
}

func encodeVisibility(v directory.Visibility) *yaml.Node {
	if v == (directory.Visibility{}) || v == directory.DefaultVisibility() {
		return nil
	}
	if v == directory.EveryField(v[0]) {
		return text(v[0].String())
	}
	n := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	for i, f := range directory.Fields {
		if v[i] != f.Default {
			n.Content = append(n.Content, text(f.Name), text(v[i].String()))
		}
	}
	return n
}

func encodeSettings(s site.Settings) *yaml.Node {
	byDefault := site.StandInSettings()
	if s == (site.Settings{}) || s == byDefault {
		return nil
	}
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, row := range site.SettingsTable {
		if value := row.Get(&s); value != row.Get(&byDefault) {
			n.Content = append(n.Content, text(row.Name), plain(value))
		}
	}
	return n
}

func encodeLook(look LookAndFeel) (*yaml.Node, error) {
	if look == "" {
		return nil, nil
	}
	var chosen map[string]any
	if err := json.Unmarshal([]byte(look), &chosen); err != nil {
		return nil, fmt.Errorf("read a look: %w", err)
	}
	return encodePart(chosen), nil
}

func encodePart(part map[string]any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, name := range slices.Sorted(maps.Keys(part)) {
		child := text(fmt.Sprint(part[name]))
		if deeper, ok := part[name].(map[string]any); ok {
			child = encodePart(deeper)
		}
		n.Content = append(n.Content, text(name), child)
	}
	return n
}

// text is a scalar that is read as text, in quotes where it would be taken for something else.
func text(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	return n
}

// plain is a scalar that is read as what it looks like.
func plain(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: s} }
