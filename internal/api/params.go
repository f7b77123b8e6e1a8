package api

import (
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/jsonbody"
)

// params are an operation's parameters, read once from its input's field tags:
//
//	path:"contentId"     a segment of the path
//	query:"accountId"    a query parameter
//	query:"expand" oneof:"operations personalSpace"
//	                     a list, given as expand=a,b or expand=a&expand=b; oneof is for the reference only;
//	                     $space and $content stand for all that can be expanded of those
//	required:"true"      absent or empty is an error
//	instead:"key"        not required where one of these is given and counts: the operation refuses it
//	filled:"true"        given and empty is an error
//	default:"25" min:"0" max:"200" enum:"all none" pattern:"^…$" deprecated:"true" doc:"…"
//	                     max clamps unless over:"refuse"
//
// A field named Body takes the JSON body; a pointer there makes the body optional, and closed:"true" makes
// members that it does not know an error.
type params struct {
	in     reflect.Type
	list   []param
	body   []int // index of the Body field; nil without one
	closed bool
}

type param struct {
	name, in   string // in: path or query
	index      []int
	kind       reflect.Kind // String, Int, Bool, or Slice of strings
	optional   bool         // a pointer, nil where the parameter is absent
	required   bool
	instead    []string
	filled     bool
	def        string
	min, max   int // of an Int; max 0 is none
	enum       []string
	offered    []string // values of a list that mean something
	deprecated bool
	pattern    string
	doc        string
}

// paramsOf reads the tags of an input struct, embedded structs included.
func paramsOf(in reflect.Type) *params {
	p := &params{in: in}
	for _, f := range reflect.VisibleFields(in) {
		switch {
		case f.Anonymous:
		case f.Name == "Body":
			p.body, p.closed = f.Index, f.Tag.Get("closed") != ""
		default:
			p.list = append(p.list, paramOf(f))
		}
	}
	return p
}

func paramOf(f reflect.StructField) param {
	t := f.Type
	optional := t.Kind() == reflect.Pointer
	if optional {
		t = t.Elem()
	}
	q := param{
		index: f.Index, kind: t.Kind(), optional: optional, required: f.Tag.Get("required") != "", filled: f.Tag.Get("filled") != "", def: f.Tag.Get("default"),
		deprecated: f.Tag.Get("deprecated") != "", pattern: f.Tag.Get("pattern"), doc: f.Tag.Get("doc"),
	}
	if q.name, q.in = f.Tag.Get("query"), "query"; q.name == "" {
		q.name, q.in, q.required = f.Tag.Get("path"), "path", true
	}
	q.min, _ = strconv.Atoi(f.Tag.Get("min"))
	q.max, _ = strconv.Atoi(f.Tag.Get("max"))
	q.enum = strings.Fields(f.Tag.Get("enum"))
	q.offered = offered(f.Tag.Get("oneof"))
	q.instead = strings.Fields(f.Tag.Get("instead"))
	return q
}

// unreadable is a number that is none. Real sites say that in words of their own.
type unreadable struct {
	error
	name, value string
}

func (u *unreadable) Unwrap() error { return u.error }

