package api

import (
	"net/http"
	"strconv"
	"strings"
)

// wellFormed is a request for each operation that succeeds where nothing stands against its caller.
var wellFormed = map[string]ask{
	"getUser":                                   {path: "?accountId=" + accountID(colleague)},
	"getGroupMembershipsForUser":                {path: "?accountId=" + accountID(colleague)},
	"getBulkUserLookup":                         {path: "?accountId=" + accountID(colleague)},
	"getPrivacyUnsafeUserEmail":                 {path: "?accountId=" + accountID(colleague)},
	"getPrivacyUnsafeUserEmailBulk":             {path: "?accountId=" + accountID(colleague)},
	"searchUser":                                {path: "?cql=type%3Duser"},
	"getGroupByGroupId":                         {path: "?id=" + groupID("Engineering")},
	"searchGroups":                              {path: "?query=eng"},
	"createGroup":                               {body: `{"name":"New"}`},
	"removeGroupById":                           {path: "?id=" + groupID("empty")},
	"addUserToGroupByGroupId":                   {path: "?groupId=" + groupID("viewers"), body: `{"accountId":"` + accountID(person) + `"}`},
	"removeMemberFromGroupByGroupId":            {path: "?groupId=" + groupID("viewers") + "&accountId=" + accountID(person)},
	"createUserProperty":                        {path: "-too", body: `{"value":{}}`},
	"updateUserProperty":                        {body: `{"value":{}}`},
	"createBulkUserLookup":                      {body: `{"accountIds":["` + accountID(colleague) + `"]}`},
	"checkAccessByEmail":                        {body: `{"emails":["ada@example.com"]}`},
	"createContent":                             {body: `{"type":"page","title":"New","space":{"key":"~colleague"}}`},
	"addLabelsToContent":                        {body: `[{"prefix":"global","name":"engines"},{"name":"measured"}]`},
	"createSpace":                               {body: `{"key":"NEW","name":"New"}`},
	"removeLabelFromContentUsingQueryParameter": {path: "?name=measured"},
	"inviteByEmail":                             {body: `{"emails":["ada@example.com"]}`},
}

var pathValues = strings.NewReplacer(
	"{contentId}", strconv.Itoa(onPage), "{labelName}", onLabel, "{spaceKey}", "~colleague",
	"{id}", strconv.Itoa(onPage), "{label}", "engines",
	"{userId}", accountID(colleague), "{key}", "colour", "{groupId}", groupID("Engineering"),
)

// request is a well-formed request of an operation.
func (op *operation) request() ask {
	a := wellFormed[op.id]
	a.method, a.path = op.method(), pathValues.Replace(op.path())+a.path
	a.header = http.Header{}
	if op.needs.has(xsrf) {
		a.header.Set("X-Atlassian-Token", "no-check")
	}
	return a
}

func operationCalled(id string) *operation {
	for i := range operations {
		if operations[i].id == id {
			return &operations[i]
		}
	}
	panic("there is no operation " + id)
}
