package api

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/rosterhq/roster/internal/api/contract"
)

// parameters compares what an operation takes outside its body.
func (c *comparison) parameters(official contract.Operation, ours *operationObject) {
	known := map[string]*parameterObject{}
	for _, p := range ours.Parameters {
		if p.Ref != "" {
			p = c.ours.Components.Parameters[baseName(p.Ref)]
		}
		known[p.Name] = p
	}
	for _, want := range official.Params {
		key := official.ID + " " + want.Name
		got := known[want.Name]
		if got == nil {
			c.differs(key, "is missing")
			continue
		}
		delete(known, want.Name)
		c.parameter(key, want, got)
	}
	for name := range known {
		c.differs(official.ID+" "+name, "is ours alone")
	}
}

func (c *comparison) parameter(key string, want contract.Param, got *parameterObject) {
	c.same(key+" in", want.In, got.In)
	c.same(key+" required", want.Required, got.Required)
	c.same(key+" deprecated", want.Deprecated, got.Deprecated)
	c.same(key+" type", want.Type, c.typeOf(got.Schema))
	c.same(key+" default", want.Default, text(got.Schema.Default))
	c.same(key+" bounds", want.Min+"…"+want.Max, limitOf(got.Schema.Minimum)+"…"+limitOf(got.Schema.Maximum))
	c.same(key+" pattern", want.Pattern, got.Schema.Pattern)
	style := got.Style
	if got.Explode != nil {
		style += fmt.Sprintf("/%v", *got.Explode)
	}
	c.same(key+" style", want.Style, style)
	enum := got.Schema.Enum
	if items := got.Schema.Items; items != nil {
		if enum = items.Enum; items.AnyOf != nil {
			enum = items.AnyOf[0].Enum
		}
	}
	c.same(key+" enum", strings.Join(want.Enum, "|"), values(enum))
}

// typeOf names a type as the contract does; an object of ours by its component.
func (c *comparison) typeOf(s *schemaObject) string {
	switch {
	case s.Ref != "":
		return baseName(s.Ref)
	case s.Type == "array":
		return "array<" + c.typeOf(s.Items) + ">"
	case s.Type == nil:
		return "any"
	}
	return cmp.Or(numeric(s), fmt.Sprint(s.Type))
}

// numeric is the format of a number that has one.
func numeric(s *schemaObject) string {
	if s.Type == "integer" || s.Type == "number" {
		return s.Format
	}
	return ""
}

// values are those of an enum, without null.
func values(enum []any) string {
	var list []string
	for _, v := range enum {
		if v != nil {
			list = append(list, fmt.Sprint(v))
		}
	}
	return strings.Join(list, "|")
}

func text(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}

func limitOf(n *int) string {
	if n == nil {
		return ""
	}
	return fmt.Sprint(*n)
}

func baseName(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }
