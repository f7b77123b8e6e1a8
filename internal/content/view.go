package content

import (
	"html"
	"net/url"
	"slices"
	"strings"

	markup "golang.org/x/net/html"
)

// DescriptionView returns a space's description as HTML in which nothing is markup but the line breaks.
func (s Space) DescriptionView() string {
	return strings.ReplaceAll(html.EscapeString(s.Description), "\n", "<br/>")
}

// shown are the elements that a view keeps, with the attributes each may have.
var shown = map[string][]string{
	"p": nil, "br": nil, "hr": nil, "h1": nil, "h2": nil, "h3": nil, "h4": nil, "h5": nil, "h6": nil,
	"strong": nil, "b": nil, "em": nil, "i": nil, "u": nil, "s": nil, "del": nil, "sub": nil, "sup": nil, "small": nil,
	"code": nil, "pre": nil, "blockquote": nil, "ul": nil, "ol": nil, "li": nil, "span": nil, "div": nil,
	"table": nil, "thead": nil, "tbody": nil, "tr": nil, "th": {"colspan", "rowspan"}, "td": {"colspan", "rowspan"},
	"a": {"href", "title"}, "time": {"datetime"},
}

// deepest is how deep the elements of a view are nested; what is deeper leaves its text.
const deepest = 64

// empty are the elements that have no end.
var empty = []string{"br", "hr"}

// dropped are the elements that are left out with all that is in them. So is everything with a
// namespace: macros and their parameters.
var dropped = []string{"script", "style", "iframe", "object", "embed", "template", "noscript", "svg", "math", "textarea", "title", "xmp", "plaintext"}

// View renders a body's storage form as HTML that is safe to show: well formed, and of a fixed list of
// elements without style or script. Other elements leave their text; macros leave nothing.
func View(storage string) string {
	var out strings.Builder
	var open []string
	skipping, depth := "", 0
	for z := markup.NewTokenizer(strings.NewReader(storage)); ; {
		kind := z.Next()
		if kind == markup.ErrorToken {
			break
		}
		t := z.Token()
		switch {
		case skipping != "":
			depth += nesting(kind, t.Data, skipping)
			if depth == 0 {
				skipping = ""
			}
		case kind == markup.TextToken:
			out.WriteString(html.EscapeString(t.Data))
		case kind == markup.StartTagToken && (slices.Contains(dropped, t.Data) || strings.Contains(t.Data, ":")):
			skipping, depth = t.Data, 1
		case kind == markup.StartTagToken || kind == markup.SelfClosingTagToken:
			open = start(&out, open, t, kind == markup.SelfClosingTagToken)
		case kind == markup.EndTagToken:
			open = end(&out, open, t.Data)
		}
	}
	for len(open) > 0 {
		open = end(&out, open, open[len(open)-1])
	}
	return out.String()
}

// nesting returns by how much a token changes the depth within elements of one name.
func nesting(kind markup.TokenType, name, of string) int {
	switch {
	case name != of:
		return 0
	case kind == markup.StartTagToken:
		return 1
	case kind == markup.EndTagToken:
		return -1
	}
	return 0
}

// start writes a start tag and returns what is open after it.
func start(out *strings.Builder, open []string, t markup.Token, closed bool) []string {
	allowed, known := shown[t.Data]
	if !known || len(open) == deepest {
		return open
	}
	out.WriteString("<" + t.Data)
	for _, a := range t.Attr {
		if slices.Contains(allowed, a.Key) && (a.Key != "href" || safeLink(a.Val)) {
			out.WriteString(" " + a.Key + `="` + html.EscapeString(a.Val) + `"`)
		}
	}
	switch {
	case slices.Contains(empty, t.Data):
		out.WriteString("/>")
	case closed:
		out.WriteString("></" + t.Data + ">")
	default:
		out.WriteString(">")
		return append(open, t.Data)
	}
	return open
}

// end closes the innermost open element of this name, with what is open inside it.
func end(out *strings.Builder, open []string, name string) []string {
	at := len(open) - 1
	for at >= 0 && open[at] != name {
		at--
	}
	if at < 0 {
		return open
	}
	for i := len(open) - 1; i >= at; i-- {
		out.WriteString("</" + open[i] + ">")
	}
	return open[:at]
}

// safeLink reports whether following a link does nothing but open a page or a mail.
func safeLink(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "" || u.Scheme == "http" || u.Scheme == "https" || u.Scheme == "mailto")
}
