package samples

import "strings"

// php writes a script for PHP 8 with its curl extension.
func php(o Operation) string {
	c := &code{indent: "    "}
	c.line("<?php")
	c.comments("//", o.about("PHP 8 with its curl extension"))
	c.line("$url = %s;", slashed(o.address()))
	for i, q := range o.Query {
		c.line("$url .= '%s%s=' . rawurlencode(%s);", string("?&"[min(i, 1)]), q.Name, c.joined(q.Text, slashed, " ."))
	}
	c.line("$request = curl_init($url);")
	c.line("curl_setopt_array($request, [")
	c.depth++
	c.line("CURLOPT_CUSTOMREQUEST => %s,", slashed(o.Method))
	c.line("CURLOPT_RETURNTRANSFER => true,")
	var list []string
	if o.App {
		list = append(list, "'Authorization: Bearer ' . getenv('CONFLUENCE_APP_TOKEN')")
	} else {
		c.line("CURLOPT_USERPWD => getenv('CONFLUENCE_EMAIL') . ':' . getenv('CONFLUENCE_TOKEN'),")
	}
	for _, h := range o.headers() {
		list = append(list, slashed(h.Name+": "+h.Text))
	}
	c.line("CURLOPT_HTTPHEADER => [%s],", strings.Join(list, ", "))
	if o.Body != "" {
		c.line("CURLOPT_POSTFIELDS => %s,", slashed(o.Body))
	}
	c.depth--
	c.line("]);")
	c.line("$text = curl_exec($request);")
	c.line("$status = curl_getinfo($request, CURLINFO_RESPONSE_CODE);")
	c.line("if ($status !== %d) {", o.Status)
	c.line(`    fwrite(STDERR, "The site answered $status: $text" . curl_error($request) . "\n");`)
	c.line("    exit(1);")
	c.line("}")
	if o.Answer != nil {
		c.lines(phpHelp)
		c.line("")
		c.line("$answer = json_decode($text);")
		inPHP.read(c, o.Answer, "$answer")
	}
	return c.text.String()
}

const phpHelp = `
function show(string $place, mixed $value): void
{
    if ($value !== null) {
        echo $place, ': ', json_encode($value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION), "\n";
    }
}
`

var inPHP = reader{
	leaf: func(c *code, f field) {
		f.Prefix = inPerl(f.Prefix)
		c.line("show(%s, %s ?? null);", f.label(slashed, `"%s.%s"`), phpPath(f))
	},
	open: func(c *code, l loop) {
		c.line("foreach (%s ?? [] as $%s => $%s) {", phpPath(l.field), l.Index, l.Item)
		c.depth++
		c.line(`$%s = "%s";`, l.At, l.place("{$%s}"))
	},
	close: func(c *code, _ loop) {
		c.depth--
		c.line("}")
	},
}

// inPerl marks a variable, where there is one.
func inPerl(name string) string {
	if name == "" || name[0] == '$' {
		return name
	}
	return "$" + name
}

func phpPath(f field) string { return inPerl(strings.Join(append([]string{f.Var}, f.Path...), "->")) }
