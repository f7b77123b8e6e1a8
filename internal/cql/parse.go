package cql

import (
	"fmt"
	"strings"
)

// The bounds of a query. What is beyond them is a [SyntaxError].
const (
	MaxLength = 8 << 10 // bytes of text
	MaxDepth  = 50      // parentheses and NOTs inside each other
	MaxTerms  = 200     // values compared with, over the whole query
)

// Parse reads a query. Its errors are of type [*SyntaxError]. A trailing ORDER BY is read and dropped,
// since the order of people found is fixed. A field that people do not have is no error: see
// [Query.Unsupported].
func Parse(text string) (Query, error) {
	tokens, err := lex(text)
	if err != nil {
		return Query{}, err
	}
	p := parser{tokens: tokens}
	expr, err := p.or()
	if err == nil {
		err = p.orderBy()
	}
	if err == nil && p.peek().kind != end {
		err = p.fail("Expected AND, OR or the end of the query.")
	}
	if err != nil {
		return Query{}, err
	}
	return Query{Expr: expr}, nil
}

type parser struct {
	tokens []token
	depth  int
	terms  int
}

func (p *parser) peek() token { return p.tokens[0] }

// next takes a token. The one of kind end stays, so it may be asked for again.
func (p *parser) next() token {
	t := p.tokens[0]
	if t.kind != end {
		p.tokens = p.tokens[1:]
	}
	return t
}

// take takes the token if it is the one named; words match in any case.
func (p *parser) take(k kind, text string) bool {
	if !p.peek().is(k, text) {
		return false
	}
	p.next()
	return true
}

func (p *parser) fail(format string, args ...any) error {
	return &SyntaxError{p.peek().offset, fmt.Sprintf(format, args...)}
}

func (p *parser) or() (Expr, error) {
	list, err := p.list("OR", p.and)
	if err != nil || len(list) == 1 {
		return first(list), err
	}
	return Or(list), nil
}

func (p *parser) and() (Expr, error) {
	list, err := p.list("AND", p.operand)
	if err != nil || len(list) == 1 {
		return first(list), err
	}
	return And(list), nil
}

func (p *parser) list(keyword string, item func() (Expr, error)) ([]Expr, error) {
	var list []Expr
	for {
		e, err := item()
		if err != nil {
			return nil, err
		}
		list = append(list, e)
		if !p.take(word, keyword) {
			return list, nil
		}
	}
}

func first(list []Expr) Expr {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// operand reads NOT operand, a group in parentheses, or a term.
func (p *parser) operand() (Expr, error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > MaxDepth+1 {
		return nil, p.fail("The query is nested deeper than %d levels.", MaxDepth)
	}
	switch {
	case p.take(word, "NOT"):
		e, err := p.operand()
		if err != nil {
			return nil, err
		}
		return Not{e}, nil
	case p.take(sign, "("):
		e, err := p.or()
		if err != nil {
			return nil, err
		}
		if !p.take(sign, ")") {
			return nil, p.fail("Expected a closing parenthesis.")
		}
		return e, nil
	}
	return p.term()
}

func (p *parser) term() (Expr, error) {
	field, err := p.field()
	if err != nil {
		return nil, err
	}
	at := p.peek().offset
	op, err := p.op()
	if err != nil {
		return nil, err
	}
	if !allows(field, op) {
		return nil, &SyntaxError{at, fmt.Sprintf("The field %s can't be compared with %s.", field, op)}
	}
	values, err := p.values(field, op == In || op == NotIn)
	if err != nil {
		return nil, err
	}
	return Term{field, op, values}, nil
}

func (p *parser) field() (Field, error) {
	t := p.peek()
	if t.kind != word || isKeyword(t.text) || strings.Trim(strings.ToLower(t.text), fieldChars) != "" {
		return "", p.fail("Expected the name of a field.")
	}
	p.next()
	return Field(strings.ToLower(t.text)), nil
}

// fieldChars are what names of fields are made of, those with an index such as content.property[app] included.
const fieldChars = "abcdefghijklmnopqrstuvwxyz0123456789._-[]"

func isKeyword(s string) bool {
	switch strings.ToUpper(s) {
	case "AND", "OR", "NOT", "IN":
		return true
	}
	return false
}

func (p *parser) op() (Op, error) {
	switch t := p.peek(); {
	case p.take(word, "IN"):
		return In, nil
	case p.take(word, "NOT"):
		if p.take(word, "IN") {
			return NotIn, nil
		}
		return "", p.fail("Expected IN after NOT.")
	case t.kind == sign && !strings.Contains("(),", t.text):
		p.next()
		return Op(t.text), nil
	}
	return "", p.fail("Expected a comparison such as = or ~.")
}

// allows tells whether the field may be compared so. A field that people do not have may be anything.
func allows(f Field, op Op) bool {
	switch op {
	case Contains, NotContains:
		return f == FieldFullName || f == FieldUser || !f.Supported()
	case Less, LessOrEqual, Greater, GreaterOrEqual:
		return !f.Supported()
	}
	return true
}

func (p *parser) values(f Field, several bool) ([]Value, error) {
	if !several {
		v, err := p.value(f)
		return []Value{v}, err
	}
	if !p.take(sign, "(") {
		return nil, p.fail("Expected a list of values in parentheses.")
	}
	var values []Value
	for {
		v, err := p.value(f)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
		if p.take(sign, ")") {
			return values, nil
		}
		if !p.take(sign, ",") {
			return nil, p.fail("Expected a comma or a closing parenthesis.")
		}
	}
}

func (p *parser) value(f Field) (Value, error) {
	if p.terms++; p.terms > MaxTerms {
		return Value{}, p.fail("The query compares with more than %d values.", MaxTerms)
	}
	t := p.peek()
	switch {
	case t.kind != word && t.kind != quoted, t.kind == word && isKeyword(t.text):
		return Value{}, p.fail("Expected a value.")
	case strings.TrimSpace(t.text) == "":
		return Value{}, p.fail("The value is empty.")
	}
	p.next()
	if t.kind == word && p.peek().is(sign, "(") {
		return p.function(f, t)
	}
	return Value{Text: t.text}, nil
}

// function reads the parentheses behind a name. Arguments are allowed where the result is not used.
func (p *parser) function(f Field, name token) (Value, error) {
	p.next()
	if f.Supported() {
		if !name.is(word, CurrentUser.Text) || f == FieldType || f == FieldFullName {
			return Value{}, &SyntaxError{name.offset, fmt.Sprintf("The field %s knows no such function.", f)}
		}
		if !p.take(sign, ")") {
			return Value{}, p.fail("The function takes no arguments.")
		}
		return CurrentUser, nil
	}
	for !p.take(sign, ")") {
		t := p.peek()
		if t.kind == end || t.kind == sign && t.text != "," {
			return Value{}, p.fail("Expected a closing parenthesis.")
		}
		p.next()
	}
	return Value{Text: name.text, Function: true}, nil
}

// orderBy reads an optional ORDER BY clause.
func (p *parser) orderBy() error {
	if !p.take(word, "ORDER") {
		return nil
	}
	if !p.take(word, "BY") {
		return p.fail("Expected BY after ORDER.")
	}
	for {
		if _, err := p.field(); err != nil {
			return err
		}
		if !p.take(word, "ASC") {
			p.take(word, "DESC")
		}
		if !p.take(sign, ",") {
			return nil
		}
	}
}
