package samples

import "strings"

// javascript writes a module for Node.js and whatever else has fetch.
func javascript(o Operation) string {
	c := &code{indent: "  "}
	c.comments("//", o.about("Node.js 18 or later, in a file whose name ends in .mjs"))
	c.line("const url = new URL(%s);", double(o.address()))
	for _, q := range o.Query {
		c.line("url.searchParams.append(%s, %s);", double(q.Name), c.joined(q.Text, double, " +"))
	}
	if o.App {
		c.line("const credential = `Bearer ${process.env.CONFLUENCE_APP_TOKEN}`;")
	} else {
		c.line("const login = `${process.env.CONFLUENCE_EMAIL}:${process.env.CONFLUENCE_TOKEN}`;")
		c.line(`const credential = "Basic " + Buffer.from(login).toString("base64");`)
	}
	c.line("const response = await fetch(url, {")
	scriptOptions(c, o, "Authorization: credential")
	c.line("});")
	scriptAnswer(c, o)
	return c.text.String()
}

// forge writes what a Forge app does, where the credential is the app's matter and the site is the one it is installed on.
func forge(o Operation) string {
	c := &code{indent: "  "}
	as := "asUser"
	c.line("// %s.", o.Title)
	c.line("// Needs @forge/api, in a function of a Forge app.")
	switch {
	case o.App:
		as = "asApp"
		c.line("// Only an app that is approved for e-mail addresses may call.")
	case o.NoApp:
		c.line("// No scope lets an app call: this is refused, and a person's API token is needed instead.")
	}
	c.line(`import api, { route } from "@forge/api";`)
	c.line("")
	path := o.Path
	for _, n := range o.Names {
		c.line("const %s = %s;", n.Name, double(n.Text))
		path = strings.ReplaceAll(path, "{"+n.Name+"}", "${"+n.Name+"}")
	}
	if len(o.Query) > 0 {
		c.line("const query = new URLSearchParams();")
		for _, q := range o.Query {
			c.line("query.append(%s, %s);", double(q.Name), c.joined(q.Text, double, " +"))
		}
		path += "?${query}"
	}
	c.line("const response = await api.%s().requestConfluence(route`%s`, {", as, path)
	scriptOptions(c, o, "")
	c.line("});")
	scriptAnswer(c, o)
	return c.text.String()
}

func scriptOptions(c *code, o Operation, credential string) {
	c.depth++
	c.line("method: %s,", double(o.Method))
	var list []string
	if credential != "" {
		list = append(list, credential)
	}
	for _, h := range o.headers() {
		name := h.Name
		if strings.Contains(name, "-") {
			name = double(name)
		}
		list = append(list, name+": "+double(h.Text))
	}
	c.line("headers: { %s },", strings.Join(list, ", "))
	if o.Body != "" {
		c.line("body: JSON.stringify(%s),", o.Body)
	}
	c.depth--
}

func scriptAnswer(c *code, o Operation) {
	c.line("if (response.status !== %d) {", o.Status)
	c.line("  throw new Error(`The site answered ${response.status}: ${await response.text()}`);")
	c.line("}")
	if o.Answer == nil {
		return
	}
	c.line("")
	c.line("function show(place, value) {")
	c.line("  if (value !== undefined && value !== null) console.log(`${place}: ${JSON.stringify(value)}`);")
	c.line("}")
	c.line("")
	c.line("const answer = await response.json();")
	inScript.read(c, o.Answer, "answer")
}

var inScript = reader{
	leaf: func(c *code, f field) {
		c.line("show(%s, %s);", f.label(double, "`${%s}.%s`"), scriptPath(f))
	},
	open: func(c *code, l loop) {
		c.line("for (const [%s, %s] of (%s ?? []).entries()) {", l.Index, l.Item, scriptPath(l.field))
		c.depth++
		c.line("const %s = `%s`;", l.At, l.place("${%s}"))
	},
	close: func(c *code, _ loop) {
		c.depth--
		c.line("}")
	},
}

// scriptPath takes it that the answer and the entries of its lists are there.
func scriptPath(f field) string {
	if len(f.Path) == 0 {
		return f.Var
	}
	return f.Var + "." + strings.Join(f.Path, "?.")
}
