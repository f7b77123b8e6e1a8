package seed

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"

	"github.com/rosterhq/roster/internal/content"
)

// Schema returns the JSON Schema (2020-12) of one document of a seed file, for editors and checkers.
func Schema() ([]byte, error) {
	root, err := schemaOf(reflect.TypeFor[Document](), nil)
	if err != nil {
		return nil, err
	}
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Roster seed"
	root["description"] = "One site and everything in it. A file may hold several such documents; the first is the default site."
	text, err := json.MarshalIndent(root, "", "  ")
	return append(text, '\n'), err
}

func schemaOf(t reflect.Type, oneOf []string) (map[string]any, error) {
	if special, ok := specialOf(t); ok {
		return special.schema(), nil
	}
	switch t.Kind() {
	case reflect.Struct:
		return objectSchema(t)
	case reflect.Slice:
		items, err := schemaOf(t.Elem(), oneOf)
		return map[string]any{"type": "array", "items": items}, err
	case reflect.Bool:
		return map[string]any{"type": "boolean"}, nil
	case reflect.Int64:
		return map[string]any{"type": "integer", "minimum": 1, "maximum": int64(content.MaxID)}, nil
	case reflect.String:
		s := map[string]any{"type": "string"}
		if len(oneOf) > 0 {
			s["enum"] = oneOf
		}
		return s, nil
	}
	return nil, fmt.Errorf("a seed cannot hold a %s", t)
}

func objectSchema(t reflect.Type) (map[string]any, error) {
	properties := map[string]any{}
	required := []string{}
	for _, f := range shapeOf(t) {
		p, err := schemaOf(t.Field(f.index).Type, f.oneOf)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		p = maps.Clone(p)
		p["description"] = f.doc
		if f.byDefault != "" {
			p["default"] = f.byDefault
		}
		if f.required {
			required = append(required, f.name)
		}
		properties[f.name] = p
	}
	s := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	return s, nil
}
