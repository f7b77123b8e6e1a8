package action

import (
	"encoding/json"
	"errors"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sample takes a parameter of every type in every place.
var sample = Action{
	Name: "test.sample", Method: http.MethodPost, Path: "/wiki/thing/{id}/part/{key}",
	Parameters: []Parameter{
		{Name: "id", Type: text, In: inPath, Required: true},
		{Name: "key", Type: text, In: inPath, Required: true},
		{Name: "accountId", Type: text, In: inQuery},
		{Name: "expand", Type: list, In: inQuery, Values: []Value{{"operations", "x"}}},
		{Name: "limit", Type: integer, In: inQuery},
		{Name: "all", Type: boolean, In: inQuery},
		{Name: "status", Type: text, In: inQuery, Values: []Value{{"on", "x"}, {"off", "x"}}},
		{Name: "X-Mark", Type: text, In: inHeader},
		{Name: "title", Type: text, In: inBody},
		{Name: "emails", Type: list, In: inBody},
		{Name: "space", Type: object, In: inBody},
		{Name: "more", Type: anything, In: inBody},
	},
}

func TestArgumentsStandWhereTheRequestHasThem(t *testing.T) {
	t.Parallel()
	type with = map[string]any
	for name, tt := range map[string]struct {
		with with
		want Request
	}{
		"required alone": {with{}, Request{Query: url.Values{}}},
		"a list":         {with{"expand": []any{"operations", "personalSpace.icon"}}, Request{Query: url.Values{"expand": {"operations,personalSpace.icon"}}}},
		"a list as text": {with{"expand": "operations, details.personal,"}, Request{Query: url.Values{"expand": {"operations,details.personal"}}}},
		"an empty list":  {with{"expand": []any{}}, Request{Query: url.Values{}}},
		"numbers of a query": {
			with{"limit": float64(25), "all": "true", "accountId": "a&b=c"}, Request{Query: url.Values{"limit": {"25"}, "all": {"true"}, "accountId": {"a&b=c"}}},
		},
		"digits":              {with{"limit": "7", "all": false}, Request{Query: url.Values{"limit": {"7"}, "all": {"false"}}}},
		"a big number":        {with{"limit": big.NewInt(1 << 40)}, Request{Query: url.Values{"limit": {"1099511627776"}}}},
		"an empty text":       {with{"accountId": ""}, Request{Query: url.Values{"accountId": {""}}}},
		"null is not given":   {with{"expand": nil, "limit": nil, "space": nil}, Request{Query: url.Values{}}},
		"an ID as a number":   {with{"accountId": json.Number("65545")}, Request{Query: url.Values{"accountId": {"65545"}}}},
		"a header":            {with{"X-Mark": "x"}, Request{Query: url.Values{}, Header: http.Header{"X-Mark": {"x"}}}},
		"members of the body": {with{"title": "Ada", "emails": "a@b.example, c@d.example"}, Request{Query: url.Values{}, Body: with{"title": "Ada", "emails": []string{"a@b.example", "c@d.example"}}}},
		"objects": {
			with{"space": with{"key": "ENG"}, "more": []any{true, nil}}, Request{Query: url.Values{}, Body: with{"space": with{"key": "ENG"}, "more": []any{true, nil}}},
		},
		"an object as text": {with{"space": ` {"key":1e400}`}, Request{Query: url.Values{}, Body: with{"space": json.RawMessage(` {"key":1e400}`)}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.with["id"], tt.with["key"] = "1", "a/b c"
			tt.want.Method, tt.want.Path = http.MethodPost, "/wiki/thing/1/part/a%2Fb%20c"
			got, err := sample.Request(tt.with)
			if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
				t.Errorf("%v -want +got\n%s", err, diff)
			}
		})
	}
}

