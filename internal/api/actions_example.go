package api

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/rosterhq/roster/confluence"
)

type rawJSON = json.RawMessage

// exampleOf is an answer of a type in which each text, number and truth value is what it means, in the document's words for
// its field. Members are in the order of their names. Nothing comes out of an operation without an answer.
func exampleOf(out reflect.Type) json.RawMessage {
	if out == reflect.TypeFor[nothing]() {
		return json.RawMessage("null")
	}
	return encode(exampleValue(out, "", nil))
}

// exampleValue is a value of a type. meaning is that of the field that holds it; within are the types around it: one that
// holds itself is left empty inside, and so is a space of somebody who is told of inside a space or content, or else the
// same hundred lines would stand there a dozen times.
func exampleValue(t reflect.Type, meaning string, within []reflect.Type) any {
	t, _ = bareType(t)
	switch {
	case t == reflect.TypeFor[currentUser]():
		return exampleValue(t.Field(0).Type, meaning, within)
	case t == reflect.TypeFor[rawJSON]():
		return map[string]any{}
	}
	switch t.Kind() {
	case reflect.Struct:
		return exampleObject(t, within)
	case reflect.Map:
		if t.Elem().Kind() == reflect.String {
			return map[string]any{"name": meaning}
		}
		return map[string]any{}
	case reflect.Slice:
		return []any{exampleValue(t.Elem(), meaning, within)}
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64:
		return meaning
	}
	return map[string]any{}
}

func exampleObject(t reflect.Type, within []reflect.Type) any {
	out := map[string]any{}
	n := len(within)
	if slices.Contains(within, t) || t == reflect.TypeFor[confluence.Space]() && n > 1 && within[n-1] == reflect.TypeFor[confluence.User]() && insideOthers(within[:n-1]) {
		return out
	}
	within = append(within[:n:n], t)
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		out[name] = exampleValue(f.Type, f.Tag.Get("doc"), within)
	}
	return out
}

// insideOthers reports whether there is a space or content among the types around something.
func insideOthers(within []reflect.Type) bool {
	return slices.Contains(within, reflect.TypeFor[confluence.Space]()) || slices.Contains(within, reflect.TypeFor[confluence.Content]())
}
