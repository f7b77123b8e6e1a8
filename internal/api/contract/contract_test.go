package contract_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/api/contract"
)

func committed(t *testing.T) (*contract.Contract, []byte) {
	t.Helper()
	text, err := os.ReadFile("../testdata/contract.tsv")
	if err != nil {
		t.Fatal(err)
	}
	c, err := contract.Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return c, text
}

func TestTheCommittedTableHasTheWellKnownOperations(t *testing.T) {
	t.Parallel()
	c, _ := committed(t)
	if len(c.Operations) != 36 {
		t.Errorf("%d operations, want 36", len(c.Operations))
	}
	got, ok := c.Operation("removeContentWatcher")
	want := contract.Operation{
		ID: "removeContentWatcher", Method: "DELETE", Path: "/wiki/rest/api/user/watch/content/{contentId}",
		Tag: "Content watches", Connect: "WRITE", Exempt: new(false),
		Classic: []string{"write:confluence-content"}, Granular: []string{"write:watcher:confluence"},
		Security: []string{"basicAuth", "oAuthDefinitions"},
		Params: []contract.Param{
			{Name: "X-Atlassian-Token", In: "header", Type: "string", Required: true, Default: "no-check"},
			{Name: "accountId", In: "query", Type: "string"},
			{Name: "contentId", In: "path", Type: "string", Required: true},
			{Name: "key", In: "query", Type: "string", Deprecated: true},
			{Name: "username", In: "query", Type: "string", Deprecated: true},
		},
		Statuses: []contract.Status{{Code: 204}, {Code: 403}, {Code: 404}},
	}
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	bulk, _ := c.Operation("createBulkUserLookup")
	if diff := cmp.Diff(&contract.Body{"application/json", "createBulkUserLookup.request", true}, bulk.Body); diff != "" {
		t.Errorf("body of users-bulk: -want +got\n%s", diff)
	}
	if s, ok := bulk.Status(200); !ok || s.Schema != "MultiEntityResult<User>" || len(s.Headers) != 1 {
		t.Errorf("answer of users-bulk: %+v", s)
	}
	if limit, ok := mustOperation(t, c, "getUserProperties").Param("limit"); !ok || limit.Default != "5" || limit.Max != "25" {
		t.Errorf("limit of the property list: %+v", limit)
	}
	if key := mustOperation(t, c, "getAdminKey"); key.Exempt != nil || key.Security != nil {
		t.Errorf("what is not described of the admin key is there: %+v", key)
	}
	if _, ok := c.Operation("getUserByKey"); ok {
		t.Error("an operation that is not there is found")
	}
}

func mustOperation(t *testing.T, c *contract.Contract, id string) contract.Operation {
	t.Helper()
	o, ok := c.Operation(id)
	if !ok {
		t.Fatalf("no operation %s", id)
	}
	return o
}

func TestTheCommittedTableHasTheWellKnownSchemas(t *testing.T) {
	t.Parallel()
	c, _ := committed(t)
	for _, want := range []struct {
		schema string
		member contract.Member
	}{
		{"User", contract.Member{Name: "type", Type: "string", Required: true, Enum: []string{"known", "unknown", "anonymous", "user"}}},
		{"User", contract.Member{Name: "accountType", Type: "string", Enum: []string{"atlassian", "app", ""}}},
		{"User", contract.Member{Name: "profilePicture", Type: "Icon", Nullable: true}},
		{"User", contract.Member{Name: "isExternalCollaborator", Type: "boolean", Deprecated: true}},
		{"User", contract.Member{Name: "_expandable.personalSpace", Type: "string"}},
		{"User", contract.Member{Name: "*", Type: "any"}},
		{"UserPropertyCreate", contract.Member{Name: "*", Type: "none"}},
		{"UserPropertyKeyArray", contract.Member{Name: "results[].key", Type: "string"}},
		{"GroupArrayWithLinks", contract.Member{Name: "totalSize", Type: "int64", Format: "int64", Default: "0"}},
		{"UsersUserKeys", contract.Member{Name: "userAccountIds", Type: "any", Required: true}},
		{"v2.User", contract.Member{Name: "profilePicture", Type: "v2.Icon", Nullable: true}},
		{"inviteByEmail.request", contract.Member{Name: "emails", Type: "array<string>", Required: true, Min: "1", Max: "100"}},
	} {
		s, ok := c.Schema(want.schema)
		if !ok {
			t.Errorf("no schema %s", want.schema)
			continue
		}
		got, _ := s.Member(want.member.Name)
		if diff := cmp.Diff(want.member, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", want.schema, diff)
		}
	}
	if s, _ := c.Schema("User"); s.Root.Type != "object" || !s.Root.Nullable {
		t.Errorf("the root of User is %+v", s.Root)
	}
}

func TestEveryNamedSchemaIsThere(t *testing.T) {
	t.Parallel()
	c, _ := committed(t)
	named := map[string]string{}
	for _, o := range c.Operations {
		if o.Body != nil {
			named[o.Body.Schema] = o.ID
		}
		for _, s := range o.Statuses {
			named[s.Schema] = o.ID
		}
	}
	delete(named, "") // answers without a body
	for name, by := range named {
		if _, ok := c.Schema(name); !ok {
			t.Errorf("%s names %s, which is not there", by, name)
		}
	}
}

func TestWhatWasReadIsWrittenWithTheSameBytes(t *testing.T) {
	t.Parallel()
	c, text := committed(t)
	var b bytes.Buffer
	if err := c.Write(&b); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(text), b.String()); diff != "" {
		t.Errorf("-read +written\n%s", diff)
	}
}

func TestATableThatIsNoContractIsRefused(t *testing.T) {
	t.Parallel()
	const op = "op\tget\tGET\t/\tUsers\tfalse\tfalse\tREAD\ttrue\t-\t-\t-\n"
	for name, text := range map[string]string{
		"unknown kind":            "verb\tget\n",
		"too few columns":         "op\tget\tGET\n",
		"no boolean":              strings.Replace(op, "false", "maybe", 1),
		"no number":               op + "status\tget\ttwo\t-\t-\t-\n",
		"an operation twice":      op + op,
		"facts without operation": "body\tget\t-\t-\ttrue\n",
		"members without schema":  "schema\tUser\tid\tstring\tfalse\tfalse\t-\t-\tfalse\t-\t-\t-\n",
	} {
		if _, err := contract.Read(strings.NewReader(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := contract.Read(strings.NewReader("# a remark\n\n" + op)); err != nil {
		t.Error(err)
	}
}

func TestTextThatWouldBreakTheTableIsNotWritten(t *testing.T) {
	t.Parallel()
	for _, tag := range []string{"a\tb", "a\nb"} {
		c := contract.Contract{Operations: []contract.Operation{{ID: "get", Method: "GET", Tag: tag}}}
		if err := c.Write(&bytes.Buffer{}); err == nil {
			t.Errorf("%q is written", tag)
		}
	}
}
