package letter_test

import (
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/workflow/letter"
)

// with are arguments that make a letter, changed.
func with(changes map[string]any) map[string]any {
	args := map[string]any{"to": "ada@example.com", "text": "Good day."}
	maps.Copy(args, changes)
	return args
}

// decoded is JSON as a step's answer has it.
func decoded(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func file(t *testing.T, name string) any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return decoded(t, string(text))
}

func compose(t *testing.T, args map[string]any) mail.Message {
	t.Helper()
	m, err := letter.Compose(args)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestEachTemplateLooksAsItsGoldenFiles(t *testing.T) {
	t.Parallel()
	for name, args := range map[string]map[string]any{
		"user":   {"template": "user", "subject": "Ada Lovelace", "data": file(t, "user.json")},
		"hidden": {"template": "user", "text": "As asked.", "data": file(t, "hidden.json")},
		"table":  {"template": "table", "text": "Deactivated this week:", "columns": []any{"displayName", "accountId", "status"}, "data": file(t, "people.json")},
		"wide":   {"template": "table", "text": "", "data": file(t, "people.json")},
		"plain":  {"text": "Good day,\r\nAda.\n\n\n1 < 2 & \"so on\".\n"},
		"json":   {"template": "json", "text": "What came of it:", "data": file(t, "hidden.json")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args["to"] = "Ada Lovelace <ada@example.com>"
			m := compose(t, args)
			golden(t, name+".txt", m.Text)
			golden(t, name+".html", m.HTML)
			if again := compose(t, args); !cmp.Equal(m, again) {
				t.Error("the same arguments made another letter")
			}
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestAFormatSaysWhatIsSent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		args     map[string]any
		html     bool
		attached bool
	}{
		{"both unless a format is given", nil, true, false},
		{"HTML with its text", map[string]any{"format": "html"}, true, false},
		{"text alone", map[string]any{"format": "text"}, false, false},
		{"the data attached to text", map[string]any{"format": "json"}, false, true},
		{"attached to HTML", map[string]any{"attach": true}, true, true},
		{"attached to text", map[string]any{"format": "text", "attach": true}, false, true},
		{"JSON is always attached", map[string]any{"template": "json", "format": "text"}, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			args := with(map[string]any{"template": "user", "data": map[string]any{"displayName": "Ada <Lovelace>", "n": 1}})
			maps.Copy(args, c.args)
			m := compose(t, args)
			if m.Text == "" || (m.HTML != "") != c.html || (len(m.Attachments) == 1) != c.attached {
				t.Errorf("text %q, %d bytes of HTML, %d attachments", m.Text, len(m.HTML), len(m.Attachments))
			}
			if !c.attached {
				return
			}
			want := mail.Attachment{
				Name: letter.AttachmentName, ContentType: "application/json",
				Content: []byte("{\n  \"displayName\": \"Ada <Lovelace>\",\n  \"n\": 1\n}\n"),
			}
			if diff := cmp.Diff(want, m.Attachments[0]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatCannotBeSentIsRefusedByTheArgumentsName(t *testing.T) {
	t.Parallel()
	object := map[string]any{"a": 1}
	for _, c := range []struct {
		args map[string]any
		want string
	}{
		{map[string]any{"to": nil}, "to: whom to mail is missing."},
		{map[string]any{"to": []any{}}, "to: whom to mail is missing."},
		{map[string]any{"to": ""}, "to: the address is empty, as that of an account is which the caller may not see."},
		{map[string]any{"to": "ada"}, `to: "ada" is not an e-mail address.`},
		{map[string]any{"to": 7}, "to: an address is a text such as ada@example.com, not a number."},
		{map[string]any{"to": "ada@example.com, eve@example.com"}, `to: "ada@example.com, eve@example.com" is not an e-mail address.`},
		{map[string]any{"to": "ada@example.com\r\nBcc: eve@example.com"}, `to: "ada@example.com\r\nBcc: eve@example.com" is not an e-mail address.`},
		{map[string]any{"to": []any{"ada@example.com", nil}}, "to[1]: an address is a text such as ada@example.com, not nothing."},
		{map[string]any{"to": []any{"ada@example.com", "\"Ada\u2028X: y\" <b@example.com>"}}, "to[1]: The name in an address of a message must be one line without control characters."},
		{map[string]any{"to": many(101)}, "to: a message has at most 100 recipients, not 101."},
		{map[string]any{"from": "nobody"}, `from: "nobody" is not an e-mail address.`},
		{map[string]any{"subject": "Hello\r\nBcc: eve@example.com"}, "subject: The subject of a message must be one line without control characters."},
		{map[string]any{"subject": strings.Repeat("x", 401)}, "subject: The subject of a message is longer than 400 characters."},
		{map[string]any{"subject": 1.5}, "subject: it is a text, not a number."},
		{map[string]any{"text": ""}, "text: the plain template needs it."},
		{map[string]any{"text": strings.Repeat("x", 256<<10+1)}, "text: it has 262145 bytes, more than 262144."},
		{map[string]any{"template": "card"}, `template: it is one of plain, user, table, json, not "card".`},
		{map[string]any{"template": "user"}, "data: the user template needs it."},
		{map[string]any{"template": "user", "data": []any{object}}, "data: the card of a user is made of one object, as confluence.getUser returns it, not of a list."},
		{map[string]any{"template": "table", "data": object}, "data: a table is made of a list, not of an object."},
		{map[string]any{"template": "table", "data": []any{object, "x"}}, "data[1]: a row of a table is an object, not a text."},
		{map[string]any{"template": "table", "data": []any{object}, "columns": "a"}, "columns: they are a list of texts, not a text."},
		{map[string]any{"template": "table", "data": []any{object}, "columns": []any{true}}, "columns[0]: a column is named by a text, not by true or false."},
		{map[string]any{"template": "table", "data": []any{object}, "columns": many(13)}, "columns: a table has at most 12, not 13."},
		{map[string]any{"columns": []any{"a"}}, "columns: only a table has them."},
		{map[string]any{"format": "pdf"}, `format: it is one of html, text, json, not "pdf".`},
		{map[string]any{"format": "json"}, "data: there is nothing to attach."},
		{map[string]any{"attach": "yes"}, "attach: it is true or false, not a text."},
		{map[string]any{"data": math.Inf(1), "template": "json"}, "data: it cannot be written as JSON: json: unsupported value: +Inf."},
		{map[string]any{"data": strings.Repeat("x", 4<<20), "template": "json"}, "data: as JSON it has 4194307 bytes, more than 4194304."},
		{map[string]any{"cc": "eve@example.com"}, "cc: mail.send takes no such argument."},
	} {
		_, err := letter.Compose(with(c.args))
		if kind, message := failure.Of(err); kind != failure.Invalid || message != c.want {
			t.Errorf("%v\n got %v\nwant %s", c.args, err, c.want)
		}
	}
}

func many(n int) []any {
	all := make([]any, n)
	for i := range all {
		all[i] = strings.Repeat("x", i%60+1) + "@example.com"
	}
	return all
}

func TestRecipientsAreThoseNamedEachOnce(t *testing.T) {
	t.Parallel()
	m := compose(t, with(map[string]any{
		"from": "Roster <roster@example.com>",
		"to":   []any{"Ada Lovelace <ada@example.com>", "grace@example.com", "ADA@example.com"},
	}))
	want := []mail.Address{{Name: "Ada Lovelace", Address: "ada@example.com"}, {Address: "grace@example.com"}}
	if diff := cmp.Diff(want, m.To); diff != "" || m.From != (mail.Address{Name: "Roster", Address: "roster@example.com"}) {
		t.Errorf("from %v\n%s", m.From, diff)
	}
}

func TestALongTableIsCutAndAttachedWhole(t *testing.T) {
	t.Parallel()
	rows := make([]any, 250)
	for i := range rows {
		row := map[string]any{}
		for c := range 15 {
			row["column"+string(rune('A'+c))] = strings.Repeat("wörter ", 100)
		}
		rows[i] = row
	}
	m := compose(t, map[string]any{"to": "ada@example.com", "template": "table", "data": rows})
	for _, said := range []string{m.Text, m.HTML} {
		if !strings.Contains(said, "And 150 more: all 250 are in result.json.") || !strings.Contains(said, "3 more columns are in result.json.") {
			t.Error("the letter does not say what it left out")
		}
		if len(said) > 400<<10 {
			t.Errorf("the letter has %d bytes", len(said))
		}
	}
	var attached []map[string]string
	if err := json.Unmarshal(m.Attachments[0].Content, &attached); err != nil || len(attached) != 250 || len(attached[249]) != 15 {
		t.Errorf("%d rows are attached: %v", len(attached), err)
	}
}

func TestAnEmptyTableSaysSo(t *testing.T) {
	t.Parallel()
	m := compose(t, with(map[string]any{"template": "table", "data": []any{}}))
	if m.Text != "Good day.\n\nThere are none.\n" || !strings.Contains(m.HTML, ">There are none.</p>") {
		t.Error(m.Text)
	}
}

func TestLongJSONIsCutInTheLetterAndWholeInTheAttachment(t *testing.T) {
	t.Parallel()
	m := compose(t, with(map[string]any{"template": "json", "data": []any{strings.Repeat("ü", 100_000)}}))
	if len(m.Text) > 33<<10 || !strings.Contains(m.Text, "all of it is in result.json") || len(m.Attachments[0].Content) < 200_000 {
		t.Errorf("%d bytes of text, %d attached", len(m.Text), len(m.Attachments[0].Content))
	}
}

// Whatever the words of a letter are, they are words: no element, attribute or line more than without them.
func TestNothingThatIsShownIsInterpreted(t *testing.T) {
	t.Parallel()
	for _, evil := range []string{
		`<img src=x onerror=alert(1)>`, `"><script>alert(1)</script>`, `{{.Text}} ${ .x }`, `</td></tr></table><h1>Paid</h1>`,
		`javascript:alert(1)`, `https://evil.example/`, "a\r\nBcc: eve@example.com\r\n\r\nb", "a\u202egnp.exe\u2066", "\x00\x1b[31m",
	} {
		data := map[string]any{
			"displayName": evil, "publicName": evil, "email": evil, "details": map[string]any{"personal": map[string]any{"website": evil}},
			"personalSpace": map[string]any{"name": evil}, "operations": []any{map[string]any{"operation": evil, "targetType": evil}}, evil: evil,
		}
		for _, args := range []map[string]any{
			{"template": "user", "data": data, "text": evil},
			{"template": "table", "data": []any{data}, "text": evil},
			{"template": "json", "data": data, "text": evil},
		} {
			args["to"] = "ada@example.com"
			m := compose(t, args)
			checkInert(t, m.HTML)
			for _, said := range []string{m.Text, m.HTML} {
				if strings.ContainsAny(said, "\r\x00\x1b\u202e\u2066") {
					t.Errorf("%q is in %q", evil, said)
				}
			}
		}
	}
}

// checkInert fails where HTML has an element that the templates do not have, fetches, links or runs something.
func checkInert(t *testing.T, text string) {
	t.Helper()
	known := " html head meta title style body table tbody tr th td h1 h2 p br div b bdi pre "
	tokens := html.NewTokenizer(strings.NewReader(text))
	for tokens.Next() != html.ErrorToken {
		token := tokens.Token()
		if token.Type != html.StartTagToken {
			continue
		}
		if !strings.Contains(known, " "+token.Data+" ") {
			t.Errorf("the letter has the element %s", token.Data)
		}
		for _, a := range token.Attr {
			if a.Key == "href" || a.Key == "src" || a.Key == "background" || strings.HasPrefix(a.Key, "on") || strings.Contains(a.Val, "url(") {
				t.Errorf("the letter has %s=%q", a.Key, a.Val)
			}
		}
	}
}

// A letter that was composed can be sent.
func TestWhateverIsComposedMailTakes(t *testing.T) {
	t.Parallel()
	value := rapid.Deferred(func() *rapid.Generator[any] {
		return rapid.OneOf(
			rapid.String().AsAny(), rapid.Bool().AsAny(), rapid.Int().AsAny(), rapid.Just[any](nil),
			rapid.MapOfN(rapid.SampledFrom([]string{"displayName", "operations", "details", "business", "personalSpace", "x y", "_links"}),
				rapid.String().AsAny(), 0, 4).AsAny(),
			rapid.SliceOfN(rapid.String().AsAny(), 0, 3).AsAny(),
		)
	})
	member := rapid.SampledFrom([]string{"displayName", "publicName", "operations", "details", "personalSpace", "homepage", "type", "accountId", "aB_c", ""})
	object := rapid.MapOfN(member, value, 0, 6)
	rapid.Check(t, func(t *rapid.T) {
		args := map[string]any{
			"to": "ada@example.com", "text": rapid.String().Draw(t, "text"), "subject": rapid.String().Draw(t, "subject"),
			"template": rapid.SampledFrom(letter.Templates).Draw(t, "template"), "format": rapid.SampledFrom(letter.Formats).Draw(t, "format"),
		}
		one := map[string]any{}
		maps.Copy(one, object.Draw(t, "data"))
		args["data"] = one
		if args["template"] == "table" {
			args["data"] = []any{one, map[string]any{}}
		}
		m, err := letter.Compose(args)
		if err != nil {
			if kind, _ := failure.Of(err); kind != failure.Invalid {
				t.Fatal(err)
			}
			return
		}
		m.ID, m.From, m.Delivery = "01234567-89ab-7def-8123-456789abcdef", mail.Address{Address: "roster@example.com"}, mail.AtLeastOnce
		if _, err := m.Compose(); err != nil {
			t.Fatalf("%v of %v", err, args)
		}
	})
}
