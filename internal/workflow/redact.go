package workflow

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
)

// redacted stands where something must not be stored.
const redacted = "(redacted)"

// redactor keeps the values of secrets out of what is stored. What a run goes on with is what is stored, so that it is
// the same after a crash.
type redactor struct {
	values   []string
	replacer *strings.Replacer
}

// add has a value redacted from now on.
func (r *redactor) add(value string) {
	if len(value) < leastSecret || slices.Contains(r.values, value) {
		return
	}
	r.values = append(r.values, value)
	// Of values that begin alike, the longest wins.
	slices.SortFunc(r.values, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(r.values))
	for _, v := range r.values {
		pairs = append(pairs, v, redacted)
	}
	r.replacer = strings.NewReplacer(pairs...)
}

// text redacts a text.
func (r *redactor) text(s string) string {
	if r.replacer == nil {
		return s
	}
	return r.replacer.Replace(s)
}

// value returns a value of JSON without the secrets in its texts and names. It leaves the value itself alone.
func (r *redactor) value(value any) any {
	if r.replacer == nil {
		return value
	}
	switch v := value.(type) {
	case string:
		return r.text(v)
	case []any:
		c := make([]any, len(v))
		for i, one := range v {
			c[i] = r.value(one)
		}
		return c
	case map[string]any:
		c := make(map[string]any, len(v))
		for name, one := range v {
			c[r.text(name)] = r.value(one)
		}
		return c
	}
	return value
}

// arguments returns what is stored of an action's arguments: neither secrets, nor credentials in headers, nor what mail says.
func (r *redactor) arguments(action string, with map[string]any) any {
	c := copied(with)
	if headers, ok := c["headers"].(map[string]any); ok {
		headers = copied(headers)
		for name := range headers {
			if strings.EqualFold(name, "Authorization") || strings.EqualFold(name, "Cookie") {
				headers[name] = redacted
			}
		}
		c["headers"] = headers
	}
	if action == mailSend {
		for _, name := range []string{"text", "html", "data"} {
			if body, there := c[name]; there {
				c[name] = digest(body)
			}
		}
	}
	return r.value(c)
}

// digest tells bodies apart without saying what they say.
func digest(body any) any {
	text, ok := body.(string)
	if !ok {
		encoded, _ := json.Marshal(body)
		text = string(encoded)
	}
	sum := sha256.Sum256([]byte(text))
	return map[string]any{"bytes": len(text), "sha256": hex.EncodeToString(sum[:])}
}
