package samples

import (
	"fmt"
	"go/format"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// golang writes a program that uses our SDK, whose types say what may be absent and what may be null.
func golang(o Operation) string {
	c := &code{indent: "\t"}
	c.comments("//", o.about("the SDK, by go get github.com/rosterhq/roster/confluence"))
	c.line("package main")
	c.line("")
	body := &code{indent: "\t", depth: 1}
	imports := []string{"context"}
	if o.Answer != nil {
		imports = append(imports, "encoding/json", "fmt")
	}
	imports = append(imports, "log")
	if o.Go == "" {
		imports = append(imports, "net/http", "net/url")
		if o.Body != "" && o.Answer == nil {
			imports = append(imports, "encoding/json")
		}
	}
	imports = append(imports, "os")
	goCall(body, o)
	if o.Answer != nil {
		(&goReader{body, map[string]bool{}, 0}).value(o.Answer, goAt{expr: "answer"})
	}
	c.line("import (")
	for _, path := range imports {
		c.line("\t%q", path)
	}
	c.line("")
	c.line("\t%q", "github.com/rosterhq/roster/confluence")
	c.line(")")
	c.line("")
	c.line("func main() {")
	c.text.WriteString(body.text.String())
	c.line("}")
	if o.Answer != nil {
		c.lines(goHelp)
	}
	text, err := format.Source([]byte(c.text.String()))
	if err != nil {
		panic(fmt.Sprintf("the sample of %s is no Go: %v", o.ID, err)) // it is ours
	}
	return string(text)
}

const goHelp = `
// show prints a value that is neither absent nor null.
func show(place string, value any) {
	if text, err := json.Marshal(value); err == nil && string(text) != "null" {
		fmt.Printf("%s: %s\n", place, text)
	}
}
`

func goCall(c *code, o Operation) {
	c.line("ctx := context.Background()")
	credential := `confluence.WithBasicAuth(os.Getenv("CONFLUENCE_EMAIL"), os.Getenv("CONFLUENCE_TOKEN"))`
	if o.App {
		credential = `confluence.WithBearer(os.Getenv("CONFLUENCE_APP_TOKEN"))`
	}
	c.line("client, err := confluence.NewClient(%q, %s)", o.Site, credential)
	c.lines("if err != nil {\n\tlog.Fatal(err)\n}")
	switch {
	case o.Go == "":
		goDo(c, o)
	case o.Answer == nil:
		c.line("err = client.%s", o.Go)
	default:
		if strings.Contains(o.Go, "expand") {
			goExpand(c, o)
		}
		c.line("answer, err := client.%s", o.Go)
	}
	c.lines("if err != nil {\n\tlog.Fatal(err) // any status but success is an error\n}")
}

// goExpand lists what is to be expanded.
func goExpand(c *code, o Operation) {
	i := slices.IndexFunc(o.Query, func(q Value) bool { return q.Name == "expand" })
	quoted := `"` + strings.ReplaceAll(strings.Join(pieces(o.Query[i].Text), "\n"), ",", `", "`) + `"`
	if !strings.Contains(quoted, "\n") {
		c.line("expand := []string{%s}", quoted)
		return
	}
	c.line("expand := []string{")
	c.lines(strings.ReplaceAll(quoted, ` "`+"\n", "\n\"") + ",")
	c.line("}")
}

// goDo calls an operation that has no method with its whole answer.
func goDo(c *code, o Operation) {
	query, in, out := "nil", "nil", "nil"
	if len(o.Query) > 0 {
		query = "query"
		c.line("query := url.Values{}")
		for _, q := range o.Query {
			c.line("query.Add(%q, %s)", q.Name, c.joined(q.Text, strconv.Quote, " +"))
		}
	} else {
		query = "url.Values{}"
	}
	if o.Body != "" {
		in = "json.RawMessage(`" + o.Body + "`)"
	}
	if o.Answer != nil {
		out = "&answer"
		c.line("var answer %s", o.AnswerType)
	}
	path := strings.TrimPrefix(o.address(), o.Site)
	c.line("err = client.Do(ctx, http.Method%s, %q, %s, %s, %s)", o.verb(), path, query, in, out)
}

// goAt is a value as an expression, and its place in the answer: a variable with what is fixed behind it.
type goAt struct{ expr, prefix, path string }

func (at goAt) label() string {
	switch {
	case at.prefix == "":
		return strconv.Quote(at.path)
	case at.path == "":
		return at.prefix
	}
	return at.prefix + " + " + strconv.Quote("."+at.path)
}

func (at goAt) member(m *Node) goAt {
	path := m.Name
	if at.path != "" {
		path = at.path + "." + m.Name
	}
	return goAt{at.expr + "." + m.Field, at.prefix, path}
}

type goReader struct {
	*code
	used  map[string]bool
	depth int
}

// value reads a value that is there.
func (r *goReader) value(n *Node, at goAt) {
	switch {
	case n.leaf(), n.Kind == Object && n.Members[0].Presence == Entry:
		r.line("show(%s, %s)", at.label(), at.expr)
	case n.Kind == List:
		r.list(n, at)
	default:
		for _, m := range n.Members {
			r.member(m, at.member(m))
		}
	}
}

// member reads a value that need not be there.
func (r *goReader) member(m *Node, at goAt) {
	if m.leaf() || m.Presence == Plain {
		r.value(m, at)
		return
	}
	name := r.variable(m.Name)
	if m.Presence == Nullable {
		r.line("if %s, ok := %s.Get(); ok {", name, at.expr)
	} else {
		r.line("if %s := %s; %s != nil {", name, at.expr, name)
	}
	at.expr = name
	r.code.depth++
	r.value(m, at)
	r.code.depth--
	r.line("}")
	delete(r.used, name)
}

func (r *goReader) list(n *Node, at goAt) {
	entry, index, place := item(n.Name, r.used), string(rune('i'+r.depth)), "at"+suffix(r.depth)
	r.line("for %s, %s := range %s {", index, entry, at.expr)
	r.code.depth++
	r.depth++
	format := at.path + "[%d]"
	if at.prefix != "" {
		r.line("%s := fmt.Sprintf(%q, %s, %s)", place, "%s."+format, at.prefix, index)
	} else {
		r.line("%s := fmt.Sprintf(%q, %s)", place, format, index)
	}
	r.value(n.Item, goAt{entry, place, ""})
	r.depth--
	r.code.depth--
	r.line("}")
	delete(r.used, entry)
}

// variable names a variable after a member, unlike those in use.
func (r *goReader) variable(member string) string {
	var name strings.Builder
	upper := false
	for _, c := range member {
		switch {
		case c == '_':
			upper = name.Len() > 0
			continue
		case upper:
			c, upper = unicode.ToUpper(c), false
		}
		name.WriteRune(c)
	}
	return unlike(r.used, name.String())
}
