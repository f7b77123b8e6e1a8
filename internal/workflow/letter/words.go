package letter

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// clean takes out of a line what is no part of what it says: control characters, which may end it, and those that turn
// the direction in which it is read.
func clean(line string) string {
	line = strings.Map(func(r rune) rune {
		switch {
		case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\ufeff':
			return -1
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		}
		return r
	}, strings.ToValidUTF8(line, "\ufffd"))
	return strings.TrimSpace(line)
}

// paragraphs are those of a text: lines with an empty one between them.
func paragraphs(text string) []paragraph {
	var all []paragraph
	var now paragraph
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n") + "\n\n") {
		if line = clean(line); line != "" {
			now = append(now, line)
		} else if now != nil {
			all, now = append(all, now), nil
		}
	}
	return all
}

const mostWords = 300 // characters of one value

// words is a value as a person reads it, on one line.
func words(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case string:
		return short(clean(v))
	case json.Number:
		return short(v.String())
	case []any:
		all := make([]string, 0, len(v))
		for _, one := range v {
			switch one.(type) {
			case []any, map[string]any:
				return compact(v)
			}
			all = append(all, words(one))
		}
		return short(strings.Join(all, ", "))
	}
	return compact(v)
}

func compact(v any) string {
	var out strings.Builder
	to := json.NewEncoder(&out)
	to.SetEscapeHTML(false)
	if to.Encode(v) != nil {
		return ""
	}
	return short(clean(out.String()))
}

func short(s string) string {
	if utf8.RuneCountInString(s) <= mostWords {
		return s
	}
	return string([]rune(s)[:mostWords-1]) + "…"
}

var spelled = map[string]string{"id": "ID", "url": "URL", "ip": "IP", "im": "IM", "email": "E-mail"}

// label is the name of a member in words: Account ID for accountId. A name that is no such word stays as it is.
func label(name string) string {
	for _, r := range name {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return short(clean(name))
		}
	}
	var parts []string
	begin := 0
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			parts, begin = append(parts, name[begin:i]), i
		}
	}
	parts = append(parts, name[begin:])
	for i, part := range parts {
		low := strings.ToLower(part)
		switch known, ok := spelled[low]; {
		case ok && (i == 0 || low != "email"):
			parts[i] = known
		case low == "email":
			parts[i] = "e-mail"
		case i == 0:
			parts[i] = capital(part)
		default:
			parts[i] = low
		}
	}
	return short(strings.Join(parts, " "))
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToTitle(r)) + s[size:]
}

// cells is how many places a line takes where all letters are as wide as each other.
func cells(line string) int {
	n := 0
	for _, r := range line {
		switch k := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case k == width.EastAsianWide || k == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// padded is a line with spaces behind it up to a width.
func padded(line string, to int) string {
	return line + strings.Repeat(" ", max(0, to-cells(line)))
}
