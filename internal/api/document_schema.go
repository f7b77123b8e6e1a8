package api

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// schema describes a type and what the tag of the field says that holds it. Structs and named maps become components.
func (b *documentBuilder) schema(t reflect.Type, tag reflect.StructTag) *schemaObject {
	t, nullable := bareType(t)
	s := b.typed(t)
	if nullable {
		s = b.orNull(s)
	}
	if s.Ref != "" && !b.form.modern && (tag.Get("doc") != "" || tag.Get("deprecated") != "") {
		s = &schemaObject{AllOf: []*schemaObject{s}} // before 3.1, nothing may stand beside a reference
	}
	s.Description = tag.Get("doc")
	s.Deprecated = tag.Get("deprecated") != ""
	s.Format = tag.Get("format")
	s.Minimum, s.Maximum = bound(tag, "min"), bound(tag, "max")
	s.MinItems, s.MaxItems = bound(tag, "minItems"), bound(tag, "maxItems")
	if def := tag.Get("default"); def != "" {
		s.Default = def
		if n, err := strconv.Atoi(def); err == nil {
			s.Default = n
		}
	}
	if enum, ok := tag.Lookup("enum"); ok {
		for _, value := range strings.Split(enum, " ") {
			s.Enum = append(s.Enum, value)
		}
		if nullable {
			s.Enum = append(s.Enum, nil)
		}
	}
	return s
}

func bound(tag reflect.StructTag, name string) *int {
	n, err := strconv.Atoi(tag.Get(name))
	if err != nil {
		return nil
	}
	return &n
}

// bareType is the type below pointers and Nullable, and whether there was a Nullable.
func bareType(t reflect.Type) (bare reflect.Type, nullable bool) {
	for {
		switch {
		case t.Kind() == reflect.Pointer:
			t = t.Elem()
		case strings.HasPrefix(t.Name(), "Nullable["):
			get, _ := t.MethodByName("Get")
			t, nullable = get.Type.Out(0), true
		default:
			return t, nullable
		}
	}
}

func (b *documentBuilder) typed(t reflect.Type) *schemaObject {
	switch {
	case t == reflect.TypeFor[currentUser]():
		s := &schemaObject{}
		for f := range t.Fields() {
			s.AnyOf = append(s.AnyOf, b.schema(f.Type, ""))
		}
		return s
	case t == reflect.TypeFor[json.RawMessage]():
		return &schemaObject{Type: "object", Others: true}
	case t.Kind() == reflect.Struct, t.Kind() == reflect.Map && t.Name() != "":
		return b.component(t)
	}
	switch t.Kind() {
	case reflect.Map:
		return b.object(t)
	case reflect.Slice:
		return &schemaObject{Type: "array", Items: b.schema(t.Elem(), "")}
	case reflect.Bool:
		return &schemaObject{Type: "boolean"}
	case reflect.Int, reflect.Int64:
		return &schemaObject{Type: "integer"}
	case reflect.Float64:
		return &schemaObject{Type: "number"}
	case reflect.String:
		return &schemaObject{Type: "string"}
	case reflect.Interface:
		return &schemaObject{}
	}
	panic("the document has no schema for " + t.String())
}

// component describes a named type once and refers to it.
func (b *documentBuilder) component(t reflect.Type) *schemaObject {
	if b.schemas[t.Name()] == nil {
		b.schemas[t.Name()] = &schemaObject{} // types refer to themselves
		b.schemas[t.Name()] = b.object(t)
	}
	return &schemaObject{Ref: "#/components/schemas/" + t.Name()}
}

// object describes a struct by its fields, or a map.
func (b *documentBuilder) object(t reflect.Type) *schemaObject {
	s := &schemaObject{Type: "object"}
	if t.Kind() == reflect.Map {
		s.Others = true
		if t.Elem().Kind() != reflect.Interface {
			s.Others = b.schema(t.Elem(), "")
		}
		return s
	}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		s.Properties = append(s.Properties, property{name, b.schema(f.Type, f.Tag)})
		if f.Tag.Get("required") != "" {
			s.Required = append(s.Required, name)
		}
	}
	return s
}

// orNull describes what s describes, or null.
func (b *documentBuilder) orNull(s *schemaObject) *schemaObject {
	switch {
	case b.form.modern && s.Ref != "":
		return &schemaObject{AnyOf: []*schemaObject{s, {Type: "null"}}}
	case b.form.modern:
		s.Type = []any{s.Type, "null"}
		return s
	case s.Ref != "":
		s = &schemaObject{Type: "object", AllOf: []*schemaObject{s}}
	}
	s.Nullable = true
	return s
}
