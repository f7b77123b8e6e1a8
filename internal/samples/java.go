package samples

import "strings"

// java writes a class for Java 11, whose JSON is read by Jackson.
func java(o Operation) string {
	c := &code{indent: "    "}
	c.comments("//", o.about("Java 11 or later, and com.fasterxml.jackson.core:jackson-databind"))
	c.lines(`import com.fasterxml.jackson.databind.*;
import java.net.*;
import java.net.http.*;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

`)
	c.line("public class %s {", o.program())
	c.depth++
	c.line("public static void main(String[] args) throws Exception {")
	c.depth++
	c.line("String url = %s;", double(o.address()))
	for i, q := range o.Query {
		c.line(`url += "%s%s=" + URLEncoder.encode(%s, StandardCharsets.UTF_8);`, string("?&"[min(i, 1)]), q.Name, c.joined(q.Text, double, " +"))
	}
	if o.App {
		c.line(`String credential = "Bearer " + System.getenv("CONFLUENCE_APP_TOKEN");`)
	} else {
		c.line(`String login = System.getenv("CONFLUENCE_EMAIL") + ":" + System.getenv("CONFLUENCE_TOKEN");`)
		c.line(`String credential = "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));`)
	}
	c.line("HttpRequest request = HttpRequest.newBuilder(URI.create(url))")
	c.line(`        .header("Authorization", credential)`)
	for _, h := range o.headers() {
		c.line("        .header(%s, %s)", double(h.Name), double(h.Text))
	}
	body := "noBody()"
	if o.Body != "" {
		body = "ofString(" + double(o.Body) + ")"
	}
	c.line("        .method(%s, HttpRequest.BodyPublishers.%s)", double(o.Method), body)
	c.line("        .build();")
	c.line("HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());")
	c.line("if (response.statusCode() != %d) {", o.Status)
	c.line(`    throw new IllegalStateException("The site answered " + response.statusCode() + ": " + response.body());`)
	c.line("}")
	if o.Answer != nil {
		c.line("")
		c.line("JsonNode answer = new ObjectMapper().readTree(response.body());")
		inJava.read(c, o.Answer, "answer")
	}
	c.depth--
	c.line("}")
	if o.Answer != nil {
		c.lines(javaHelp)
	}
	c.depth--
	c.line("}")
	return c.text.String()
}

const javaHelp = `
static void show(String place, JsonNode value) {
    if (!value.isMissingNode() && !value.isNull()) {
        System.out.println(place + ": " + value);
    }
}
`

var inJava = reader{
	leaf: func(c *code, f field) {
		c.line("show(%s, %s);", f.label(double, `%s + ".%s"`), javaPath(f))
	},
	open: func(c *code, l loop) {
		// What at leads to where nothing is, has no entries.
		c.line("for (int %s = 0; %s < %s.size(); %s++) {", l.Index, l.Index, javaPath(l.field), l.Index)
		c.depth++
		c.line("String %s = %s;", l.At, strings.TrimPrefix(`"`+l.place(`" + %s + "`)+`"`, `"" + `))
		c.line("JsonNode %s = %s.get(%s);", l.Item, javaPath(l.field), l.Index)
	},
	close: func(c *code, _ loop) {
		c.depth--
		c.line("}")
	},
}

func javaPath(f field) string {
	if len(f.Path) == 0 {
		return f.Var
	}
	return f.Var + `.at("/` + strings.Join(f.Path, "/") + `")`
}
