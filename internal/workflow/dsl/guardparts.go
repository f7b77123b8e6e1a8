package dsl

import "github.com/itchyny/gojq"

// index rewrites what stands in brackets: a name that is computed passes a check.
func (g *guard) index(x *gojq.Index) {
	switch {
	case x == nil:
	case x.Str != nil && x.Str.Queries != nil:
		x.Start, x.Str = g.text(x.Str, ""), nil
	case x.IsSlice:
		x.Start, x.End = g.query(x.Start), g.query(x.End)
	case x.Start != nil && (x.Start.Term == nil || x.Start.Term.Type != gojq.TermTypeNumber):
		x.Start = pipe(g.query(x.Start), call("_key"))
	}
}

// text rewrites a string with values in it, or a format.
func (g *guard) text(s *gojq.String, format string) *gojq.Query {
	if format == "" {
		format = "@text"
	}
	if _, known := functions[format]; !known {
		g.refuse(format, "there is no %s", format)
	}
	formatted := pipe(call("_encoded"), &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeFormat, Format: format}})
	switch {
	case s == nil:
		return formatted
	case s.Queries == nil:
		return &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeString, Str: s}}
	}
	var all *gojq.Query
	for _, part := range s.Queries {
		if part.Term == nil || part.Term.Str == nil {
			part = pipe(g.query(part), formatted)
		}
		if all == nil {
			all = part
		} else {
			all = call("_plus", all, part)
		}
	}
	return all
}

func (g *guard) object(o *gojq.Object) {
	for _, kv := range o.KeyVals {
		g.nodes++
		if len(kv.Key) > 0 && kv.Key[0] == '$' {
			g.variable(kv.Key)
		}
		if s := kv.KeyString; s != nil && s.Queries != nil {
			if kv.Val == nil {
				g.refuse("", "a key that is computed needs a value")
			}
			kv.KeyString, kv.KeyQuery = nil, g.text(s, "")
			kv.Val = g.query(kv.Val)
			continue
		}
		kv.KeyQuery, kv.Val = g.query(kv.KeyQuery), g.query(kv.Val)
	}
}

func (g *guard) pattern(p *gojq.Pattern) {
	g.nodes++
	if p.Name != "" {
		g.variableBound(p.Name)
	}
	for _, p := range p.Array {
		g.pattern(p)
	}
	for _, o := range p.Object {
		if len(o.Key) > 0 && o.Key[0] == '$' {
			g.variableBound(o.Key)
		}
		if s := o.KeyString; s != nil && s.Queries != nil {
			o.KeyString, o.KeyQuery = nil, g.text(s, "")
		} else {
			o.KeyQuery = g.query(o.KeyQuery)
		}
		if o.Val != nil {
			g.pattern(o.Val)
		}
	}
}

// variableBound refuses to give a variable of ours another value.
func (g *guard) variableBound(name string) {
	if !g.own && (name == "$secrets" || name == "$ENV" || len(name) > 3 && name[:3] == "$__") {
		g.refuse(name, "%s cannot be given another value", name)
	}
}

func identity() *gojq.Query {
	return &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeIdentity}}
}

func call(name string, args ...*gojq.Query) *gojq.Query {
	return &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeFunc, Func: &gojq.Func{Name: name, Args: args}}}
}

func pipe(left, right *gojq.Query) *gojq.Query {
	return &gojq.Query{Op: gojq.OpPipe, Left: left, Right: right}
}

func bind(value *gojq.Query, name string, in *gojq.Query) *gojq.Query {
	return &gojq.Query{Op: gojq.OpPipe, Left: value, Right: in, Patterns: []*gojq.Pattern{{Name: name}}}
}
