package samples

// curl writes a script for a shell. jq walks through the answer and names the place of everything in it.
func curl(o Operation) string {
	c := &code{indent: "  "}
	c.line("#!/usr/bin/env bash")
	needs := "curl"
	if o.Answer != nil {
		needs = "curl and jq"
	}
	c.comments("#", o.about(needs))
	c.line("set -euo pipefail")
	c.line("")
	c.line("answer=$(mktemp)")
	c.line(`trap 'rm -f "$answer"' EXIT`)
	c.line(`status=$(curl --silent --show-error \`)
	c.depth++
	if o.Method != "GET" {
		c.line(`--request %s \`, o.Method)
	}
	if o.App {
		c.line(`--header "Authorization: Bearer $CONFLUENCE_APP_TOKEN" \`)
	} else {
		c.line(`--user "$CONFLUENCE_EMAIL:$CONFLUENCE_TOKEN" \`)
	}
	for _, h := range o.headers() {
		c.line(`--header %s \`, inShell(h.Name+": "+h.Text))
	}
	address := o.address()
	if o.Body != "" {
		c.line(`--data %s \`, inShell(o.Body))
		address += o.query()
	} else if len(o.Query) > 0 {
		c.line(`--get \`)
		for _, q := range o.Query {
			c.line(`--data-urlencode %s \`, inShell(q.Name+"="+q.Text))
		}
	}
	c.line(`--output "$answer" --write-out '%%{http_code}' %s)`, inShell(address))
	c.depth--
	c.line(`if [ "$status" != %d ]; then`, o.Status)
	c.line(`  echo "The site answered $status: $(cat "$answer")" >&2`)
	c.line("  exit 1")
	c.line("fi")
	if o.Answer != nil {
		c.line("")
		c.line("# Everything that is there and not null, behind its place, such as results[0].displayName.")
		c.line(`jq -r 'paths(scalars != null) as $path`)
		c.line(`  | "\($path | map(if type == "number" then "[\(.)]" else ".\(.)" end) | join("") | ltrimstr(".")): \(getpath($path) | tojson)"' "$answer"`)
	}
	return c.text.String()
}

// query is the query as it stands in a URL, with its question mark.
func (o Operation) query() string {
	text := ""
	for i, q := range o.Query {
		text += string("?&"[min(i, 1)]) + q.Name + "=" + escape(q.Text)
	}
	return text
}

// headers are those of the request, but for the credential.
func (o Operation) headers() []Value {
	list := []Value{{"Accept", "application/json"}}
	if o.Body != "" {
		list = append(list, Value{"Content-Type", "application/json"})
	}
	if o.Token {
		list = append(list, Value{"X-Atlassian-Token", "no-check"})
	}
	return list
}