// fill reads a request into in: first what must be converted, then what must be there, then what must not
// be negative, in the order of the input's fields.
func (p *params) fill(c *call, r *http.Request, in reflect.Value) error {
	values := make([]string, len(p.list))
	path := c.path
	for i, q := range p.list {
		if q.in == "path" {
			values[i], path = path[0], path[1:]
		} else if v, err := c.one(q); err != nil {
			return err
		} else {
			values[i] = v
		}
		field := in.FieldByIndex(q.index)
		if q.optional {
			if values[i] == "" {
				continue
			}
			field.Set(reflect.New(field.Type().Elem()))
			field = field.Elem()
		}
		if err := q.set(c, field, values[i]); err != nil {
			return err
		}
	}
	for i, q := range p.list {
		if q.filled && values[i] == "" && len(c.query[q.name]) > 0 {
			return failure.Invalid.Errorf("%s is empty.", q.name)
		}
		if q.required && (values[i] == "" || q.kind == reflect.Slice && in.FieldByIndex(q.index).Len() == 0) && !q.replaced(c) {
			return &verbatim{failure.Invalid.Errorf("%s is required.", q.name), q.name + " query parameter is required"}
		}
	}
	for _, q := range p.list {
		if q.kind == reflect.Int && q.below(in.FieldByIndex(q.index)) {
			if q.min > 0 {
				return failure.Invalid.Errorf("%s is less than %d.", q.name, q.min)
			}
			return &unreadable{failure.Unreadable.Errorf("%s is less than 0.", q.name), q.name, ""}
		}
	}
	if p.body == nil {
		return nil
	}
	return jsonbody.Read(r, in.FieldByIndex(p.body), p.closed)
}

// replaced reports whether a parameter is given that once stood in the place of q. Real sites ignore those.
func (q param) replaced(c *call) bool {
	return !c.observed() && slices.ContainsFunc(q.instead, func(name string) bool { return strings.Join(c.query[name], "") != "" })
}

// below reports whether an integer is given and less than its minimum.
func (q param) below(field reflect.Value) bool {
	if q.optional && field.IsNil() {
		return false
	}
	return reflect.Indirect(field).Int() < int64(q.min)
}

// one returns the value of a query parameter; the values of a list are joined by commas.
func (c *call) one(q param) (string, error) {
	given := c.query[q.name]
	switch {
	case len(given) == 0:
		return "", nil
	case len(given) == 1 || q.kind == reflect.Slice:
		return strings.Join(given, ","), nil
	case !c.observed():
		return "", failure.Invalid.Errorf("%s is given %d times.", q.name, len(given))
	case c.op.older():
		return given[0], nil
	}
	return strings.Join(given, ","), nil
}

func (q param) set(c *call, field reflect.Value, value string) error {
	if !utf8.ValidString(value) {
		return failure.Invalid.Errorf("%s is not valid UTF-8.", q.name)
	}
	if q.kind == reflect.String && strings.ContainsRune(value, 0) {
		value = strings.ReplaceAll(value, "\x00", "\uFFFD") // no text that is stored has a NUL, so nothing is found by one
	}
	switch q.kind {
	case reflect.String:
		if value == "" {
			value = q.def
		}
		if len(q.enum) > 0 && value != "" && !slices.Contains(q.enum, value) {
			return failure.Invalid.Errorf("%s is none of %s.", q.name, strings.Join(q.enum, ", "))
		}
		field.SetString(value)
	case reflect.Slice:
		field.Set(reflect.ValueOf(splitList(value)))
	case reflect.Bool:
		switch strings.ToLower(value) {
		case "", "false":
		case "true":
			field.SetBool(true)
		default:
			return failure.Invalid.Errorf("%s is neither true nor false.", q.name)
		}
	case reflect.Int:
		n, err := strconv.ParseInt(number(c, value, q.def), 10, 32)
		if err != nil {
			return &unreadable{failure.Unreadable.Errorf("%s is not a whole number of 32 bits: %.40q.", q.name, value), q.name, value}
		}
		field.SetInt(n)
	}
	return nil
}

// number is the text to convert. Real sites drop all white space first.
func number(c *call, value, byDefault string) string {
	if c.observed() {
		value = withoutSpace(value)
	}
	if value == "" {
		return byDefault
	}
	return value
}

func withoutSpace(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

// splitList splits at commas, trims, and drops what is empty or was there before.
func splitList(value string) []string {
	if value == "" {
		return []string{}
	}
	many := 1 + strings.Count(value, ",")
	list, seen := make([]string, 0, many), make(map[string]bool, many)
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part != "" && !seen[part] {
			seen[part] = true
			list = append(list, part)
		}
	}
	return list
}
