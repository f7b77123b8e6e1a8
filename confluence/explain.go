package confluence

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// errorBody is what the error bodies of v1, v2 and the gateway have among them.
// Its members are read one by one, so that one of an unexpected kind hides no other.
type errorBody struct {
	Message json.RawMessage `json:"message"`
	Data    json.RawMessage `json:"data"`
	Errors  json.RawMessage `json:"errors"`
}

// explain finds the code and the message in an error body of any dialect.
// Both are empty if the body says nothing that a person could read.
func explain(body []byte) (code, message string) {
	var b errorBody
	if json.Unmarshal(body, &b) != nil {
		return "", plainText(body)
	}
	var v2 []json.RawMessage
	if json.Unmarshal(b.Errors, &v2) == nil && len(v2) > 0 {
		var first struct {
			Code   string  `json:"code"`
			Title  string  `json:"title"`
			Detail *string `json:"detail"`
		}
		// A member of another kind is left empty; what could be read still counts.
		_ = json.Unmarshal(v2[0], &first)
		class, title := unwrapJava(first.Title)
		if first.Code == "" {
			first.Code = class
		}
		if first.Detail != nil && *first.Detail != "" {
			title = strings.TrimPrefix(title+": "+*first.Detail, ": ")
		}
		if first.Code != "" || title != "" {
			return first.Code, title
		}
	}
	var text string
	if json.Unmarshal(b.Message, &text) == nil && text != "" {
		return unwrapJava(text)
	}
	var data ErrorV1Data
	if json.Unmarshal(b.Data, &data) == nil && len(data.Errors) > 0 {
		return data.Errors[0].Message.Key, data.Errors[0].Message.Translation
	}
	return "", ""
}

var (
	javaClass  = regexp.MustCompile(`^(?:[a-z][a-zA-Z0-9_]*\.)+([A-Z][a-zA-Z0-9_$]*): `)
	javaStatus = regexp.MustCompile(`^[0-9]{3} [A-Z_]+ "(.*)"$`)
)

// unwrapJava splits "com.example.SomeException: what happened" into its last name and what happened.
// Text of another form comes back as it is.
func unwrapJava(text string) (class, message string) {
	if m := javaClass.FindStringSubmatch(text); m != nil {
		class, text = m[1], text[len(m[0]):]
		if m := javaStatus.FindStringSubmatch(text); m != nil {
			text = m[1]
		}
	}
	return class, text
}

// plainText returns a body that is one short line of text, and nothing for HTML, XML or anything longer.
func plainText(body []byte) string {
	body = bytes.TrimSpace(body)
	if len(body) > 200 || !utf8.Valid(body) || bytes.ContainsAny(body, "<{[") {
		return ""
	}
	text := string(body)
	if strings.ContainsFunc(text, unicode.IsControl) {
		return ""
	}
	return text
}
