package dsl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// maxData is how large an input, an answer, a template's value may be, counted as sizer does.
const maxData = 4 << 20

// copyOf returns a copy of a value of JSON, in the types that expressions know and that encode as JSON: nil, bool, int,
// float64, json.Number where an int is too small, string, []any, map[string]any. What is not a number there becomes null, as
// jq has it.
func copyOf(v any, most int) (any, error) {
	c := copier{most: most}
	out := c.copy(v, 0)
	if errors.Is(c.err, errSpace) {
		return nil, fmt.Errorf("a value is larger than %d KiB", most>>10)
	}
	return out, c.err
}

type copier struct {
	bytes, most int
	err         error
}

// take counts, and tells whether to go on.
func (c *copier) take(n int) bool {
	if c.bytes += n; c.bytes > c.most && c.err == nil {
		c.err = errSpace
	}
	return c.err == nil
}

func (c *copier) copy(v any, depth int) any {
	if depth > maxDepth && c.err == nil {
		c.err = errDepth
	}
	if !c.take(8) {
		return nil
	}
	switch v := v.(type) {
	case nil, bool, int:
		return v
	case string:
		if !c.take(len(v)) {
			return nil
		}
		return strings.ToValidUTF8(v, "\uFFFD")
	case []any:
		out := make([]any, 0, min(len(v), c.most))
		for _, x := range v {
			if out = append(out, c.copy(x, depth+1)); c.err != nil {
				return nil
			}
		}
		return out
	case map[string]any:
		out := make(map[string]any, min(len(v), c.most))
		for k, x := range v {
			c.take(len(k))
			if out[strings.ToValidUTF8(k, "\uFFFD")] = c.copy(x, depth+1); c.err != nil {
				return nil
			}
		}
		return out
	}
	return c.other(v, depth)
}

// other copies numbers, and what is a value of JSON only once it was encoded.
func (c *copier) other(v any, depth int) any {
	if err := checkDigits(v); err != nil {
		c.err = err
		return nil
	}
	switch v := v.(type) {
	case float64:
		switch {
		case math.IsNaN(v):
			return nil
		case math.IsInf(v, 0):
			return math.Copysign(math.MaxFloat64, v)
		case v == math.Trunc(v) && math.Abs(v) < 1<<53:
			return int(v)
		}
		return v
	case *big.Int:
		return c.copy(json.Number(v.String()), depth)
	case json.Number:
		return number(v)
	case int64:
		return int(v)
	}
	text, err := json.Marshal(v)
	if err != nil {
		c.err = fmt.Errorf("a value is none of JSON: %w", err)
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var out any
	if c.err = decoder.Decode(&out); c.err != nil {
		return nil
	}
	return c.copy(out, depth)
}

// number returns the simplest type that keeps all of a number's digits.
func number(n json.Number) any {
	if i, err := strconv.Atoi(string(n)); err == nil {
		return i
	}
	if strings.ContainsAny(string(n), ".eE") {
		if f, err := n.Float64(); err == nil {
			if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
				return int(f)
			}
			return f
		}
	}
	return n
}
