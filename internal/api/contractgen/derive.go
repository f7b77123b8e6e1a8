package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/api/contract"
)

// derive returns the facts of both documents, in the order that contract.Read would give them.
func derive(v1, v2 []byte) (*contract.Contract, error) {
	c := &contract.Contract{}
	for _, source := range []struct {
		text                  []byte
		pathPrefix, nameSpace string
	}{
		{v1, "", ""},
		{v2, "/wiki/api/v2", "v2."},
	} {
		d := deriver{nameSpace: source.nameSpace, schemas: map[string]contract.Schema{}}
		if err := json.Unmarshal(source.text, &d.doc); err != nil {
			return nil, fmt.Errorf("read an OpenAPI document: %w", err)
		}
		if err := d.operations(c, source.pathPrefix); err != nil {
			return nil, err
		}
		c.Schemas = slices.AppendSeq(c.Schemas, maps.Values(d.schemas))
	}
	slices.SortFunc(c.Operations, func(a, b contract.Operation) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(c.Schemas, func(a, b contract.Schema) int { return cmp.Compare(a.Name, b.Name) })
	return c, nil
}

// deriver works through one document.
type deriver struct {
	doc       document
	nameSpace string // goes before the names of the document's components
	schemas   map[string]contract.Schema
}

func (d *deriver) operations(c *contract.Contract, pathPrefix string) error {
	for path, methods := range d.doc.Paths {
		for method, o := range methods {
			op, err := d.operation(o)
			if err != nil {
				return fmt.Errorf("derive %s %s: %w", method, path, err)
			}
			op.Method, op.Path = strings.ToUpper(method), pathPrefix+path
			c.Operations = append(c.Operations, op)
		}
	}
	return nil
}

func (d *deriver) operation(o described) (contract.Operation, error) {
	op := contract.Operation{
		ID: o.OperationID, Tag: strings.Join(o.Tags, ", "),
		Deprecated: o.Deprecated, Experimental: o.Experimental, Connect: o.Connect,
	}
	for _, s := range o.Scopes {
		switch s.State {
		case "Current":
			op.Classic = slices.Sorted(slices.Values(s.Scopes))
		case "Beta":
			op.Granular = slices.Sorted(slices.Values(s.Scopes))
		default:
			return op, fmt.Errorf("scopes are in the unknown state %q", s.State)
		}
	}
	if len(o.Policy) > 0 {
		op.Exempt = o.Policy[0].Exempt
	}
	for _, schemes := range o.Security {
		op.Security = slices.AppendSeq(op.Security, maps.Keys(schemes))
	}
	slices.Sort(op.Security)
	for _, p := range o.Parameters {
		param, err := d.param(p)
		if err != nil {
			return op, err
		}
		op.Params = append(op.Params, param)
	}
	slices.SortFunc(op.Params, func(a, b contract.Param) int { return cmp.Compare(a.Name, b.Name) })
	if err := d.body(&op, o.RequestBody); err != nil {
		return op, err
	}
	return op, d.statuses(&op, o.Responses)
}

func (d *deriver) param(p parameter) (contract.Param, error) {
	if p.Ref != "" {
		var ok bool
		if p, ok = d.doc.Components.Parameters[baseName(p.Ref)]; !ok {
			return contract.Param{}, fmt.Errorf("a parameter refers to nothing")
		}
	}
	m, err := d.member(p.Schema)
	style := p.Style
	if p.Explode != nil {
		style += "/" + strconv.FormatBool(*p.Explode)
	}
	return contract.Param{
		Name: p.Name, In: p.In, Type: m.Type, Required: p.Required, Default: m.Default, Min: m.Min, Max: m.Max,
		Enum: m.Enum, Style: style, Deprecated: p.Deprecated, Pattern: p.Schema.Pattern,
	}, err
}

func (d *deriver) body(op *contract.Operation, b *body) error {
	if b == nil {
		return nil
	}
	described := *b
	if b.Ref != "" {
		var ok bool
		if described, ok = d.doc.Components.RequestBodies[baseName(b.Ref)]; !ok {
			return fmt.Errorf("the body refers to nothing")
		}
	}
	contentType, name, err := d.content(described.Content, op.ID+".request")
	op.Body = &contract.Body{ContentType: contentType, Schema: name, Required: described.Required}
	return err
}

func (d *deriver) statuses(op *contract.Operation, responses map[string]response) error {
	for code, r := range responses {
		n, err := strconv.Atoi(code)
		if err != nil {
			return fmt.Errorf("an answer's code: %w", err)
		}
		contentType, name, err := d.content(r.Content, op.ID+"."+code)
		if err != nil {
			return err
		}
		op.Statuses = append(op.Statuses, contract.Status{
			Code: n, ContentType: contentType, Schema: name, Headers: slices.Sorted(maps.Keys(r.Headers)),
		})
	}
	slices.SortFunc(op.Statuses, func(a, b contract.Status) int { return cmp.Compare(a.Code, b.Code) })
	return nil
}

// content returns the content type and the name of the schema, both empty for a body that is not described.
// A schema that stands inline gets the name inline unless it has a title.
func (d *deriver) content(types map[string]content, inline string) (contentType, name string, err error) {
	if len(types) > 1 {
		return "", "", fmt.Errorf("%d content types, but there is room for one", len(types))
	}
	for contentType, c := range types {
		if c.Schema.Ref != "" {
			name, err := d.component(c.Schema.Ref)
			return contentType, name, err
		}
		name := cmp.Or(c.Schema.Title, inline)
		return contentType, name, d.schema(name, c.Schema)
	}
	return "", "", nil
}

func baseName(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }
