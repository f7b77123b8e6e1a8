package dsl

import (
	"cmp"
	"encoding/json"
	"errors"
	"math/big"
	"sync"

	"github.com/itchyny/gojq"
)

// maxDigits is how long a number may be: arithmetic takes longer the more digits there are.
const maxDigits = 400

func checkDigits(v any) error {
	switch v := v.(type) {
	case json.Number:
		if len(v) > maxDigits {
			return errDigit
		}
	case *big.Int:
		if v.BitLen() > 4*maxDigits {
			return errDigit
		}
	}
	return nil
}

// native is a function of Go, its name in expressions, and how many arguments it takes.
type native struct {
	name  string
	takes int
	run   func(m *meter, v any, args []any) any
}

// natives are the functions that stand for gojq's where those may take much at once: they ask the meter, then let gojq.
var natives = []native{
	{"_plus", 2, operator("+", func(m *meter, l, r any) error { return m.charge(shallow(l) + shallow(r)) })},
	{"_minus", 2, operator("-", product)},
	{"_times", 2, operator("*", multiplied)},
	{"_divided", 2, operator("/", func(m *meter, l, _ any) error { return m.charge(40 * shallow(l)) })},
	{"_modulo", 2, operator("%", func(*meter, any, any) error { return nil })},
	{"_eq", 2, comparison(func(c int) bool { return c == 0 })},
	{"_ne", 2, comparison(func(c int) bool { return c != 0 })},
	{"_lt", 2, comparison(func(c int) bool { return c < 0 })},
	{"_le", 2, comparison(func(c int) bool { return c <= 0 })},
	{"_gt", 2, comparison(func(c int) bool { return c > 0 })},
	{"_ge", 2, comparison(func(c int) bool { return c >= 0 })},
	{"_iterated", 0, checked(func(m *meter, v any) error { return m.charge(shallow(v)) })},
	{"_turn", 0, checked(func(m *meter, _ any) error { return m.charge(m.width) })},
	{"_key", 0, checked(func(_ *meter, v any) error { return checkKey(v) })},
	{"_keys", 0, checked(func(m *meter, v any) error {
		err := m.charge(shallow(v))
		eachOf(v, func(key any) { err = cmp.Or(err, checkKey(key)) })
		return err
	})},
	{"_copied", 0, checked(func(m *meter, v any) error { return m.charge(32 + 40*shallow(v)) })},
	{"_encoded", 0, checked(func(m *meter, v any) error {
		size, err := m.deep(v)
		return cmp.Or(err, m.charge(4*size))
	})},
	{"_sorted", 0, checked(sorted)},
	{"_add", 0, delegated("add", summed)},
	{"_flatten", 0, delegated("flatten", flattened)},
	{"_flatten", 1, delegated("flatten($a)", flattened)},
	{"_join", 1, delegated("join($a)", joined)},
	{"_split", 1, delegated("split($a)", func(m *meter, v any, _ []any) error { return m.charge(40 * shallow(v)) })},
	{"_contains", 1, delegated("contains($a)", crossed)},
	{"_inside", 1, delegated("inside($a)", crossed)},
	{"_indices", 1, delegated("indices($a)", crossed)},
	{"_index_of", 1, delegated("index($a)", crossed)},
	{"_rindex_of", 1, delegated("rindex($a)", crossed)},
	{"_bsearch", 1, delegated("bsearch($a)", crossed)},
	{"_transpose", 0, delegated("transpose", transposed)},
	{"_tonumber", 0, delegated("tonumber", func(_ *meter, v any, _ []any) error {
		if s, ok := v.(string); ok && len(s) > maxDigits {
			return errDigit
		}
		return nil
	})},
	{"_fromjson", 0, fromJSON},
	{"_min_by_keys", 1, delegated("_min_by($a)", keyed)},
	{"_max_by_keys", 1, delegated("_max_by($a)", keyed)},
	{"_sort_by_keys", 1, delegated("_sort_by($a)", keyed)},
	{"_group_by_keys", 1, delegated("_group_by($a)", keyed)},
	{"_unique_by_keys", 1, delegated("_unique_by($a)", keyed)},
	{"_setpath", 2, func(m *meter, v any, args []any) any { return result(setPath(m, v, args[0], args[1])) }},
	{"_delpaths", 1, func(m *meter, v any, args []any) any { return result(deletePaths(m, v, args[0])) }},
}

func result(v any, err error) any {
	if err != nil {
		return err
	}
	return v
}

// checked is a function that returns its input, or an error.
func checked(check func(m *meter, v any) error) func(*meter, any, []any) any {
	return func(m *meter, v any, _ []any) any {
		if err := check(m, v); err != nil {
			return err
		}
		return v
	}
}

