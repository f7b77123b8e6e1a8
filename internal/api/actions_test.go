package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/action"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

func TestEveryOperationIsAnActionWithItsEffect(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	seen := map[string]bool{}
	for _, a := range everyAction() {
		does := "reads"
		switch {
		case a.Effect && a.Repeatable:
			does = "changes, repeatable"
		case a.Effect:
			does = "changes"
		}
		names := make([]string, len(a.Parameters))
		for i, p := range a.Parameters {
			if names[i] = p.Name; p.Required {
				names[i] += "*"
			}
		}
		fmt.Fprintf(&out, "%s (%s) %s\n", a.Name, does, strings.Join(names, " "))
		if seen[a.Name] {
			t.Errorf("%s stands twice", a.Name)
		}
		seen[a.Name] = true
	}
	golden(t, "actions.golden", out.String())
}

func TestNothingOfAnActionLacksItsWords(t *testing.T) {
	t.Parallel()
	reference := regexp.MustCompile(`^https://developer\.atlassian\.com/cloud/confluence/rest/(v1/api-group-[a-z-]+/#api-wiki-rest-api-|v2/api-group-[a-z-]+/#api-)[a-z-]+-(get|post|put|delete)$`)
	used := map[string]bool{}
	for _, a := range everyAction() {
		if a.Title == "" || a.Description == "" || !json.Valid(a.Example) || len(a.Parameters) > 0 && a.Parameters[0].Label == "" {
			t.Errorf("%s says too little: %+v", a.Name, a)
		}
		if a.Connection == "confluence" && (a.Permission == "" || !reference.MatchString(a.Reference) || strings.Contains(a.Permission, "experimental")) {
			t.Errorf("%s: %q, %q", a.Name, a.Permission, a.Reference)
		}
		names := map[string]bool{}
		for _, p := range a.Parameters {
			if names[p.Name] || p.Label == "" || p.Help == "" || p.In == "header" {
				t.Errorf("%s: %+v", a.Name, p)
			}
			names[p.Name] = true
			for _, v := range p.Values {
				used[p.Name+" "+v.Value] = true
				if v.Help == "" {
					t.Errorf("%s: %s may be %s, and nothing says what that means", a.Name, p.Name, v.Value)
				}
			}
		}
	}
	for name, values := range valueWords {
		for value := range values {
			if !used[name+" "+value] {
				t.Errorf("no parameter %s takes %s", name, value)
			}
		}
	}
	ids := map[string]bool{}
	for i := range operations {
		ids[operations[i].id] = true
	}
	for _, id := range slices.Concat(keysOf(purposes), keysOf(remarks), keysOf(mistakes), keysOf(bodies), keysOf(effects)) {
		if !ids[id] {
			t.Errorf("there is no operation %s", id)
		}
	}
}

func keysOf[V any](m map[string]V) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}

