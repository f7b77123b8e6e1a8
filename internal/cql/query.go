// Package cql reads the part of the Confluence Query Language that a search for people uses:
// comparisons of the user fields, joined by AND, OR, NOT and parentheses. It knows no database;
// a [Query] is a tree for the caller to plan with, and [Query.Match] says what the tree means.
package cql

import "strings"

// Query is a parsed text. Two texts that differ in spacing, case of keywords or needless parentheses
// give equal queries.
type Query struct {
	Expr Expr
}

// Expr is a condition on a person: [And], [Or], [Not] or [Term], and nothing else.
type Expr interface {
	// write appends the expression; inside is true where it must not be split by its neighbours.
	write(b *strings.Builder, inside bool)
}

// And holds when each of its two or more conditions holds.
type And []Expr

// Or holds when one of its two or more conditions holds.
type Or []Expr

// Not holds when its condition does not.
type Not struct {
	Expr Expr
}

// Term compares a field with a value, or with one value or more for [In] and [NotIn].
type Term struct {
	Field  Field
	Op     Op
	Values []Value
}

// Field is the name of a field in lower case. Fields that a person does not have parse too.
type Field string

// The fields of a person.
const (
	FieldUser      Field = "user"           // account ID; with ~ the names
	FieldFullName  Field = "user.fullname"  // display name or public name
	FieldAccountID Field = "user.accountid" // account ID
	FieldUserKey   Field = "user.userkey"   // key of a former server user
	FieldType      Field = "type"           // always "user"
)

// Supported tells whether people have this field.
func (f Field) Supported() bool {
	switch f {
	case FieldUser, FieldFullName, FieldAccountID, FieldUserKey, FieldType:
		return true
	}
	return false
}

// Op is a comparison, spelled as in a query.
type Op string

// The comparisons. The last four parse with unsupported fields only: no field of a person is ordered.
const (
	Equal          Op = "="
	NotEqual       Op = "!="
	Contains       Op = "~"
	NotContains    Op = "!~"
	In             Op = "IN"
	NotIn          Op = "NOT IN"
	Less           Op = "<"
	LessOrEqual    Op = "<="
	Greater        Op = ">"
	GreaterOrEqual Op = ">="
)

// Value is a literal or the call of a function. A literal is never empty.
type Value struct {
	Text     string // the literal, or the function's name
	Function bool   // the function's arguments are not kept
}

// CurrentUser is the only function that people's fields know: the account of the caller.
var CurrentUser = Value{Text: "currentUser", Function: true}

// Unsupported returns the first field that people do not have; false if there is none.
// A query with such a field is valid and finds nobody, whatever else it says.
func (q Query) Unsupported() (Field, bool) {
	for t := range q.Terms() {
		if !t.Field.Supported() {
			return t.Field, true
		}
	}
	return "", false
}

// Terms yields the terms from left to right.
func (q Query) Terms() func(yield func(Term) bool) {
	return func(yield func(Term) bool) { walk(q.Expr, yield) }
}

func walk(e Expr, yield func(Term) bool) bool {
	switch e := e.(type) {
	case And:
		return walkAll(e, yield)
	case Or:
		return walkAll(e, yield)
	case Not:
		return walk(e.Expr, yield)
	case Term:
		return yield(e)
	}
	return true
}

func walkAll(list []Expr, yield func(Term) bool) bool {
	for _, e := range list {
		if !walk(e, yield) {
			return false
		}
	}
	return true
}

// String returns the query as a text that parses to an equal query.
func (q Query) String() string {
	if q.Expr == nil {
		return ""
	}
	var b strings.Builder
	q.Expr.write(&b, false)
	return b.String()
}

func (e And) write(b *strings.Builder, inside bool) { writeList(b, e, " AND ", inside) }

func (e Or) write(b *strings.Builder, inside bool) { writeList(b, e, " OR ", inside) }

func writeList(b *strings.Builder, list []Expr, between string, inside bool) {
	if inside {
		b.WriteByte('(')
		defer b.WriteByte(')')
	}
	for i, e := range list {
		if i > 0 {
			b.WriteString(between)
		}
		e.write(b, true)
	}
}

func (e Not) write(b *strings.Builder, _ bool) {
	b.WriteString("NOT ")
	e.Expr.write(b, true)
}

func (t Term) write(b *strings.Builder, _ bool) {
	b.WriteString(string(t.Field) + " " + string(t.Op) + " ")
	if t.Op != In && t.Op != NotIn {
		t.Values[0].write(b)
		return
	}
	b.WriteByte('(')
	for i, v := range t.Values {
		if i > 0 {
			b.WriteString(", ")
		}
		v.write(b)
	}
	b.WriteByte(')')
}

var quoting = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func (v Value) write(b *strings.Builder) {
	if v.Function {
		b.WriteString(v.Text + "()")
		return
	}
	b.WriteString(`"` + quoting.Replace(v.Text) + `"`)
}
