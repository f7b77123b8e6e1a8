package samples

import (
	"slices"
	"strings"
)

// pascal writes a program for Free Pascal in Delphi's dialect.
func pascal(o Operation) string {
	c := &code{indent: "  "}
	c.line("program %s;", o.program())
	c.comments("//", o.about("Free Pascal 3.2 or later, with its units fphttpclient, opensslsockets and fpjson. Delphi takes the sample for Chilkat"))
	c.line("{$mode delphi}{$H+}")
	c.line("")
	c.line("uses")
	// Without a manager of wide strings, Unix loses every letter that is not Latin.
	c.line("  {$ifdef unix}cwstring,{$endif} Classes, SysUtils, base64, fphttpclient, opensslsockets, fpjson, jsonparser;")
	c.line("")
	reads := &pascalReader{}
	if o.Answer != nil {
		c.lines(pascalHelp)
		reads.code.indent, reads.code.depth = "  ", 2
		reads.reader().read(&reads.code, o.Answer, "Answer")
	}
	c.lines("procedure Run;\nvar\n  Client: TFPHTTPClient;\n  Response: TStringStream;\n  URL: string;")
	if o.Answer != nil {
		c.line("  Answer: TJSONData = nil;")
	}
	for _, kind := range []string{"TJSONData", "Integer", "string"} {
		if names := reads.declared(kind); len(names) > 0 {
			c.line("  %s: %s;", strings.Join(names, ", "), kind)
		}
	}
	c.line("begin")
	c.depth++
	pascalRequest(c, o)
	if o.Answer != nil {
		c.line("  Answer := GetJSON(Response.DataString);")
		c.text.WriteString(reads.code.text.String())
		c.lines("finally\n  Answer.Free;")
	} else {
		c.line("finally")
	}
	c.lines("  Client.RequestBody.Free;\n  Client.Free;\n  Response.Free;\nend;")
	c.depth--
	c.lines(pascalMain)
	return c.text.String()
}

const pascalHelp = `// Find returns what a path leads to, or nil where something on it is absent or null.
function Find(Data: TJSONData; const Path: string): TJSONData;
begin
  Result := Data.FindPath(Path);
  if (Result <> nil) and Result.IsNull then
    Result := nil;
end;

function Count(List: TJSONData): Integer;
begin
  if List = nil then
    Result := 0
  else
    Result := List.Count;
end;

procedure Show(const Place: string; Data: TJSONData; const Path: string); overload;
begin
  Data := Find(Data, Path);
  if Data <> nil then
    WriteLn(Place, ': ', Data.AsJSON);
end;

procedure Show(const Path: string; Data: TJSONData); overload;
begin
  Show(Path, Data, Path);
end;

`

const pascalMain = `end;

begin
  try
    Run;
  except
    on E: Exception do
    begin
      WriteLn(StdErr, E.Message);
      ExitCode := 1;
    end;
  end;
end.
`

func pascalRequest(c *code, o Operation) {
	c.line("URL := %s;", doubled(o.address()))
	for i, q := range o.Query {
		c.line("URL := URL + '%s%s=' + EncodeURLElement(%s);", string("?&"[min(i, 1)]), q.Name, c.joined(q.Text, doubled, " +"))
	}
	c.line("Client := TFPHTTPClient.Create(nil);")
	c.line("Response := TStringStream.Create('');")
	c.line("try")
	c.depth++
	if o.App {
		c.line("Client.AddHeader('Authorization', 'Bearer ' + GetEnvironmentVariable('CONFLUENCE_APP_TOKEN'));")
	} else {
		c.line("Client.AddHeader('Authorization', 'Basic ' + EncodeStringBase64(")
		c.line("  GetEnvironmentVariable('CONFLUENCE_EMAIL') + ':' + GetEnvironmentVariable('CONFLUENCE_TOKEN')));")
	}
	for _, h := range o.headers() {
		c.line("Client.AddHeader(%s, %s);", doubled(h.Name), doubled(h.Text))
	}
	if o.Body != "" {
		c.line("Client.RequestBody := TStringStream.Create(%s);", doubled(o.Body))
	}
	c.line("Client.HTTPMethod(%s, URL, Response, []);", doubled(o.Method))
	c.line("if Client.ResponseStatusCode <> %d then", o.Status)
	c.line("  raise Exception.CreateFmt('The site answered %%d: %%s', [Client.ResponseStatusCode, Response.DataString]);")
	c.depth--
}

// pascalReader notes the variables it uses, which have to be declared first.
type pascalReader struct {
	code
	names map[string][]string // by type
}

func (r *pascalReader) declare(kind, name string) string {
	if r.names == nil {
		r.names = map[string][]string{}
	}
	if !slices.Contains(r.names[kind], name) {
		r.names[kind] = append(r.names[kind], name)
	}
	return name
}

func (r *pascalReader) declared(kind string) []string { return r.names[kind] }

// pascalName is a variable's name where label and at are words of the language.
func pascalName(name string) string {
	switch {
	case name == "" || name == "Answer":
		return name
	case strings.HasPrefix(name, "at"):
		return "Place" + name[2:]
	}
	return "One" + strings.ToUpper(name[:1]) + name[1:]
}

func (r *pascalReader) reader() reader {
	return reader{
		leaf: func(c *code, f field) {
			f.Prefix, f.Var = pascalName(f.Prefix), pascalName(f.Var)
			more := "" // than the place, where that is the path
			if f.Prefix != "" {
				more = ", " + doubled(dotted(f.Path))
			}
			c.line("Show(%s, %s%s);", f.label(doubled, `%s + '.%s'`), f.Var, more)
		},
		open: func(c *code, l loop) {
			l.Prefix, l.Var = pascalName(l.Prefix), pascalName(l.Var)
			index := r.declare("Integer", strings.ToUpper(l.Index))
			entry := r.declare("TJSONData", pascalName(l.Item))
			place := r.declare("string", pascalName(l.At))
			list := pascalPath(l.field)
			c.line("for %s := 0 to Count(%s) - 1 do", index, list)
			c.line("begin")
			c.depth++
			start := doubled(dotted(l.Path) + "[")
			if l.Prefix != "" {
				start = l.Prefix + " + " + doubled("."+dotted(l.Path)+"[")
			}
			c.line("%s := %s + IntToStr(%s) + ']';", place, start, index)
			c.line("%s := %s.Items[%s];", entry, list, index)
		},
		close: func(c *code, _ loop) {
			c.depth--
			c.line("end;")
		},
	}
}

func pascalPath(f field) string {
	if len(f.Path) == 0 {
		return f.Var
	}
	return "Find(" + f.Var + ", " + doubled(dotted(f.Path)) + ")"
}
