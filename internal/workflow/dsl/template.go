package dsl

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// template is a value of the file, with expressions in it.
type template struct {
	expression *expression
	items      []*template
	members    map[string]*template
	names      []string // of the members, sorted
	constant   any
}

// whole returns the expression that a string of the form ${ … } is.
func whole(s string) (text string, is bool) {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, "${") || !strings.HasSuffix(s, "}") {
		return "", false
	}
	return s[2 : len(s)-1], true
}

// template reads a value that may hold expressions.
func (r *reader) template(n *yaml.Node, path string, names []string) *template {
	if n == nil {
		return nil
	}
	switch n.Kind {
	case yaml.MappingNode:
		t := &template{members: map[string]*template{}}
		for i := 0; i < len(n.Content); i += 2 {
			name := n.Content[i].Value
			t.names = append(t.names, name)
			t.members[name] = r.template(n.Content[i+1], path+"/"+name, names)
		}
		slices.Sort(t.names)
		return t
	case yaml.SequenceNode:
		t := &template{items: []*template{}}
		for _, c := range n.Content {
			t.items = append(t.items, r.template(c, path, names))
		}
		return t
	}
	v, _ := scalar(n)
	if s, isText := v.(string); isText && n.ShortTag() == "!!str" {
		if text, is := whole(s); is {
			return &template{expression: r.expression(n, path, text, names)}
		}
		if strings.Contains(s, "${") {
			r.fail(n, path, `an expression is a whole string: write ${ "…\(.name)…" }`)
		}
	}
	return &template{constant: v}
}

// result reads what shapes data: an expression, with or without ${ }, or an object with expressions in it.
func (r *reader) result(n *yaml.Node, path string, names []string) *template {
	switch {
	case n == nil:
		return nil
	case n.Kind == yaml.ScalarNode:
		return &template{expression: r.condition(n, path, names)}
	case n.Kind == yaml.SequenceNode:
		r.fail(n, path, "%s must be an expression or an object", last(path))
		return nil
	}
	return r.template(n, path, names)
}

// condition reads an expression, with or without ${ }.
func (r *reader) condition(n *yaml.Node, path string, names []string) *expression {
	if n == nil {
		return nil
	}
	s := r.text(n, path)
	if text, is := whole(s); is {
		return r.expression(n, path, text, names)
	}
	return r.expression(n, path, s, names)
}

// expression compiles one, and says where it is wrong.
func (r *reader) expression(n *yaml.Node, path, text string, names []string) *expression {
	if strings.TrimSpace(text) == "" {
		r.fail(n, path, "the expression is empty")
		return nil
	}
	e, err := compile(text, names)
	if err != nil {
		at := 0
		var syntax *syntaxError
		var refused *refusal
		switch {
		case errors.As(err, &syntax):
			at = syntax.at
		case errors.As(err, &refused):
			at = max(strings.Index(text, refused.word), 0)
		}
		line, column := r.position(n, text, at)
		r.failAt(line, column, path, "%v", err)
		return nil
	}
	for _, name := range e.secrets {
		if !slices.Contains(r.secrets, name) {
			line, column := r.position(n, text, max(strings.Index(text, name), 0))
			r.failAt(line, column, path, "the secret %s is not in use.secrets", name)
		}
	}
	return e
}

// position finds an offset of an expression in the file. Where the text stands there in another form, such as folded or
// with escapes, it is the place where that begins.
func (r *reader) position(n *yaml.Node, text string, at int) (line, column int) {
	before := text[:at]
	down := strings.Count(before, "\n")
	word := before[strings.LastIndexByte(before, '\n')+1:]
	whole, _, _ := strings.Cut(text[at-len(word):], "\n")
	first := n.Line
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		first++
	}
	if line = first + down; line <= len(r.lines) {
		source, from := r.lines[line-1], 0
		if line == n.Line {
			from = min(n.Column-1, len(source))
		}
		if i := strings.Index(source[from:], whole); i >= 0 {
			return line, utf8.RuneCountInString(source[:from+i+len(word)]) + 1
		}
	}
	return n.Line, n.Column
}

// settled reports whether the template gives the same value always, as nothing of it is an expression.
func (t *template) settled() bool {
	for _, item := range t.items {
		if !item.settled() {
			return false
		}
	}
	for _, member := range t.members {
		if !member.settled() {
			return false
		}
	}
	return t.expression == nil
}

// evaluate returns the value that the template gives.
func (t *template) evaluate(ctx context.Context, s *scope, in any) (any, error) {
	switch {
	case t.expression != nil:
		return s.evaluate(ctx, t.expression, in)
	case t.items != nil:
		out := make([]any, 0, len(t.items))
		for _, item := range t.items {
			v, err := item.evaluate(ctx, s, in)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		return out, nil
	case t.members != nil:
		out := make(map[string]any, len(t.members))
		for _, name := range t.names {
			v, err := t.members[name].evaluate(ctx, s, in)
			if err != nil {
				return nil, err
			}
			out[name] = v
		}
		return out, nil
	}
	return t.constant, nil
}
