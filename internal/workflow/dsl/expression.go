package dsl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/itchyny/gojq"
)

const (
	maxExpression = 8 << 10 // characters of one
	maxResult     = 1 << 20 // bytes of what one gives
)

// expression is compiled jq. It may be evaluated by many at once.
type expression struct {
	text    string
	secrets []string // that it asks for
	query   *gojq.Query
	names   []string // of the variables that it may use, in order
	width   int
	spare   sync.Pool // of *evaluator
}

// evaluator is one way through an expression at a time, with its own meter.
type evaluator struct {
	code  *gojq.Code
	meter meter
}

// compile reads an expression that may use variables of these names. Its error is a *refusal, or one with an offset.
func compile(text string, names []string) (*expression, error) {
	if len(text) > maxExpression {
		return nil, &refusal{"", "the expression is too long"}
	}
	query, err := gojq.Parse(text)
	if err != nil {
		return nil, unreadable(text, err)
	}
	var g guard
	query = g.query(query)
	if g.refused != nil {
		return nil, g.refused
	}
	query.FuncDefs = append(definitions(g.needs), query.FuncDefs...)
	e := &expression{text: text, secrets: g.secrets, query: query, names: names, width: 16 * g.nodes}
	first, err := e.evaluator()
	if err != nil {
		word := ""
		if _, after, found := strings.Cut(err.Error(), "variable not defined: "); found {
			word = after
			err = fmt.Errorf("there is no %s here", after)
		}
		return nil, &refusal{word, err.Error()}
	}
	e.spare.Put(first)
	return e, nil
}

// unreadable says where a text is no jq.
func unreadable(text string, err error) error {
	var parse *gojq.ParseError
	if !errors.As(err, &parse) {
		return &refusal{"", err.Error()}
	}
	at := min(max(parse.Offset-len(parse.Token), 0), len(text))
	reason := "the expression ends too early"
	if parse.Token != "" {
		reason = fmt.Sprintf("the expression cannot be read at %q", parse.Token)
	}
	return &syntaxError{at, reason}
}

// syntaxError is one at an offset of an expression.
type syntaxError struct {
	at     int
	reason string
}

func (s *syntaxError) Error() string { return s.reason }

func (e *expression) evaluator() (*evaluator, error) {
	v := &evaluator{}
	v.meter.width = e.width
	options := []gojq.CompilerOption{gojq.WithVariables(e.names)}
	for _, n := range natives {
		options = append(options, gojq.WithFunction(n.name, n.takes, n.takes, func(in any, args []any) any {
			return n.run(&v.meter, in, args)
		}))
	}
	s := searched{}
	for name, run := range map[string]func(*meter, any, []any) any{"_found": s.found, "_tested": s.tested, "_flags": s.flags} {
		takes := 2
		if name == "_flags" {
			takes = 1
		}
		options = append(options, gojq.WithFunction(name, takes, takes, func(in any, args []any) any {
			return run(&v.meter, in, args)
		}))
	}
	var err error
	v.code, err = gojq.Compile(e.query, options...)
	return v, err
}

// evaluate returns the one value that the expression gives of a value and of its variables, in the order of its names;
// null if it gives none. Its error is a *Failure, or the context's.
func (e *expression) evaluate(ctx context.Context, in any, values []any) (any, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	v, _ := e.spare.Get().(*evaluator)
	if v == nil {
		var err error
		if v, err = e.evaluator(); err != nil {
			return nil, fmt.Errorf("compile %s: %w", e.text, err)
		}
	}
	v.meter.start(ctx)
	out, err := v.run(in, values)
	if err == nil {
		out, err = copyOf(out, maxResult)
	}
	v.meter.Context = nil
	e.spare.Put(v)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, failure(ExpressionError, "%s (in the expression %s)", reasonOf(err), shorten(strings.TrimSpace(e.text)))
	}
	return out, nil
}

// run returns the value of an expression, and refuses a second one.
func (v *evaluator) run(in any, values []any) (out any, err error) {
	defer func() {
		if r := recover(); r != nil {
			out, err = nil, fmt.Errorf("the expression failed: %v", r)
		}
	}()
	results := v.code.RunWithContext(&v.meter, in, values...)
	out, any := results.Next()
	if err, failed := out.(error); failed {
		return nil, cmp.Or(v.meter.why, err)
	}
	if !any {
		return nil, v.meter.why
	}
	second, more := results.Next()
	if err, failed := second.(error); failed {
		return nil, cmp.Or(v.meter.why, err)
	}
	if more {
		return nil, errors.New("an expression gives one value, and this one gives more: collect them in [ ]")
	}
	return out, v.meter.why
}

// reasonOf is the text of an error of jq, bounded.
func reasonOf(err error) string {
	var value gojq.ValueError
	if errors.As(err, &value) {
		if s, ok := value.Value().(string); ok {
			return shorten(s)
		}
		return "error: " + gojq.Preview(value.Value())
	}
	return shorten(err.Error())
}

// shorten keeps a text to what a person reads.
func shorten(s string) string {
	const most = 300
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
