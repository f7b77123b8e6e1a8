package cql

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SyntaxError says why a text is no query, and where.
type SyntaxError struct {
	Offset  int    // in bytes from the beginning of the text
	Message string // one sentence without the text itself, fit for the caller to read
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("CQL, at byte %d: %s", e.Offset, e.Message)
}

// kind is the kind of a token.
type kind int

const (
	end    kind = iota
	word        // bare: a field, a keyword, a function's name or a value
	quoted      // a value
	sign        // a comparison, a parenthesis or a comma
)

// token is a piece of the text. For a quoted one, text is the value meant.
type token struct {
	kind   kind
	text   string
	offset int
}

func (t token) is(k kind, text string) bool {
	return t.kind == k && strings.EqualFold(t.text, text)
}

// lex cuts the text into tokens; the last one is of kind end.
func lex(text string) ([]token, error) {
	if err := checkText(text); err != nil {
		return nil, err
	}
	var tokens []token
	for at := 0; ; {
		at += len(text[at:]) - len(strings.TrimLeftFunc(text[at:], unicode.IsSpace))
		if at == len(text) {
			return append(tokens, token{kind: end, offset: at}), nil
		}
		t, size, err := lexOne(text[at:], at)
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
		at += size
	}
}

func checkText(text string) error {
	if len(text) > MaxLength {
		return &SyntaxError{MaxLength, fmt.Sprintf("The query is longer than %d bytes.", MaxLength)}
	}
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case r == utf8.RuneError && size == 1:
			return &SyntaxError{at, "The query is not valid UTF-8."}
		case unicode.IsControl(r) && !unicode.IsSpace(r):
			return &SyntaxError{at, "The query contains a control character."}
		}
		at += size
	}
	return nil
}

// signs are longest first, so that a prefix of another is tried later.
var signs = []string{"!=", "!~", "<=", ">=", "=", "~", "<", ">", "(", ")", ","}

// lexOne reads the token at the beginning of text and returns how many bytes it takes.
func lexOne(text string, offset int) (token, int, error) {
	if text[0] == '"' || text[0] == '\'' {
		return lexQuoted(text, offset)
	}
	for _, s := range signs {
		if strings.HasPrefix(text, s) {
			return token{sign, s, offset}, len(s), nil
		}
	}
	size := strings.IndexFunc(text, endsWord)
	if size < 0 {
		size = len(text)
	}
	if size == 0 {
		return token{}, 0, &SyntaxError{offset, fmt.Sprintf("Put %q into quotation marks.", text[:1])}
	}
	return token{word, text[:size], offset}, size, nil
}

func endsWord(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(`()=!~<>,"'\`, r)
}

// lexQuoted reads up to the mark that text begins with. A backslash makes the next character plain.
func lexQuoted(text string, offset int) (token, int, error) {
	var b strings.Builder
	escaped := false
	for i, r := range text[1:] {
		switch {
		case escaped:
			b.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == rune(text[0]):
			return token{quoted, b.String(), offset}, i + 2, nil
		default:
			b.WriteRune(r)
		}
	}
	return token{}, 0, &SyntaxError{offset, "The quotation mark is not closed."}
}
