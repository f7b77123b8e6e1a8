package mail

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/failure"
)

// composed are the header fields that composing a message writes itself.
var composed = []string{
	"date", "from", "to", "cc", "bcc", "sender", "message-id", "subject", "auto-submitted", "mime-version",
	"content-type", "content-transfer-encoding", "content-disposition", "return-path", "received",
}

var headerName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,63}$`)

func (h Header) check() error {
	if !headerName.MatchString(h.Name) || slices.Contains(composed, strings.ToLower(h.Name)) {
		return failure.Invalid.Errorf("A message cannot have the further header %q.", h.Name)
	}
	return checkLine("header "+h.Name, h.Value)
}

// String is the address as it stands in a header.
func (a Address) String() string {
	switch {
	case a.Name == "":
		return "<" + a.Address + ">"
	case isPlain(a.Name):
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(a.Name) + `" <` + a.Address + ">"
	}
	return encodedWords(a.Name) + " <" + a.Address + ">"
}

// unstructured is free text as it stands in a header: as it is, or as encoded words (RFC 2047).
func unstructured(text string) string {
	if isPlain(text) {
		return text
	}
	return encodedWords(text)
}

// isPlain reports whether checked text can stand in a header as it is, and be read as just that.
func isPlain(text string) bool {
	return isASCII(text) && !strings.Contains(text, "=?") && strings.TrimSpace(text) == text
}

// encodedWords writes text as words of at most 75 characters, with a space between them that readers leave out.
func encodedWords(text string) string {
	const most = 45 // bytes, so that base64 makes 60 of them
	var words []string
	for text != "" {
		n := 0
		for n < len(text) {
			_, size := utf8.DecodeRuneInString(text[n:])
			if n+size > most {
				break
			}
			n += size
		}
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(text[:n]))+"?=")
		text = text[n:]
	}
	return strings.Join(words, " ")
}

// field writes one header field, folded at spaces so that its lines stay short where they can.
func field(out *bytes.Buffer, name, value string) {
	const most = 76
	out.WriteString(name + ":")
	column := len(name) + 1
	for word := range strings.SplitSeq(value, " ") {
		// A line of nothing but spaces would be a fold that some programs misread.
		if column+1+len(word) > most && word != "" && column > len(name)+1 {
			out.WriteString("\r\n")
			column = 0
		}
		out.WriteString(" " + word)
		column += 1 + len(word)
	}
	out.WriteString("\r\n")
}
