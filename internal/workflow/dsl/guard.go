package dsl

import (
	"fmt"
	"slices"
	"strings"

	"github.com/itchyny/gojq"
)

// refusal is why an expression may not be used, and the word in it which is the reason.
type refusal struct{ word, reason string }

func (r *refusal) Error() string { return r.reason }

// guard rewrites an expression so that nothing in it can take much without asking the meter first: operators and functions
// become those of natives.go and prelude.go, and each way over the items of a value is counted. What is not known here is
// refused, so an expression can only do what was looked at.
type guard struct {
	own     bool // it is the prelude that is rewritten
	nodes   int
	needs   []string // functions of the prelude
	secrets []string
	refused *refusal
}

const maxNodes = 2_000

func (g *guard) refuse(word, reason string, args ...any) {
	if g.refused == nil {
		g.refused = &refusal{word, fmt.Sprintf(reason, args...)}
	}
}

// operators are the functions that stand for them.
var operators = map[gojq.Operator]string{
	gojq.OpAdd: "_plus", gojq.OpSub: "_minus", gojq.OpMul: "_times", gojq.OpDiv: "_divided", gojq.OpMod: "_modulo",
	gojq.OpEq: "_eq", gojq.OpNe: "_ne", gojq.OpLt: "_lt", gojq.OpLe: "_le", gojq.OpGt: "_gt", gojq.OpGe: "_ge",
}

// updates are the operators that an update applies.
var updates = map[gojq.Operator]gojq.Operator{
	gojq.OpUpdateAdd: gojq.OpAdd, gojq.OpUpdateSub: gojq.OpSub, gojq.OpUpdateMul: gojq.OpMul,
	gojq.OpUpdateDiv: gojq.OpDiv, gojq.OpUpdateMod: gojq.OpMod, gojq.OpUpdateAlt: gojq.OpAlt,
}

func (g *guard) query(q *gojq.Query) *gojq.Query {
	if q == nil {
		return nil
	}
	if g.nodes++; g.nodes > maxNodes {
		g.refuse("", "the expression is too long")
		return q
	}
	if q.Meta != nil || len(q.Imports) > 0 {
		g.refuse("import", "an expression cannot import modules")
	}
	if len(q.FuncDefs) > 0 && !g.own {
		g.refuse("def", "an expression cannot define functions")
	}
	for _, f := range q.FuncDefs {
		f.Body = g.query(f.Body)
	}
	if q.Term != nil {
		q.Term = g.term(q.Term)
		return q
	}
	for _, p := range q.Patterns {
		g.pattern(p)
	}
	q.Left, q.Right = g.query(q.Left), g.query(q.Right)
	if op, updates := updates[q.Op]; updates {
		value := &gojq.Query{Op: op, Left: identity(), Right: call("$__value")}
		if name, known := operators[op]; known {
			value = call(name, identity(), call("$__value"))
		}
		return bind(q.Right, "$__value", g.needed("_update", call("_update", q.Left, value)))
	}
	switch name, known := operators[q.Op]; {
	case known:
		return &gojq.Query{FuncDefs: q.FuncDefs, Term: call(name, q.Left, q.Right).Term}
	case q.Op == gojq.OpAssign:
		return g.needed("_set", call("_set", q.Left, q.Right))
	case q.Op == gojq.OpModify:
		return g.needed("_update", call("_update", q.Left, q.Right))
	}
	return q
}

// term rewrites a term from its first part to its last suffix.
func (g *guard) term(t *gojq.Term) *gojq.Term {
	g.nodes++
	n := len(t.SuffixList)
	if n == 0 {
		return g.plain(t)
	}
	last, before := t.SuffixList[n-1], *t
	before.SuffixList = t.SuffixList[:n-1]
	if n == 1 && t.Type == gojq.TermTypeFunc && t.Func.Name == "$secrets" {
		g.secret(last)
	} else {
		before = *g.term(&before)
	}
	if last.Iter {
		over := pipe(&gojq.Query{Term: &before}, call("_iterated"))
		return &gojq.Term{Type: gojq.TermTypeQuery, Query: over, SuffixList: []*gojq.Suffix{last}}
	}
	g.index(last.Index)
	before.SuffixList = append(slices.Clone(before.SuffixList), last)
	return &before
}

// plain rewrites a term without suffixes.
func (g *guard) plain(t *gojq.Term) *gojq.Term {
	switch t.Type {
	case gojq.TermTypeIndex:
		g.index(t.Index)
	case gojq.TermTypeRecurse:
		return asTerm(g.needed("recurse/0", call("recurse")))
	case gojq.TermTypeFunc:
		return asTerm(g.function(t.Func))
	case gojq.TermTypeFormat, gojq.TermTypeString:
		return asTerm(g.text(t.Str, t.Format))
	case gojq.TermTypeObject:
		g.object(t.Object)
	case gojq.TermTypeArray:
		t.Array.Query = g.query(t.Array.Query)
	case gojq.TermTypeUnary:
		t.Unary.Term = g.term(t.Unary.Term)
	case gojq.TermTypeQuery:
		t.Query = g.query(t.Query)
	case gojq.TermTypeNumber:
		if len(t.Number) > maxDigits {
			g.refuse(t.Number, "a number has too many digits")
		}
	default:
		g.control(t)
	}
	return t
}

