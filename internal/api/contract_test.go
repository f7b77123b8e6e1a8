package api

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/api/contract"
)

// corrections are the differences between Roster's document and the official one, each with its reason. A key names
// an operation or a schema, what of it differs, and how.
var corrections = map[string]string{}

// comparison collects the differences between both documents.
type comparison struct {
	official *contract.Contract
	ours     *documentObject
	found    map[string]string // by key: the difference in words
	seen     map[string]bool   // pairs of schemas
}

func (c *comparison) differs(key, format string, args ...any) {
	c.found[key] = fmt.Sprintf(format, args...)
}

func TestTheTableAgreesWithTheContract(t *testing.T) {
	t.Parallel()
	c := comparison{officialContract(t), describe(operations, documentForm{}), map[string]string{}, map[string]bool{}}
	known := map[string]bool{}
	for i := range operations {
		op := &operations[i]
		known[op.id] = true
		official, ok := c.official.Operation(op.id)
		if !ok {
			c.differs(op.id, "is not in the contract")
			continue
		}
		c.operation(official, c.ours.Paths[op.path()][strings.ToLower(op.method())], op)
	}
	for _, official := range c.official.Operations {
		if !known[official.ID] {
			c.differs(official.ID, "is missing")
		}
	}
	for _, key := range slices.Sorted(maps.Keys(c.found)) {
		if corrections[key] == "" {
			t.Errorf("%s: %s", key, c.found[key])
		}
	}
	for key := range corrections {
		if c.found[key] == "" {
			t.Errorf("the correction of %s corrects nothing", key)
		}
	}
}

func officialContract(t *testing.T) *contract.Contract {
	t.Helper()
	file, err := os.Open("testdata/contract.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	c, err := contract.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// operation compares one operation: what the table says of it, and what the document makes of that.
func (c *comparison) operation(official contract.Operation, ours *operationObject, op *operation) {
	c.same(op.id+" route", official.Method+" "+official.Path, op.route)
	c.same(op.id+" tag", official.Tag, ours.Tags[0])
	c.same(op.id+" deprecated", official.Deprecated, ours.Deprecated)
	c.same(op.id+" experimental", official.Experimental, ours.Experimental)
	c.same(op.id+" connect scope", official.Connect, ours.Connect)
	c.same(op.id+" app access rule", official.Exempt != nil, len(ours.Policy) > 0)
	if official.Exempt != nil && len(ours.Policy) > 0 {
		c.same(op.id+" app access rule", *official.Exempt, ours.Policy[0].Exempt)
	}
	c.same(op.id+" current scopes", strings.Join(official.Classic, " "), inOrder(op.scopes.classic))
	c.same(op.id+" beta scopes", strings.Join(official.Granular, " "), inOrder(op.scopes.granular))
	c.security(official, ours)
	c.parameters(official, ours)
	c.statuses(official, ours, op)
	switch {
	case (official.Body != nil) != (ours.RequestBody != nil):
		c.differs(op.id+" body", "only one takes a body")
	case official.Body != nil:
		c.same(op.id+" body required", official.Body.Required, ours.RequestBody.Required)
		c.schema(official.Body.Schema, ours.RequestBody.Content[official.Body.ContentType].Schema)
	}
}

// same compares two facts of any kind.
func (c *comparison) same(key string, official, ours any) {
	if official != ours {
		c.differs(key, "officially %v, ours %v", official, ours)
	}
}

func inOrder(list string) string {
	fields := strings.Fields(list)
	slices.Sort(fields)
	return strings.Join(fields, " ")
}

// security compares the ways to show who calls. Every operation of ours also takes a token alone.
func (c *comparison) security(official contract.Operation, ours *operationObject) {
	schemes := map[string]bool{}
	for _, s := range ours.Security {
		for name := range s {
			schemes[name] = true
		}
	}
	if !schemes[bearerAuth] {
		c.differs(official.ID+" security", "takes no token")
	}
	delete(schemes, bearerAuth)
	c.same(official.ID+" security", strings.Join(official.Security, " "), strings.Join(slices.Sorted(maps.Keys(schemes)), " "))
}

// statuses compares the answers: the documented failures are those of the row, each also in our document.
func (c *comparison) statuses(official contract.Operation, ours *operationObject, op *operation) {
	row := map[int]bool{op.status: true}
	for _, f := range op.fails {
		row[f.status] = true
	}
	for _, s := range official.Statuses {
		key := official.ID + " " + strconv.Itoa(s.Code)
		c.same(key, true, row[s.Code])
		delete(row, s.Code)
		described := ours.Responses[strconv.Itoa(s.Code)]
		if described == nil {
			c.differs(key, "is not described")
			continue
		}
		for _, header := range s.Headers {
			c.same(key+" header "+header, true, described.Headers[header] != nil)
		}
		if s.Code < 300 {
			c.same(key+" body", s.Schema != "", described.Content != nil)
		}
		if s.Schema != "" && described.Content != nil {
			c.schema(s.Schema, described.Content[s.ContentType].Schema)
		}
	}
	for code := range row {
		c.differs(official.ID+" "+strconv.Itoa(code), "officially not answered")
	}
}
