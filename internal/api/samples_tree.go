package api

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/samples"
)

// answerTree describes a wire type for samples: all that is in an answer where the paths of expand were asked for. What is
// only there when it is expanded is left out otherwise. A type within itself shows only what is not an object there.
func answerTree(t reflect.Type, expand []string) *samples.Node {
	return (&treeBuilder{}).node(t, parseExpansion(expand))
}

type treeBuilder struct{ above []reflect.Type }

func (b *treeBuilder) node(t reflect.Type, e expansion) *samples.Node {
	n := &samples.Node{}
	switch {
	case t.Kind() == reflect.Pointer:
		t, n.Presence = t.Elem(), samples.Pointer
	case strings.HasPrefix(t.Name(), "Nullable["):
		get, _ := t.MethodByName("Get")
		t, n.Presence = get.Type.Out(0), samples.Nullable
	}
	switch t.Kind() {
	case reflect.Struct:
		n.Kind = samples.Object
		b.members(n, t, e)
	case reflect.Slice:
		n.Kind = samples.Free
		if t != reflect.TypeFor[json.RawMessage]() {
			n.Kind, n.Item = samples.List, b.node(t.Elem(), e)
		}
	case reflect.Map, reflect.Interface:
		n.Kind = samples.Free
	case reflect.Bool:
		n.Kind = samples.Flag
	case reflect.Int, reflect.Int64, reflect.Float64:
		n.Kind = samples.Number
	default:
		n.Kind = samples.Text
	}
	return n
}

// members describes the members of a struct.
func (b *treeBuilder) members(n *samples.Node, t reflect.Type, e expansion) {
	again := slices.Contains(b.above, t)
	b.above = append(b.above, t)
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		optional := strings.Contains(f.Tag.Get("doc"), "when expanded")
		if (again || optional) && !e.has(name) && (optional || deep(f.Type)) {
			continue
		}
		under := e.under(name)
		if name == "results" || t == reflect.TypeFor[confluence.SearchResult]() && name == "user" {
			under = e // what is asked for is asked for of each
		}
		m := b.node(f.Type, under)
		m.Name, m.Field = name, f.Name
		if f.Type == reflect.TypeFor[confluence.Expandable]() {
			m = expandables(t, m)
		}
		n.Members = append(n.Members, m)
	}
	b.above = b.above[:len(b.above)-1]
}

// deep reports whether there is more below a type than values.
func deep(t reflect.Type) bool {
	t, _ = bareType(t)
	if t.Kind() != reflect.Struct {
		return t.Kind() == reflect.Slice
	}
	for f := range t.Fields() {
		if below, _ := bareType(f.Type); below.Kind() == reflect.Struct || below.Kind() == reflect.Slice {
			return true
		}
	}
	return false
}

// expandables are the entries that a map of what was not expanded can have. They are listed for people and spaces only:
// elsewhere the map is one value, to keep samples short.
func expandables(t reflect.Type, m *samples.Node) *samples.Node {
	var names []string
	switch t {
	case reflect.TypeFor[confluence.User]():
		for _, x := range userExpansions() {
			names = append(names, x.name)
		}
	case reflect.TypeFor[confluence.Space]():
		names = slices.Sorted(maps.Keys(spaceExpandable(content.Seen{})))
	default:
		return m
	}
	m.Kind = samples.Object
	for _, name := range names {
		m.Members = append(m.Members, &samples.Node{Name: name, Presence: samples.Entry})
	}
	return m
}

// everyExpansion lists all that can be expanded of a type, below a prefix: what is nested in it stands for what it is
// nested in. A type within itself has nothing to expand there, nor has what is nested too deeply.
func everyExpansion(t reflect.Type, prefix string, above ...reflect.Type) []string {
	t, _ = bareType(t)
	if t.Kind() == reflect.Slice && t != reflect.TypeFor[json.RawMessage]() {
		t, _ = bareType(t.Elem())
	}
	if t.Kind() != reflect.Struct || slices.Contains(above, t) {
		return nil
	}
	var list []string
	above = append(above[:len(above):len(above)], t)
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		path := prefix + name
		if name == "results" {
			path = strings.TrimSuffix(prefix, ".")
		}
		nested := everyExpansion(f.Type, path+".", above...)
		tooDeep := slices.ContainsFunc(nested, func(p string) bool { return strings.Count(p, ".") >= deepestExpansion })
		if (len(nested) == 0 || tooDeep) && strings.Contains(f.Tag.Get("doc"), "when expanded") {
			nested = []string{path}
		}
		list = append(list, nested...)
	}
	return list
}
