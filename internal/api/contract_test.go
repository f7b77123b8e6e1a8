package api

import (
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/api/contract"
)

// corrections are the differences between Roster's document and the official one, each with its reason. A key is a
// pattern as of [path.Match]; it names an operation or a schema, what of it differs, and how.
var corrections = map[string]string{
	"*dminKey security":                   "Officially silent. It takes the same credentials as everything else, but for tokens with scopes.",
	"getPrivacyUnsafeUserEmail* security": "Officially silent. An approved app shows an API token of its own.",

	"add*Watcher X-Atlassian-Token":     "Officially declared for three of the six writes, and said in words of all.",
	"remove*Watch* X-Atlassian-Token":   "Officially declared for three of the six writes, and said in words of all.",
	"* expand enum":                     "We also expand details, and say of the search what can be expanded.",
	"getBulkUserLookup limit":           "The older contract had it; clients still send it.",
	"getBulkUserLookup accountId type":  "Officially a string that holds a list.",
	"getBulkUserLookup accountId style": "Officially a string that holds a list.",
	"getGroups accessType default":      "Officially null, which is to say none.",
	"enableAdminKey.request.* bounds":   "Officially said in words only.",
	"getGroupMembershipsForUser 404":    "Officially silent on users who do not exist.",
	"getGroupMembersByGroupId 404":      "Officially silent on groups that do not exist.",

	"*.userKey":                             "No longer sent by any site.",
	"*.username":                            "No longer sent by any site.",
	"*.locale":                              "Sites send it, and clients read it.",
	"*.accountStatus":                       "Sites send it, and clients read it.",
	"*.details deprecated":                  "Sites no longer fill it.",
	"UserDetails.* deprecated":              "Sites no longer fill it.",
	"UsersUserKeys.userKeys deprecated":     "Sites no longer fill it.",
	"BulkUserLookup.* required":             "One type for two schemas, of which one requires little. All of these are always sent.",
	"BulkUserLookup.accountType enum":       "One type for two schemas, of which one lists the values.",
	"BulkUserLookup.externalCollaborator":   "One type for two schemas, of which one has it. A bulk lookup leaves it out.",
	"GroupArray.* required":                 "One type for two schemas, of which one requires less.",
	"SuperBatchWebResources.*._expandable":  "One type for two schemas, of which one has it.",
	"UserAnonymous.type enum":               "There is one value.",
	"checkAccessByEmail.200.noAccessEmails": "Some sites send it; ours do so where they answer as observed.",
	"v2.User.personalSpaceId nullable":      "Null is sent where there is none.",
	"v2.User.timeZone nullable":             "Null is sent where it is hidden.",
}

// correction finds the pattern that a key matches; empty if there is none.
func correction(key string) string {
	for _, pattern := range slices.Sorted(maps.Keys(corrections)) {
		if ok, _ := path.Match(pattern, key); ok {
			return pattern
		}
	}
	return ""
}

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
		if op.tag == tagContent || op.tag == tagSpace {
			continue // the contract holds the user part alone
		}
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
	used := map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(c.found)) {
		if pattern := correction(key); pattern != "" {
			used[pattern] = true
		} else {
			t.Errorf("%s: %s", key, c.found[key])
		}
	}
	for pattern := range corrections {
		if !used[pattern] {
			t.Errorf("the correction of %s corrects nothing", pattern)
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
