package api

import (
	"net/http"
	"strings"
)

// wellFormed is a request for each operation that succeeds where nothing stands against its caller.
var wellFormed = map[string]ask{
	"getUser":                        {path: "?accountId=" + accountID(colleague)},
	"getGroupMembershipsForUser":     {path: "?accountId=" + accountID(colleague)},
	"getBulkUserLookup":              {path: "?accountId=" + accountID(colleague)},
	"getPrivacyUnsafeUserEmail":      {path: "?accountId=" + accountID(colleague)},
	"getPrivacyUnsafeUserEmailBulk":  {path: "?accountId=" + accountID(colleague)},
	"searchUser":                     {path: "?cql=type%3Duser"},
	"getGroupByGroupId":              {path: "?id=" + groupID("Engineering")},
	"searchGroups":                   {path: "?query=eng"},
	"createGroup":                    {body: `{"name":"New"}`},
	"removeGroupById":                {path: "?id=" + groupID("empty")},
	"addUserToGroupByGroupId":        {path: "?groupId=" + groupID("empty"), body: `{"accountId":"` + accountID(colleague) + `"}`},
	"removeMemberFromGroupByGroupId": {path: "?groupId=" + groupID("empty") + "&accountId=" + accountID(colleague)},
	"createUserProperty":             {body: `{"value":{}}`},
	"updateUserProperty":             {body: `{"value":{}}`},
	"createBulkUserLookup":           {body: `{"accountIds":["` + accountID(colleague) + `"]}`},
	"checkAccessByEmail":             {body: `{"emails":["ada@example.com"]}`},
	"inviteByEmail":                  {body: `{"emails":["ada@example.com"]}`},
}

var pathValues = strings.NewReplacer(
	"{contentId}", "65539", "{labelName}", "analysis", "{spaceKey}", "~colleague",
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
