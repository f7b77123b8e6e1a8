package samples

import "strings"

// powershell writes a script for PowerShell 7.
func powershell(o Operation) string {
	c := &code{indent: "    "}
	c.line("#requires -Version 7")
	c.comments("#", o.about(""))
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
			name := h.Name
			if strings.Contains(name, "-") {
				name = doubled(name)
			}
			c.line("    %s = %s", name, doubled(h.Text))
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
function Show-Value($Place, $Value) {
    if ($null -ne $Value) { "${Place}: $(ConvertTo-Json $Value -Compress -Depth 20)" }
}
`

var inPowerShell = reader{
	leaf: func(c *code, f field) {
		f.Prefix = inPerl(f.Prefix)
		c.line("Show-Value %s %s", f.label(doubled, `"%s.%s"`), powershellPath(f))
	},
	open: func(c *code, l loop) {
		c.line("$%s = 0", l.Index)
		c.line("foreach ($%s in %s) {", l.Item, powershellPath(l.field))
		c.depth++
		c.line(`$%s = "%s"`, l.At, l.place("$%s"))
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