// control rewrites the terms that steer.
func (g *guard) control(t *gojq.Term) {
	switch t.Type {
	case gojq.TermTypeIf:
		t.If.Cond, t.If.Then, t.If.Else = g.query(t.If.Cond), g.query(t.If.Then), g.query(t.If.Else)
		for _, e := range t.If.Elif {
			e.Cond, e.Then = g.query(e.Cond), g.query(e.Then)
		}
	case gojq.TermTypeTry:
		t.Try.Body, t.Try.Catch = g.query(t.Try.Body), g.query(t.Try.Catch)
	case gojq.TermTypeReduce:
		for _, p := range t.Reduce.Patterns {
			g.pattern(p)
		}
		t.Reduce.Query, t.Reduce.Start, t.Reduce.Update = g.query(t.Reduce.Query), g.query(t.Reduce.Start), g.query(t.Reduce.Update)
	case gojq.TermTypeForeach:
		for _, p := range t.Foreach.Patterns {
			g.pattern(p)
		}
		t.Foreach.Query, t.Foreach.Start = g.query(t.Foreach.Query), g.query(t.Foreach.Start)
		t.Foreach.Update, t.Foreach.Extract = g.query(t.Foreach.Update), g.query(t.Foreach.Extract)
	case gojq.TermTypeLabel:
		t.Label.Body = g.query(t.Label.Body)
	}
}

// function rewrites a call, or a variable.
func (g *guard) function(f *gojq.Func) *gojq.Query {
	if strings.HasPrefix(f.Name, "$") {
		g.variable(f.Name)
		return call(f.Name)
	}
	name := fmt.Sprintf("%s/%d", f.Name, len(f.Args))
	g.searches(name, f)
	for i := range f.Args {
		f.Args[i] = g.query(f.Args[i])
	}
	how, known := functions[name]
	switch {
	case g.own && preludeNames[name]:
		return g.needed(name, call(f.Name, f.Args...))
	case g.own && !known:
		return call(f.Name, f.Args...) // a parameter, or one of natives.go
	case !known:
		g.refuseFunction(f.Name, len(f.Args))
		return call(f.Name, f.Args...)
	case how == free:
		return call(f.Name, f.Args...)
	case how == defined:
		return g.needed(name, call(f.Name, f.Args...))
	case how == followed:
		return call(f.Name, pipe(f.Args[0], call("_keys")))
	case strings.HasPrefix(how, "|"):
		return pipe(call(how[1:]), call(f.Name, f.Args...))
	default:
		return call(how, f.Args...)
	}
}

// searches wants a regular expression and its flags written out, so that what they cost is known beforehand.
func (g *guard) searches(name string, f *gojq.Func) {
	flagsAt, searches := searching[name]
	if !searches || g.own {
		return
	}
	pattern, ok := literal(f.Args[0])
	flags, flagsOK := "", true
	if flagsAt > 0 && f.Args[flagsAt].String() != "null" {
		flags, flagsOK = literal(f.Args[flagsAt])
	}
	if !ok || !flagsOK {
		g.refuse(f.Name, "the regular expression of %s, and its flags, must be plain strings", f.Name)
	} else if _, err := patterns(pattern, flags); err != nil {
		g.refuse(f.Name, "%s", err)
	}
}

// literal returns the text of a plain string.
func literal(q *gojq.Query) (string, bool) {
	t := q.Term
	if t == nil || t.Type != gojq.TermTypeString || t.Str.Queries != nil || len(t.SuffixList) > 0 {
		return "", false
	}
	return t.Str.Str, true
}

func (g *guard) variable(name string) {
	switch {
	case g.own:
	case name == "$secrets":
		g.refuse(name, "a secret must be named, as in $secrets.name")
	case strings.HasPrefix(name, "$__"), name == "$ENV":
		g.refuse(name, "%s is not available in a workflow", name)
	}
}

// secret notes which one is asked for.
func (g *guard) secret(s *gojq.Suffix) {
	name := ""
	if s.Index != nil {
		name = s.Index.Name
		if s.Index.Str != nil && s.Index.Str.Queries == nil {
			name = s.Index.Str.Str
		}
	}
	if name == "" {
		g.variable("$secrets")
	}
	g.secrets = append(g.secrets, name)
}

// needed notes a function of the prelude.
func (g *guard) needed(name string, q *gojq.Query) *gojq.Query {
	switch name {
	case "_set", "_update":
		name += "/2"
	}
	if !slices.Contains(g.needs, name) {
		g.needs = append(g.needs, name)
	}
	return q
}

// asTerm makes a term of a query.
func asTerm(q *gojq.Query) *gojq.Term {
	if q.Term != nil {
		return q.Term
	}
	return &gojq.Term{Type: gojq.TermTypeQuery, Query: q}
}
