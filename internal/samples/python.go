package samples

import "strings"

// python writes a program that needs nothing but Python 3.
func python(o Operation) string {
	c := &code{indent: "    "}
	c.comments("#", o.about("nothing but Python 3"))
	if !o.App {
		c.line("import base64")
	}
	if o.Answer != nil {
		c.line("import json")
	}
	c.line("import os")
	c.line("import urllib.error")
	if len(o.Query) > 0 {
		c.line("import urllib.parse")
	}
	c.line("import urllib.request")
	c.line("")
	if o.Answer != nil {
		c.lines(pythonHelp)
		c.line("")
		c.line("")
	}
	url := double(o.address())
	if len(o.Query) > 0 {
		c.line("query = urllib.parse.urlencode([")
		for _, q := range o.Query {
			c.depth++
			c.line("(%s, %s),", double(q.Name), c.joined(q.Text, double, ""))
			c.depth--
		}
		c.line("])")
		url += ` + "?" + query`
	}
	if o.App {
		c.line(`credential = "Bearer " + os.environ["CONFLUENCE_APP_TOKEN"]`)
	} else {
		c.line(`login = os.environ["CONFLUENCE_EMAIL"] + ":" + os.environ["CONFLUENCE_TOKEN"]`)
		c.line(`credential = "Basic " + base64.b64encode(login.encode()).decode()`)
	}
	c.line("request = urllib.request.Request(%s, method=%s)", url, double(o.Method))
	c.line(`request.add_header("Authorization", credential)`)
	for _, h := range o.headers() {
		c.line("request.add_header(%s, %s)", double(h.Name), double(h.Text))
	}
	if o.Body != "" {
		c.line("request.data = %s.encode()", slashed(o.Body))
	}
	c.line("try:")
	c.line("    with urllib.request.urlopen(request) as response:")
	c.line("        status, body = response.status, response.read()")
	c.line("except urllib.error.HTTPError as refusal:")
	c.line("    status, body = refusal.code, refusal.read()")
	c.line("if status != %d:", o.Status)
	c.line(`    raise SystemExit(f"The site answered {status}: {body.decode()}")`)
	if o.Answer != nil {
		c.line("")
		c.line("answer = json.loads(body)")
		inPython.read(c, o.Answer, "answer")
	}
	return c.text.String()
}

const pythonHelp = `
def find(value, *path):
    """Return what a path of names leads to, or None where something on it is absent or null."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def show(place, value):
    if value is not None:
        print(f"{place}:", json.dumps(value, ensure_ascii=False))
`

var inPython = reader{
	leaf: func(c *code, f field) {
		c.line("show(%s, %s)", f.label(double, `f"{%s}.%s"`), pythonFind(f))
	},
	open: func(c *code, l loop) {
		c.line("for %s, %s in enumerate(%s or []):", l.Index, l.Item, pythonFind(l.field))
		c.depth++
		c.line(`%s = f"%s"`, l.At, l.place("{%s}"))
	},
	close: func(c *code, _ loop) { c.depth-- },
}

func pythonFind(f field) string {
	if len(f.Path) == 0 {
		return f.Var
	}
	return "find(" + f.Var + `, "` + strings.Join(f.Path, `", "`) + `")`
}
