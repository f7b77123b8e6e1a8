package samples

import "strings"

// powershell writes a script for PowerShell 7.
func powershell(o Operation) string {
	c := &code{indent: "    "}
	c.comments("#", o.about())
	c.line("$ErrorActionPreference = 'Stop'")
	c.line("$url = %s", doubled(o.address()))
	for i, q := range o.Query {
		c.line("$url += '%s%s=' + [uri]::EscapeDataString(%s)", string("?&"[min(i, 1)]), q.Name, c.joined(q.Text, doubled, " +"))
	}
	if o.App {
		c.line(`$credential = "Bearer $env:CONFLUENCE_APP_TOKEN"`)
	} else {
		c.line(`$login = [Text.Encoding]::UTF8.GetBytes("${env:CONFLUENCE_EMAIL}:${env:CONFLUENCE_TOKEN}")`)
		c.line(`$credential = 'Basic ' + [Convert]::ToBase64String($login)`)
	}
	c.line("$headers = @{")
	c.line("    Authorization = $credential")
	options := ""
	for _, h := range o.headers() {
		if h.Name != "Content-Type" {
			c.line("    %s = %s", doubled(h.Name), doubled(h.Text))
		}
	}
	c.line("}")
	if o.Body != "" {
		c.line("$body = %s", doubled(o.Body))
		options = " -ContentType 'application/json' -Body $body"
	}
	c.line("$response = Invoke-WebRequest -Method %s -Uri $url -Headers $headers%s -SkipHttpErrorCheck", o.Method, options)
	c.line("if ($response.StatusCode -ne %d) {", o.Status)
	c.line(`    throw "The site answered $($response.StatusCode): $($response.Content)"`)
	c.line("}")
	if o.Answer != nil {
		c.lines(powershellHelp)
		c.line("")
		c.line("$answer = ConvertFrom-Json $response.Content -NoEnumerate")
		inPowerShell.read(c, o.Answer, "$answer")
	}
	return c.text.String()
}

const powershellHelp = `
function Show($Place, $Value) {
    if ($null -ne $Value) { "${Place}: $(ConvertTo-Json $Value -Compress -Depth 20)" }
}
`

var inPowerShell = reader{
	leaf: func(c *code, f field) {
		f.Prefix = inPerl(f.Prefix)
		label := f.label(doubled, " + ")
		if f.Prefix != "" && len(f.Path) > 0 {
			label = "(" + label + ")"
		}
		c.line("Show %s %s", label, powershellPath(f))
	},
	open: func(c *code, l loop) {
		c.line("$%s = 0", l.Index)
		c.line("foreach ($%s in %s) {", l.Item, powershellPath(l.field))
		c.depth++
		place := dotted(l.Path) + "[$" + l.Index + "]"
		if l.Prefix != "" {
			place = "${" + l.Prefix + "}." + place
		}
		c.line(`$%s = "%s"`, l.At, place)
	},
	close: func(c *code, l loop) {
		c.line("$%s++", l.Index)
		c.depth--
		c.line("}")
	},
}

func powershellPath(f field) string {
	return inPerl(strings.Join(append([]string{f.Var}, f.Path...), "."))
}