func TestTheLabelOfAParameterIsItsNameInWords(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"accountId": "Account ID", "expand": "Expand", "id": "ID", "cql": "CQL", "shouldReturnTotalSize": "Should return total size", "accountIds": "Account IDs",
	} {
		if got := label(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
}

func TestTheParametersOfAnActionAreThoseOfTheDocument(t *testing.T) {
	t.Parallel()
	b := &documentBuilder{documentForm{}, map[string]*schemaObject{}, map[string]*parameterObject{}, map[string]*responseObject{}}
	for i := range operations {
		op := &operations[i]
		o := b.operation(op)
		var want, got []string
		for _, p := range o.Parameters {
			if p.Name != "X-Atlassian-Token" {
				want = append(want, fmt.Sprintf("%s %s %s %v %v", p.In, p.Name, p.Schema.Type, p.Required, p.Schema.Default))
			}
		}
		if o.RequestBody != nil {
			want = append(want, bodyOf(b, o.RequestBody)...)
		}
		for _, p := range op.action().Parameters {
			def := p.Default
			if p.In == "body" {
				def = nil
			}
			got = append(got, fmt.Sprintf("%s %s %s %v %v", p.In, p.Name, p.Type, p.Required, def))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -document +action\n%s", op.id, diff)
		}
	}
}

// bodyOf is a body as the parameters that it should be: its members, or itself where it is a list.
func bodyOf(b *documentBuilder, body *bodyObject) (list []string) {
	resolved := func(s *schemaObject) *schemaObject {
		if len(s.AllOf) == 1 {
			s = s.AllOf[0]
		}
		if s.Ref != "" {
			s = b.schemas[baseName(s.Ref)]
		}
		return s
	}
	s := resolved(body.Content[jsonType].Schema)
	if s.Type == "array" {
		return []string{fmt.Sprintf("body body any %v <nil>", body.Required)}
	}
	for _, m := range s.Properties {
		is := resolved(m.schema)
		kind := is.Type
		if kind == "array" && resolved(is.Items).Type != "string" {
			kind = "any"
		}
		list = append(list, fmt.Sprintf("body %s %v %v <nil>", m.name, kind, slices.Contains(s.Required, m.name)))
	}
	return list
}

func TestEveryFieldOfAnExampleSaysWhatItMeans(t *testing.T) {
	t.Parallel()
	for _, a := range everyAction() {
		var out any
		if err := json.Unmarshal(a.Example, &out); err != nil {
			t.Errorf("%s: %v", a.Name, err)
		}
		each(a.Name, out, func(path string, value any) {
			if text, ok := value.(string); (!ok || len(text) < 5) && a.Answers() {
				t.Errorf("%s means %v", path, value)
			}
		})
	}
	user, _ := Actions().Named("confluence.getUser")
	var in struct {
		AccountID, IsGuest string
		ProfilePicture     struct{ Width string }
		Details            struct{ Business struct{ Position string } }
		PersonalSpace      struct {
			ID       string
			Homepage struct{ Title string }
		}
	}
	if err := json.Unmarshal(user.Example, &in); err != nil {
		t.Fatal(err)
	}
	space := in.PersonalSpace
	if space.Homepage.Title != "The title of the content." || in.AccountID != "The account's permanent, opaque ID." || in.Details.Business.Position == "" ||
		in.IsGuest == "" || in.ProfilePicture.Width == "" || space.ID == "" {
		t.Errorf("%+v", in)
	}
	if !strings.HasPrefix(string(user.Example), `{"_expandable":{`) {
		t.Error("the members are not in order")
	}
}

// each tells of every value of some JSON with its place.
func each(path string, value any, tell func(path string, value any)) {
	switch v := value.(type) {
	case map[string]any:
		for name, below := range v {
			each(path+"."+name, below, tell)
		}
	case []any:
		for _, below := range v {
			each(path+"[]", below, tell)
		}
	default:
		tell(path, value)
	}
}

func TestTheRequestOfEveryActionIsForItsOperation(t *testing.T) {
	t.Parallel()
	rt := newRouter(operations)
	some := map[string]any{"string": "1", "integer": 1, "boolean": true, "array": []any{"a", "b"}, "object": map[string]any{}, "any": []any{}}
	for i, a := range Actions() {
		with := map[string]any{}
		for _, p := range a.Parameters {
			if with[p.Name] = some[p.Type]; p.Type == "string" && len(p.Values) > 0 {
				with[p.Name] = p.Values[0].Value
			}
		}
		r, err := a.Request(with)
		if err != nil {
			t.Errorf("%s: %v", a.Name, err)
			continue
		}
		op, _, _, err := rt.find(r.Method, r.Path)
		if err != nil || op != &operations[i] || (r.Body != nil) != (op.serve.params.body != nil) {
			t.Errorf("%s: %s %s finds %v (%v)", a.Name, r.Method, r.Path, op, err)
		}
	}
}

func TestTheCatalogueIsServedToEverybody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, fidelity := range bothFidelities {
			s := newSite(t, d, inFidelity(fidelity), with("anonymousAccess", "false"))
			var list struct{ Results []action.Action }
			got := s.get("", "/actions")
			if err := json.Unmarshal([]byte(got.body), &list); err != nil || got.status != http.StatusOK || got.header.Get("Content-Type") != jsonType ||
				len(list.Results) != len(everyAction()) || list.Results[0].Example != nil || got.header.Get("Vary") != "Accept" {
				t.Errorf("%d %v %v", got.status, got.header, err)
			}
			var one action.Action
			got = s.get("", "/actions/confluence.getUser")
			want, _ := Actions().Named("confluence.getUser")
			if err := json.Unmarshal([]byte(got.body), &one); err != nil || string(one.Example) != string(want.Example) || one.Parameters[0].Label != "Account ID" {
				t.Errorf("%d %v %v", got.status, got.header, err)
			}
			again := s.ask(ask{path: "/actions/confluence.getUser", header: http.Header{"If-None-Match": {got.header.Get("ETag")}}})
			if again.status != http.StatusNotModified || again.body != "" {
				t.Errorf("again: %d", again.status)
			}
			for _, path := range []string{"/actions/", "/actions/confluence.nothing", "/actions/a%2Fb", "/actions/getUser", "/actions/%ff"} {
				got := s.get("", path)
				var said confluence.ErrorV1
				if err := json.Unmarshal([]byte(got.body), &said); err != nil || got.status != 404 || said.StatusCode != 404 || !strings.Contains(said.Message, "no action") {
					t.Errorf("%s: %d %s", path, got.status, got.body)
				}
			}
			if got := s.get("", "/actionsx"); got.status != 404 || strings.Contains(got.body, "no action") {
				t.Errorf("beside it: %d %s", got.status, got.body)
			}
		}
	})
}
