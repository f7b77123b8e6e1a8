package api

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/api/contract"
)

// schema compares an official schema with ours, and all that both refer to.
func (c *comparison) schema(name string, ours *schemaObject) {
	official, ok := c.official.Schema(name)
	if !ok {
		c.differs("schema "+name, "is not in the contract")
		return
	}
	ours, _ = c.resolve(ours)
	if len(ours.AnyOf) > 0 {
		ours, _ = c.resolve(ours.AnyOf[0]) // a user; the anonymous one has an operation of its own
	}
	pair := name + " " + strings.Join(ours.names(), " ")
	if c.seen[pair] {
		return
	}
	c.seen[pair] = true
	if ours.Type == "array" {
		c.typed(name, official.Root.Type, ours)
		return
	}
	c.members(official, "", ours)
}

// names are those of an object's members.
func (s *schemaObject) names() []string {
	var list []string
	for _, p := range s.Properties {
		list = append(list, p.name)
	}
	return list
}

// resolve follows references, which may be wrapped to say more. It reports whether there may be null instead.
func (c *comparison) resolve(s *schemaObject) (found *schemaObject, nullable bool) {
	for {
		nullable = nullable || s.Nullable
		switch {
		case s.Ref != "":
			s = c.ours.Components.Schemas[baseName(s.Ref)]
		case len(s.AllOf) == 1:
			s = s.AllOf[0]
		default:
			return s, nullable
		}
	}
}

// members compares the members whose names have the prefix and then no more dots.
func (c *comparison) members(official contract.Schema, prefix string, ours *schemaObject) {
	known := map[string]*schemaObject{}
	for _, p := range ours.Properties {
		known[p.name] = p.schema
	}
	for _, want := range official.Members {
		name, ok := strings.CutPrefix(want.Name, prefix)
		if !ok || strings.Contains(name, ".") || name == "*" {
			continue
		}
		key := official.Name + "." + want.Name
		got := known[name]
		if got == nil {
			c.differs(key, "is missing")
			continue
		}
		delete(known, name)
		c.same(key+" required", want.Required, slices.Contains(ours.Required, name))
		c.member(official, key, want, got)
	}
	for name := range known {
		c.differs(official.Name+"."+prefix+name, "is ours alone")
	}
}

func (c *comparison) member(official contract.Schema, key string, want contract.Member, got *schemaObject) {
	resolved, nullable := c.resolve(got)
	if nullable && !want.Nullable { // what we never answer with null may officially be null
		c.differs(key+" nullable", "officially never null")
	}
	c.same(key+" deprecated", want.Deprecated, got.Deprecated)
	c.same(key+" format", want.Format, got.Format)
	least, most := cmp.Or(limitOf(got.Minimum), limitOf(got.MinItems)), cmp.Or(limitOf(got.Maximum), limitOf(got.MaxItems))
	c.same(key+" bounds", want.Min+"…"+want.Max, least+"…"+most)
	enum := want.Enum
	if named, ok := c.official.Schema(want.Type); ok && enum == nil {
		enum = named.Root.Enum
	}
	c.same(key+" enum", strings.Join(enum, "|"), values(got.Enum))
	if below := want.Name + "."; want.Type == "object" && resolved.Properties != nil && hasPrefixed(official, below) {
		c.members(official, below, resolved)
		return
	}
	if below := want.Name + "[]."; hasPrefixed(official, below) && resolved.Items != nil {
		items, _ := c.resolve(resolved.Items)
		c.members(official, below, items)
		return
	}
	c.typed(key, want.Type, got)
}

func hasPrefixed(official contract.Schema, prefix string) bool {
	return slices.ContainsFunc(official.Members, func(m contract.Member) bool { return strings.HasPrefix(m.Name, prefix) })
}

// typed compares an official type with a schema of ours.
func (c *comparison) typed(key, official string, got *schemaObject) {
	resolved, _ := c.resolve(got)
	ours := cmp.Or(numeric(resolved), text(resolved.Type))
	if choices := strings.Split(official, "|"); len(choices) > 1 {
		c.choice(key, choices, ours, got)
		return
	}
	of, isList := strings.CutPrefix(official, "array<")
	if isList && ours == "array" {
		c.typed(key, strings.TrimSuffix(of, ">"), resolved.Items)
		return
	}
	if named, ok := c.official.Schema(official); ok {
		if resolved.Properties != nil {
			c.schema(official, got)
			return
		}
		official = named.Root.Type
	}
	if official == "any" || strings.HasPrefix(official, "map<") && ours == "object" {
		return
	}
	c.same(key+" type", official, ours)
}

// choice compares with the one of several official types that ours is: we may answer with fewer.
func (c *comparison) choice(key string, choices []string, ours string, got *schemaObject) {
	for _, choice := range choices {
		_, named := c.official.Schema(choice)
		if choice == ours || named && ours == "object" || strings.HasPrefix(choice, "array<") && ours == "array" {
			c.typed(key, choice, got)
			return
		}
	}
	c.differs(key+" type", "officially one of %v, ours %s", choices, ours)
}
