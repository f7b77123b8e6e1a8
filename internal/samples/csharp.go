package samples

import "strings"

// csharp writes a program of .NET 6 or later.
func csharp(o Operation) string {
	c := &code{indent: "    "}
	c.comments("//", o.about(".NET 6 or later, as Program.cs of a new console project"))
	c.lines("using System.Net.Http.Headers;\nusing System.Text;\nusing System.Text.Json.Nodes;\n\n")
	c.line("var url = %s;", double(o.address()))
	for i, q := range o.Query {
		c.line(`url += "%s%s=" + Uri.EscapeDataString(%s);`, string("?&"[min(i, 1)]), q.Name, c.joined(q.Text, double, " +"))
	}
	c.line("using var client = new HttpClient();")
	c.line("using var request = new HttpRequestMessage(HttpMethod.%s, url);", o.verb())
	if o.App {
		c.line(`request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Environment.GetEnvironmentVariable("CONFLUENCE_APP_TOKEN"));`)
	} else {
		c.line(`var login = Environment.GetEnvironmentVariable("CONFLUENCE_EMAIL") + ":" + Environment.GetEnvironmentVariable("CONFLUENCE_TOKEN");`)
		c.line(`request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(login)));`)
	}
	for _, h := range o.headers() {
		if h.Name != "Content-Type" { // which belongs to the content
			c.line("request.Headers.Add(%s, %s);", double(h.Name), double(h.Text))
		}
	}
	if o.Body != "" {
		c.line(`request.Content = new StringContent(%s, Encoding.UTF8, "application/json");`, double(o.Body))
	}
	c.line("using var response = await client.SendAsync(request);")
	c.line("var text = await response.Content.ReadAsStringAsync();")
	c.line("if ((int)response.StatusCode != %d)", o.Status)
	c.line("{")
	c.line(`    throw new HttpRequestException($"The site answered {(int)response.StatusCode}: {text}");`)
	c.line("}")
	if o.Answer != nil {
		c.line("")
		c.line("var answer = JsonNode.Parse(text)!;")
		inCSharp.read(c, o.Answer, "answer")
		c.lines(csharpHelp)
	}
	return c.text.String()
}

const csharpHelp = `
static int Count(JsonNode? list) => (list as JsonArray)?.Count ?? 0;

static void Show(string place, JsonNode? value)
{
    if (value is not null) Console.WriteLine($"{place}: {value.ToJsonString()}");
}
`

var inCSharp = reader{
	leaf: func(c *code, f field) {
		c.line("Show(%s, %s);", f.label(double, `$"{%s}.%s"`), csharpPath(f))
	},
	open: func(c *code, l loop) {
		c.line("for (var %s = 0; %s < Count(%s); %s++)", l.Index, l.Index, csharpPath(l.field), l.Index)
		c.line("{")
		c.depth++
		c.line(`var %s = $"%s";`, l.At, l.place("{%s}"))
		c.line("var %s = %s![%s]!;", l.Item, csharpPath(l.field), l.Index)
	},
	close: func(c *code, _ loop) {
		c.depth--
		c.line("}")
	},
}

func csharpPath(f field) string {
	if len(f.Path) == 0 {
		return f.Var
	}
	return f.Var + `["` + strings.Join(f.Path, `"]?["`) + `"]`
}