// gojqOf compiles a function of gojq's own that takes up to two arguments.
func gojqOf(text string) func() *gojq.Code {
	return sync.OnceValue(func() *gojq.Code {
		q, err := gojq.Parse(text)
		if err != nil {
			panic(text + ": " + err.Error())
		}
		code, err := gojq.Compile(q, gojq.WithVariables([]string{"$a", "$b"}))
		if err != nil {
			panic(text + ": " + err.Error())
		}
		return code
	})
}

// delegated is a function of gojq's behind a check.
func delegated(text string, check func(m *meter, v any, args []any) error) func(*meter, any, []any) any {
	code := gojqOf(text)
	return func(m *meter, v any, args []any) any {
		if err := check(m, v, args); err != nil {
			return err
		}
		var ab [2]any
		copy(ab[:], args)
		return m.one(code(), v, ab[0], ab[1])
	}
}

// operator is one of gojq's, behind a check of what stands on both sides.
func operator(op string, check func(m *meter, l, r any) error) func(*meter, any, []any) any {
	code := gojqOf("$a " + op + " $b")
	return func(m *meter, _ any, args []any) any {
		if err := cmp.Or(checkDigits(args[0]), checkDigits(args[1]), check(m, args[0], args[1])); err != nil {
			return err
		}
		return m.one(code(), nil, args[0], args[1])
	}
}

func comparison(is func(int) bool) func(*meter, any, []any) any {
	return func(m *meter, _ any, args []any) any {
		if err := compared(m, args[0], args[1]); err != nil {
			return err
		}
		return is(gojq.Compare(args[0], args[1]))
	}
}

// compared pays for a comparison, which goes deep only where both are lists or both objects.
func compared(m *meter, l, r any) error {
	if gojq.TypeOf(l) != gojq.TypeOf(r) {
		return nil
	}
	switch l.(type) {
	case []any, map[string]any:
		_, errL := m.deep(l)
		_, errR := m.deep(r)
		return cmp.Or(errL, errR)
	}
	return cmp.Or(checkDigits(l), checkDigits(r), m.work((shallow(l)+shallow(r))/64))
}

// checkKey refuses to search a list for another, which a list as a key means.
func checkKey(v any) error {
	if _, list := v.([]any); list {
		return errors.New("a list cannot be a key: use indices")
	}
	return checkDigits(v)
}

func sorted(m *meter, v any) error {
	size, err := m.deep(v)
	return cmp.Or(err, m.charge(2*shallow(v)), m.work(size))
}

func keyed(m *meter, v any, args []any) error {
	return cmp.Or(m.charge(4*shallow(v)), sorted(m, args[0]))
}

// crossed pays for comparing every part of one value with every part of another.
func crossed(m *meter, v any, args []any) error {
	l, errL := m.deep(v)
	r, errR := m.deep(args[0])
	if err := cmp.Or(errL, errR); err != nil {
		return err
	}
	return cmp.Or(m.charge(40*shallow(v)+40*shallow(args[0])), m.work(l*r/1024))
}

func product(m *meter, l, r any) error {
	if _, list := l.([]any); !list {
		return nil
	}
	return crossed(m, l, []any{r})
}

func multiplied(m *meter, l, r any) error {
	if _, text := r.(string); text {
		l, r = r, l
	}
	if s, text := l.(string); text {
		if n, number := gojq.ToFloat64(r); number && n > 0 {
			if n*float64(len(s)) > maxSpace {
				n = maxSpace + 1
				return m.charge(int(n))
			}
			return m.charge(int(n * float64(len(s))))
		}
		return nil
	}
	sl, errL := m.deep(l)
	sr, errR := m.deep(r)
	return cmp.Or(errL, errR, m.charge(4*(sl+sr)))
}

func summed(m *meter, v any, _ []any) error {
	total := shallow(v)
	eachOf(v, func(x any) { total += 3 * shallow(x) })
	return m.charge(total)
}

func joined(m *meter, v any, args []any) error {
	total := (1 + shallow(args[0])) * (1 + shallow(v)/32)
	eachOf(v, func(x any) { total += 3*shallow(x) + 16 })
	return m.charge(total)
}

func flattened(m *meter, v any, _ []any) error {
	size, err := m.deep(v)
	return cmp.Or(err, m.charge(size))
}

func transposed(m *meter, v any, _ []any) error {
	list, _ := v.([]any)
	longest := 0
	for _, x := range list {
		row, _ := x.([]any)
		longest = max(longest, len(row))
	}
	return m.charge(16 * len(list) * longest)
}

func eachOf(v any, do func(any)) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			do(x)
		}
	case map[string]any:
		for _, x := range v {
			do(x)
		}
	}
}

var decode = gojqOf("fromjson")

func fromJSON(m *meter, v any, _ []any) any {
	if err := m.charge(24 * shallow(v)); err != nil {
		return err
	}
	out := m.one(decode(), v, nil, nil)
	if _, err := m.deep(out); err != nil {
		return err
	}
	return out
}
