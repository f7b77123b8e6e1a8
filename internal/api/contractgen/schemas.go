package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/api/contract"
)

// component returns the name of a schema that is referred to, after having derived it and all it refers to.
func (d *deriver) component(ref string) (string, error) {
	s, ok := d.doc.Components.Schemas[baseName(ref)]
	if !ok || !strings.HasPrefix(ref, "#/components/schemas/") {
		return "", fmt.Errorf("%q refers to no schema", ref)
	}
	name := d.nameSpace + baseName(ref)
	return name, d.schema(name, s)
}

func (d *deriver) schema(name string, s schema) error {
	if _, done := d.schemas[name]; done {
		return nil
	}
	d.schemas[name] = contract.Schema{} // schemas refer to themselves
	root, err := d.member(s)
	if err != nil {
		return fmt.Errorf("schema %s: %w", name, err)
	}
	root.Name = "."
	derived := contract.Schema{Name: name, Root: root}
	if err := d.members(&derived, "", s); err != nil {
		return fmt.Errorf("schema %s: %w", name, err)
	}
	slices.SortFunc(derived.Members, func(a, b contract.Member) int { return cmp.Compare(a.Name, b.Name) })
	d.schemas[name] = derived
	return nil
}

// members appends what stands inside s, whose own members' names begin with prefix.
func (d *deriver) members(to *contract.Schema, prefix string, s schema) error {
	if s.Type == "array" && s.Items != nil {
		return d.members(to, strings.TrimSuffix(prefix, ".")+"[].", *s.Items)
	}
	for name, property := range s.Properties {
		m, err := d.member(property)
		if err != nil {
			return fmt.Errorf("member %s%s: %w", prefix, name, err)
		}
		m.Name = prefix + name
		m.Required = slices.Contains(s.Required, name)
		to.Members = append(to.Members, m)
		if err := d.members(to, m.Name+".", property); err != nil {
			return err
		}
	}
	for _, name := range s.Required {
		if _, described := s.Properties[name]; !described {
			to.Members = append(to.Members, contract.Member{Name: prefix + name, Type: "any", Required: true})
		}
	}
	others, err := d.others(s)
	if others != "" {
		to.Members = append(to.Members, contract.Member{Name: prefix + "*", Type: others})
	}
	return err
}

// others returns the type of members that are not listed; "" where the document does not say.
func (d *deriver) others(s schema) (string, error) {
	switch text := string(s.Additional); text {
	case "":
		return "", nil
	case "true":
		return "any", nil
	case "false":
		return "none", nil
	}
	var of schema
	if err := json.Unmarshal(s.Additional, &of); err != nil {
		return "", fmt.Errorf("read the type of other members: %w", err)
	}
	return d.typeOf(of)
}

// deprecation is how v1 says it of a member.
var deprecation = regexp.MustCompile(`(?i)^this (property )?(is|has been) deprecated`)

// member derives everything about s but its name and whether it is required.
func (d *deriver) member(s schema) (contract.Member, error) {
	name, err := d.typeOf(s)
	if err != nil {
		return contract.Member{}, err
	}
	target := d.doc.Components.Schemas[baseName(s.Ref)] // the zero schema without a reference
	m := contract.Member{
		Type: name, Nullable: s.Nullable || target.Nullable, Enum: s.Enum, Format: s.Format,
		Deprecated: s.Deprecated || deprecation.MatchString(s.Description),
		Min:        string(cmp.Or(s.Minimum, s.MinItems, s.MinLength)),
		Max:        string(cmp.Or(s.Maximum, s.MaxItems, s.MaxLength)),
		Default:    plain(s.Default),
	}
	if s.Items != nil && m.Enum == nil {
		m.Enum = s.Items.Enum
	}
	return m, nil
}

// plain is a default as text: a string without its quotation marks, anything else as JSON.
func plain(value json.RawMessage) string {
	var text string
	if len(value) > 0 && value[0] == '"' && json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}

// typeOf names the type of s, and derives the schemas that it refers to.
func (d *deriver) typeOf(s schema) (string, error) {
	switch {
	case s.Ref != "":
		return d.component(s.Ref)
	case len(s.OneOf) > 0:
		return d.either(s.OneOf)
	case len(s.AnyOf) > 0 || len(s.AllOf) > 0:
		return "", fmt.Errorf("anyOf and allOf are not expected")
	case s.Type == "array":
		if s.Items == nil {
			return "array<any>", nil
		}
		of, err := d.typeOf(*s.Items)
		return "array<" + of + ">", err
	case (s.Type == "integer" || s.Type == "number") && s.Format != "":
		return s.Format, nil
	case s.Type == "object" && len(s.Properties) == 0 && len(s.Additional) > 0 && s.Additional[0] == '{':
		of, err := d.others(s)
		return "map<" + of + ">", err
	case s.Type == "":
		return "any", nil
	}
	return s.Type, nil
}

func (d *deriver) either(choices []schema) (string, error) {
	var names []string
	for _, c := range choices {
		if len(c.Properties) > 0 {
			return "", fmt.Errorf("a choice between inline objects is not expected")
		}
		name, err := d.typeOf(c)
		if err != nil {
			return "", err
		}
		names = append(names, name)
	}
	return strings.Join(names, "|"), nil
}
