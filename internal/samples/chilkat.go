package samples

import (
	"slices"
	"strings"
)

// chilkat writes what a Delphi program with Chilkat's ActiveX does, where indexes in a path are properties of the JSON.
func chilkat(o Operation) string {
	c := &code{indent: "  "}
	c.comments("//", o.about("Chilkat's ActiveX, unlocked and imported as Chilkat_TLB, and a TForm1 with a Memo1 that declares this method"))
	reads := &code{indent: "  ", depth: 2}
	if o.Answer != nil {
		c.lines(chilkatHelp)
		chilkatReads(reads, o.Answer)
	}
	c.line("procedure TForm1.%s;", o.program())
	c.lines("var\n  http: TChilkatHttp;\n  resp: IChilkatHttpResponse;")
	if o.Answer != nil {
		c.line("  json: TChilkatJsonObject;")
	}
	if indexes := chilkatIndexes(reads.text.String()); len(indexes) > 0 {
		c.line("  %s: Integer;", strings.Join(indexes, ", "))
	}
	c.line("  url: string;")
	c.line("begin")
	c.depth++
	c.line("url := %s;", doubled(o.address()))
	for i, q := range o.Query {
		c.line("url := url + %s;", c.joined(string("?&"[min(i, 1)])+q.Name+"="+strings.ReplaceAll(escape(q.Text), "%2C", ","), doubled, " +"))
	}
	c.line("http := TChilkatHttp.Create(nil);")
	if o.Answer != nil {
		c.line("json := TChilkatJsonObject.Create(nil);")
	}
	c.line("try")
	c.depth++
	chilkatRequest(c, o)
	c.text.WriteString(reads.text.String())
	c.depth--
	c.line("finally")
	if o.Answer != nil {
		c.line("  json.Free;")
	}
	c.lines("  http.Free;\nend;")
	c.depth--
	c.line("end;")
	return c.text.String()
}

const chilkatHelp = `
procedure ShowField(json: TChilkatJsonObject; const path: string);
begin
  if (json.HasMember(path) = 1) and (json.IsNullOf(path) = 0) then
    Form1.Memo1.Lines.Add(path + ': ' + json.StringOf(path));
end;

`

// chilkatIndexes are the variables that loops use, which have to be declared first.
func chilkatIndexes(reads string) []string {
	return slices.DeleteFunc([]string{"i", "j", "k"}, func(name string) bool { return !strings.Contains(reads, "for "+name+" :=") })
}

func chilkatRequest(c *code, o Operation) {
	if o.App {
		c.line("http.AuthToken := GetEnvironmentVariable('CONFLUENCE_APP_TOKEN');")
	} else {
		c.line("http.Login := GetEnvironmentVariable('CONFLUENCE_EMAIL');")
		c.line("http.Password := GetEnvironmentVariable('CONFLUENCE_TOKEN');")
		c.line("http.BasicAuth := 1; // or http.AuthToken for an OAuth 2.0 access token")
	}
	for _, h := range o.headers() {
		if h.Name != "Content-Type" {
			c.line("http.SetRequestHeader(%s, %s);", doubled(h.Name), doubled(h.Text))
		}
	}
	if o.Body == "" {
		c.line("resp := http.HttpNoBody(%s, url);", doubled(o.Method))
	} else {
		c.line("resp := http.HttpStr(%s, url, %s, 'utf-8', 'application/json');", doubled(o.Method), doubled(o.Body))
	}
	c.lines("if http.LastMethodSuccess = 0 then\n  raise Exception.Create(http.LastErrorText);")
	c.line("if resp.StatusCode <> %d then", o.Status)
	c.line("  raise Exception.Create('The site answered ' + IntToStr(resp.StatusCode) + ': ' + resp.BodyStr);")
}

func chilkatReads(c *code, answer *Node) {
	places := map[string]string{"answer": ""} // by variable
	if answer.Kind == List {
		places["answer"] = "answer"
		c.line(`json.Load('{"answer":' + resp.BodyStr + '}'); // it takes objects only`)
	} else {
		c.line("json.Load(resp.BodyStr);")
	}
	place := func(f field) string {
		if path := dotted(f.Path); places[f.Var] != "" && path != "" {
			return places[f.Var] + "." + path
		}
		return places[f.Var] + dotted(f.Path)
	}
	reader{
		leaf: func(c *code, f field) { c.line("ShowField(json, %s);", doubled(place(f))) },
		open: func(c *code, l loop) {
			list := place(l.field)
			places[l.Item] = list + "[" + l.Index + "]"
			c.line("for %s := 0 to json.SizeOfArray(%s) - 1 do", l.Index, doubled(list))
			c.line("begin")
			c.depth++
			c.line("json.%s := %s;", strings.ToUpper(l.Index), l.Index)
		},
		close: func(c *code, _ loop) {
			c.depth--
			c.line("end;")
		},
	}.read(c, answer, "answer")
}
