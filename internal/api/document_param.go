package api

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// listNote is how the values of a list are given.
const listNote = " Several are separated by commas, or given by repeating the parameter."

// parameters describes what an operation takes outside its body.
func (b *documentBuilder) parameters(op *operation) []*parameterObject {
	var list []*parameterObject
	for _, q := range op.serve.params.list {
		list = append(list, op.parameter(q))
	}
	if op.needs.has(xsrf) {
		list = append(list, &parameterObject{
			Name: "X-Atlassian-Token", In: "header", Required: true,
			Description: "Always no-check: a browser that was tricked into the request cannot send it.",
			Schema:      &schemaObject{Type: "string", Default: "no-check"},
		})
	}
	return list
}

func (op *operation) parameter(q param) *parameterObject {
	p := &parameterObject{Name: q.name, In: q.in, Description: op.parameterText(q), Required: q.required, Deprecated: q.deprecated}
	p.Schema = &schemaObject{Type: "string", Pattern: q.pattern}
	if q.def != "" {
		p.Schema.Default = q.def
	}
	for _, value := range q.enum {
		p.Schema.Enum = append(p.Schema.Enum, value)
	}
	switch q.kind {
	case reflect.Slice:
		p.Style, p.Explode = "form", new(false)
		p.Schema = &schemaObject{Type: "array", Items: itemOf(q.offered)}
	case reflect.Bool:
		p.Schema.Type = "boolean"
		p.Schema.Default = q.def == "true"
	case reflect.Int:
		p.Schema.Type, p.Schema.Format = "integer", "int32"
		p.Schema.Minimum = &q.min
		if q.max > 0 {
			p.Schema.Maximum = &q.max
		}
		if n, err := strconv.Atoi(q.def); err == nil {
			p.Schema.Default = n
		}
	}
	return p
}

// parameterText says in Markdown what a parameter is, and what each of its values means.
func (op *operation) parameterText(q param) string {
	text := q.doc
	switch q.kind {
	case reflect.Slice:
		text += listNote
	case reflect.Bool:
		text += " Default: " + strconv.FormatBool(q.def == "true") + "." // which Scalar does not show of false
	}
	return text + op.everyValue(q)
}

// itemOf describes an entry of a list: one of those offered, if any are, or what is nested in what they begin with.
func itemOf(offered []string) *schemaObject {
	if len(offered) == 0 {
		return &schemaObject{Type: "string"}
	}
	listed, nested := &schemaObject{Title: "One of these", Type: "string"}, &schemaObject{Title: "What is nested in one", Type: "string"}
	var roots []string
	for _, value := range offered {
		listed.Enum = append(listed.Enum, value)
		root, _, _ := strings.Cut(value, ".")
		if !slices.Contains(roots, root) {
			roots = append(roots, root)
		}
	}
	nested.Pattern = "^(" + strings.Join(roots, "|") + `)(\.[A-Za-z_0-9]+)*$`
	return &schemaObject{Type: "string", AnyOf: []*schemaObject{listed, nested}}
}

// shareParameters moves what several operations describe alike to the components.
func (b *documentBuilder) shareParameters(all []*operationObject) {
	uses := map[string]int{}
	for _, o := range all {
		for _, p := range o.Parameters {
			uses[string(encode(p))]++
		}
	}
	names := map[string]string{} // by the parameter as text
	for _, o := range all {
		for i, p := range o.Parameters {
			text := string(encode(p))
			if uses[text] < 2 {
				continue
			}
			if names[text] == "" {
				names[text] = b.parameterName(p)
				b.shared[names[text]] = p
			}
			o.Parameters[i] = &parameterObject{Ref: "#/components/parameters/" + names[text]}
		}
	}
}

// parameterName is the parameter's own name, longer where it is taken.
func (b *documentBuilder) parameterName(p *parameterObject) string {
	name := p.Name
	for _, more := range []string{p.In + "." + p.Name, p.In + "." + p.Name + ".optional"} {
		if b.shared[name] != nil {
			name = more
		}
	}
	return name
}
