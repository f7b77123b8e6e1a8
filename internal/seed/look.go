package seed

import (
	"encoding/json"
	"reflect"

	"gopkg.in/yaml.v3"

	"github.com/rosterhq/roster/internal/content"
)

// LookAndFeel is what a space chooses of how it looks, as [content.ParseLook] returns it.
type LookAndFeel string

// readLook takes a mapping of parts and values, as deep as those of [content.DefaultLook].
func readLook(n *yaml.Node, into reflect.Value) error {
	chosen, err := lookOf(n)
	if err != nil {
		return err
	}
	object, err := json.Marshal(chosen)
	if err != nil {
		return err
	}
	look, err := content.ParseLook(object)
	if err != nil {
		return problemAt(n, "%s", err)
	}
	into.SetString(look)
	return nil
}

func lookOf(n *yaml.Node) (map[string]any, error) {
	if n.Kind != yaml.MappingNode {
		return nil, problemAt(n, "must be a mapping of keys to values")
	}
	chosen := make(map[string]any, len(n.Content)/2)
	for i := 0; i < len(n.Content); i += 2 {
		name, err := textOf(n.Content[i])
		if _, twice := chosen[name]; err == nil && twice {
			err = problemAt(n.Content[i], "the key %.100q stands twice", name)
		}
		if err != nil {
			return nil, err
		}
		if value := n.Content[i+1]; value.Kind == yaml.MappingNode {
			chosen[name], err = lookOf(value)
		} else {
			chosen[name], err = textOf(value)
		}
		if err != nil {
			return nil, placed(n.Line, name, err)
		}
	}
	return chosen, nil
}

// lookSchema has every part of the default, with its values as defaults.
func lookSchema() map[string]any {
	var base map[string]any
	// What is embedded is an object.
	_ = json.Unmarshal(content.DefaultLook(), &base)
	return partSchema(base)
}

func partSchema(part map[string]any) map[string]any {
	properties := map[string]any{}
	for name, value := range part {
		switch value := value.(type) {
		case map[string]any:
			properties[name] = partSchema(value)
		case string:
			properties[name] = map[string]any{"type": "string", "default": value}
		}
	}
	return map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
}
