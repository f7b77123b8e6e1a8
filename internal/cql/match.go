package cql

import (
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/fold"
)

// Person is somebody to match, as the caller of the search may see them.
type Person struct {
	AccountID string
	UserKey   string   // "" for people who never had one, which is nearly everybody
	Names     []string // the names that the caller may see, for instance display name and public name
}

// Match tells whether the query finds p when the account caller asks; "" is nobody, so then
// currentUser() equals no one. A query with an unsupported field finds nobody.
func (q Query) Match(p Person, caller string) bool {
	if _, unsupported := q.Unsupported(); unsupported || q.Expr == nil {
		return false
	}
	return match(q.Expr, p, caller)
}

func match(e Expr, p Person, caller string) bool {
	holds := func(e Expr) bool { return match(e, p, caller) }
	switch e := e.(type) {
	case And:
		return !slices.ContainsFunc(e, func(e Expr) bool { return !holds(e) })
	case Or:
		return slices.ContainsFunc(e, holds)
	case Not:
		return !holds(e.Expr)
	case Term:
		return e.match(p, caller)
	}
	return false
}

func (t Term) match(p Person, caller string) bool {
	found := slices.ContainsFunc(t.Values, func(v Value) bool {
		if t.Op == Contains || t.Op == NotContains {
			return containsName(p, v)
		}
		return t.Field.equals(p, v, caller)
	})
	return found != (t.Op == NotEqual || t.Op == NotContains || t.Op == NotIn)
}

func (f Field) equals(p Person, v Value, caller string) bool {
	if v.Function {
		return caller != "" && p.AccountID == caller
	}
	switch f {
	case FieldUser, FieldAccountID:
		return p.AccountID == v.Text
	case FieldUserKey:
		return p.UserKey == v.Text
	case FieldFullName:
		key := fold.Key(v.Text)
		return slices.ContainsFunc(p.Names, func(name string) bool { return fold.Key(name) == key })
	case FieldType:
		return strings.EqualFold(v.Text, "user")
	}
	return false
}

func containsName(p Person, v Value) bool {
	if v.Function {
		return false
	}
	pattern := NewPattern(v.Text)
	return slices.ContainsFunc(p.Names, func(name string) bool { return pattern.Match(fold.Words(name)) })
}

// Pattern is what the value of ~ asks of a name.
type Pattern struct {
	// Any matches every name, also the empty one: the value was nothing but stars.
	Any bool
	// Words are folded by [fold.Words]. Without words and without Any, nothing matches.
	Words []string
}

// NewPattern reads a value of ~. A star stands for the rest of a word, which is what the end of a word
// means anyway, so it may be left out.
func NewPattern(value string) Pattern {
	if strings.ContainsRune(value, '*') && strings.Trim(value, "* \t\r\n") == "" {
		return Pattern{Any: true}
	}
	return Pattern{Words: fold.Words(value)}
}

// Match tells whether the words of a name, as [fold.Words] returns them, begin with the words of the
// pattern in the same order. Words of the name may stand between.
func (p Pattern) Match(words []string) bool {
	if p.Any || len(p.Words) == 0 {
		return p.Any
	}
	wanted := p.Words
	for _, w := range words {
		if strings.HasPrefix(w, wanted[0]) {
			if wanted = wanted[1:]; len(wanted) == 0 {
				return true
			}
		}
	}
	return false
}