func TestABodyThatIsNoObjectIsOneArgument(t *testing.T) {
	t.Parallel()
	a := Action{Name: "test.whole", Method: http.MethodPut, Path: "/wiki/x", Parameters: []Parameter{{Name: "body", Type: anything, In: inBody, Required: true, Whole: true}}}
	got, err := a.Request(map[string]any{"body": []any{map[string]any{"name": "engine"}}})
	if diff := cmp.Diff([]any{map[string]any{"name": "engine"}}, got.Body); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

func TestAnArgumentThatDoesNotFitIsRefusedByItsName(t *testing.T) {
	t.Parallel()
	for says, with := range map[string]map[string]any{
		"takes no account":                      {"account": "ada"},
		"needs key":                             {"key": "-"},
		"key is null":                           {"key": nil},
		"accountId is no text":                  {"accountId": nil},
		"accountId is not valid UTF-8":          {"accountId": "\xff"},
		"limit is no whole number":              {"limit": 1.5},
		"all is neither true nor false":         {"all": "yes"},
		"status is none of on, off":             {"status": "open"},
		"test.sample: status is none of on":     {"status": 7},
		"expand is no list of texts":            {"expand": 1},
		"expand[0] is no text":                  {"expand": []any{true}},
		"expand[1] is empty or has a comma":     {"expand": []any{"a", "b,c"}},
		"expand[0] is empty or has a comma":     {"expand": []string{""}},
		"space is no object":                    {"space": "[1]"},
		`id: ".." cannot stand in a path`:       {"id": ".."},
		`id: "." cannot stand in a path`:        {"id": "."},
		`id: "" cannot stand in a path`:         {"id": ""},
		"test.sample: title is no text":         {"title": map[string]any{}},
		"test.sample: emails[1] is no text":     {"emails": []any{"a@b.example", nil}},
		"test.sample: limit is no whole number": {"limit": "1e3"},
	} {
		with["id"] = first(with, "id", "1")
		if with["key"] == "-" {
			delete(with, "key")
		} else {
			with["key"] = first(with, "key", "k")
		}
		if _, err := sample.Request(with); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", says, err)
		}
	}
	if err := sample.Check("limit", "many"); err == nil || err.Error() != "test.sample: limit is no whole number" {
		t.Errorf("checked alone: %v", err)
	}
	if err := errors.Join(mailSend.Check("subject", nil), mailSend.Check("to", "a@b.example"), sample.Check("expand", nil)); err != nil {
		t.Errorf("what is given, or counts as not given: %v", err)
	}
	if _, err := mailSend.Request(nil); err == nil {
		t.Error("mail is a request of HTTP")
	}
}

func first(with map[string]any, name string, otherwise any) any {
	if value, ok := with[name]; ok {
		return value
	}
	return otherwise
}

// Whatever is given for a path's parameter, the request is for the same place, and the server reads what was given.
func FuzzARequestNeverLeavesItsPath(f *testing.F) {
	for _, s := range []string{"", ".", "..", "/", "../../admin", "%2e%2e", "%2F", "a/b", "?x=1", "#", "{key}", "\x00", "\\..\\", "a;b", "日本", "\xff", " "} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, id, key string) {
		r, err := sample.Request(map[string]any{"id": id, "key": key})
		if err != nil {
			return
		}
		u, err := url.Parse("https://site.example" + r.Path)
		if err != nil || u.RawQuery != "" || u.Fragment != "" || u.Host != "site.example" || strings.Contains(r.Path, "?") || strings.Contains(r.Path, "#") {
			t.Fatalf("%q and %q make %q (%v)", id, key, r.Path, err)
		}
		segments := strings.Split(r.Path, "/")
		if len(segments) != 6 || segments[1] != "wiki" || segments[2] != "thing" || segments[4] != "part" {
			t.Fatalf("%q and %q make %q", id, key, r.Path)
		}
		for i, want := range map[int]string{3: id, 5: key} {
			if got, err := url.PathUnescape(segments[i]); err != nil || got != want || got == "." || got == ".." || got == "" {
				t.Fatalf("%q is read as %q (%v)", want, got, err)
			}
		}
	})
}
