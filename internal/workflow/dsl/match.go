package dsl

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/itchyny/gojq"
)

// maxPattern is how long a regular expression may be, and maxInstructions what it may be compiled to: a search takes as
// many steps as the text is long, times these.
const (
	maxPattern      = 500
	maxInstructions = 2_000
)

// searched are compiled regular expressions of one expression. There are as many as stand in its text.
type searched map[[2]string]*found

type found struct {
	*regexp.Regexp

	next         *regexp.Regexp // finds it behind one character, which it needs to know about
	instructions int
	all          bool // not just the first
}

func patterns(text, flags string) (*found, error) {
	if len(text) > maxPattern {
		return nil, errors.New("the regular expression is too long")
	}
	out := &found{}
	whole := text
	for _, flag := range flags {
		switch flag {
		case 'g':
			out.all = true
		case 'i':
			whole = "(?i)" + whole
		case 'm':
			whole = "(?s)" + whole
		default:
			return nil, fmt.Errorf("a regular expression has no flag %q", string(flag))
		}
	}
	tree, err := syntax.Parse(whole, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("the regular expression %q cannot be read: %w", text, err)
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, fmt.Errorf("the regular expression %q cannot be read: %w", text, err)
	}
	if out.instructions = len(program.Inst); out.instructions > maxInstructions {
		return nil, fmt.Errorf("the regular expression %q is too large", text)
	}
	if out.Regexp, err = regexp.Compile(whole); err != nil {
		return nil, err
	}
	out.next, err = regexp.Compile(`\A(?s:.)(?s:.*?)(` + whole + `)`)
	return out, err
}

// from returns the first place at or behind an offset, as FindStringSubmatchIndex does.
func (f *found) from(text string, at int) []int {
	if at == 0 {
		return f.FindStringSubmatchIndex(text)
	}
	_, width := utf8.DecodeLastRuneInString(text[:at])
	places := f.next.FindStringSubmatchIndex(text[at-width:])
	if places == nil {
		return nil
	}
	for i := range places {
		if places[i] >= 0 {
			places[i] += at - width
		}
	}
	return places[2:]
}

// search finds the regular expression of its arguments, and pays for it.
func (s searched) search(m *meter, v any, args []any) (*found, string, error) {
	text, ok := v.(string)
	if !ok {
		return nil, "", fmt.Errorf("only a string can be searched, not %s", gojq.Preview(v))
	}
	pattern, ok := args[0].(string)
	if !ok {
		return nil, "", errors.New("a regular expression is a string")
	}
	flags, _ := args[1].(string)
	re := s[[2]string{pattern, flags}]
	if re == nil {
		var err error
		if re, err = patterns(pattern, flags); err != nil {
			return nil, "", err
		}
		s[[2]string{pattern, flags}] = re
	}
	return re, text, m.work(len(text) * re.instructions / 64)
}

func (s searched) tested(m *meter, v any, args []any) any {
	re, text, err := s.search(m, v, args)
	if err != nil {
		return err
	}
	return re.MatchString(text)
}

// found returns what matches, in the shape of jq.
func (s searched) found(m *meter, v any, args []any) any {
	re, text, err := s.search(m, v, args)
	if err != nil {
		return err
	}
	names := re.SubexpNames()
	out := []any{}
	for at, counted, runes := 0, 0, 0; at <= len(text); {
		p := re.from(text, at)
		if p == nil {
			break
		}
		if err := cmp.Or(m.charge(400*len(p)/2), m.work(((p[1]-at)*re.instructions+(p[1]-p[0])*len(p))/64), m.late()); err != nil {
			return err
		}
		runes += utf8.RuneCountInString(text[counted:p[0]])
		counted = p[0]
		captures := make([]any, 0, len(p)/2-1)
		for i := 1; i < len(p)/2; i++ {
			c := matched(text, p[2*i], p[2*i+1], counted, runes)
			c["name"] = nil
			if names[i] != "" {
				c["name"] = names[i]
			}
			captures = append(captures, c)
		}
		whole := matched(text, p[0], p[1], counted, runes)
		whole["captures"] = captures
		if out = append(out, whole); !re.all {
			break
		}
		if at = p[1]; p[0] == p[1] {
			_, width := utf8.DecodeRuneInString(text[at:])
			at += max(width, 1)
		}
	}
	return out
}

func matched(text string, from, to, at, runes int) map[string]any {
	if from < 0 {
		return map[string]any{"offset": -1, "length": 0, "string": nil}
	}
	return map[string]any{
		"offset": runes + utf8.RuneCountInString(text[at:max(at, from)]),
		"length": utf8.RuneCountInString(text[from:to]),
		"string": text[from:to],
	}
}

// flags adds that all are to be found.
func (s searched) flags(_ *meter, _ any, args []any) any {
	flags, _ := args[0].(string)
	if strings.Contains(flags, "g") {
		return flags
	}
	return flags + "g"
}
