package api

import "strings"

// The examples are of the demo site, where every sample works as it stands.
const (
	exampleUser     = "557058:1f28fbb3-0b59-5ecb-91a9-103a8022efb1"
	exampleOther    = "5b10408a563ad95fc803e2a5"
	exampleGroup    = "95fc1a87-ba5f-5e72-9b7b-d8d2d6c6a8bd"
	exampleOldGroup = "e3edcbf3-cca3-5306-87e6-0e4bec082595"
	exampleContent  = "65545"
)

// exampleValues are the values of parameters by their names, where an operation has none of its own.
var exampleValues = map[string]string{
	"accountId": exampleUser, "userId": exampleUser, "groupId": exampleGroup, "contentId": exampleContent, "id": exampleContent,
	"spaceKey": "SCI", "labelName": "engine", "label": "engine", "name": "engine", "key": "theme",
	"cql": `user.fullname ~ "ada"`, "query": "engineer",
}

// example is what a sample of one operation asks for.
type example struct {
	values map[string]string // of parameters, those that need not be given included
	more   map[string]string // a second value of a list
	expand string            // separated by spaces
	shows  string            // what is in the answer as if it had been expanded
	whole  bool              // in Pascal it asks for everything that there is
	body   string            // JSON
	sdk    string            // the SDK's method, with the names of parameters in braces for their values
}

// Samples of bulk lookups ask for all the usual parts of spaces and content, others for some.
const partsOfUsers = "operations details.personal details.business "

// below puts a prefix before each name of a list.
func below(prefix, names string) string {
	return prefix + strings.Join(strings.Fields(names), " "+prefix)
}

// examples are by operation ID. An operation that needs nothing but its parameters' usual values need not be here.
var examples = map[string]example{
	"getUser":                    {whole: true, expand: partsOfUsers + below("personalSpace.", partsOfSpaces), sdk: `Users.Get(ctx, {accountId}, expand...)`},
	"getAnonymousUser":           {expand: "operations", sdk: `Users.Anonymous(ctx, expand...)`},
	"getCurrentUser":             {expand: partsOfUsers + "personalSpace.icon", sdk: `Users.Current(ctx, expand...)`},
	"getGroupMembershipsForUser": {values: map[string]string{"limit": "200"}, sdk: `Users.MemberOfPage(ctx, {accountId}, confluence.PageOptions{Limit: 200})`},
	"getBulkUserLookup": {
		more:   map[string]string{"accountId": exampleOther},
		expand: partsOfUsers + below("personalSpace.", partsOfSpaces+" "+below("homepage.", partsOfContent)),
	},
	"getPrivacyUnsafeUserEmail":     {sdk: `Users.Email(ctx, {accountId})`},
	"getPrivacyUnsafeUserEmailBulk": {more: map[string]string{"accountId": exampleOther}},
	"searchUser": {
		values: map[string]string{"limit": "25"}, expand: "operations personalSpace",
		sdk: `Users.SearchPage(ctx, {cql}, confluence.SearchOptions{Limit: 25, Expand: expand})`,
	},

	"addContentWatcher":    {sdk: `Watches.Content({contentId}).Add(ctx)`},
	"removeContentWatcher": {sdk: `Watches.Content({contentId}).Remove(ctx)`},
	"addLabelWatcher":      {sdk: `Watches.Label({labelName}).Add(ctx)`},
	"removeLabelWatcher":   {sdk: `Watches.Label({labelName}).Remove(ctx)`},
	"addSpaceWatcher":      {sdk: `Watches.Space({spaceKey}).Add(ctx)`},
	"removeSpaceWatch":     {sdk: `Watches.Space({spaceKey}).Remove(ctx)`},

	"getUserProperties":  {values: map[string]string{"limit": "25"}, sdk: `Properties.ListPage(ctx, {userId}, confluence.PageOptions{Limit: 25})`},
	"getUserProperty":    {sdk: `Properties.Get(ctx, {userId}, {key})`},
	"createUserProperty": {body: `{"value":{"colour":"purple"}}`, sdk: `Properties.Create(ctx, {userId}, {key}, map[string]any{"colour": "purple"})`},
	"updateUserProperty": {body: `{"value":{"colour":"green"}}`, sdk: `Properties.Update(ctx, {userId}, {key}, map[string]any{"colour": "green"})`},
	"deleteUserProperty": {sdk: `Properties.Delete(ctx, {userId}, {key})`},

	"getGroups":         {values: map[string]string{"limit": "200"}, sdk: `Groups.ListPage(ctx, confluence.GroupListOptions{Limit: 200})`},
	"createGroup":       {body: `{"name":"samples"}`, sdk: `Groups.Create(ctx, "samples")`},
	"getGroupByGroupId": {values: map[string]string{"id": exampleGroup}, sdk: `Groups.Get(ctx, {id})`},
	"removeGroupById":   {values: map[string]string{"id": exampleOldGroup}, sdk: `Groups.Delete(ctx, {id})`},
	"searchGroups": {
		values: map[string]string{"limit": "200", "shouldReturnTotalSize": "true"},
		sdk:    `Groups.PickerPage(ctx, {query}, confluence.PageOptions{Limit: 200, TotalSize: true})`,
	},
	"getGroupMembersByGroupId": {
		values: map[string]string{"limit": "200"}, expand: "operations personalSpace",
		sdk: `Groups.MembersPage(ctx, {groupId}, confluence.PageOptions{Limit: 200, Expand: expand})`,
	},
	"addUserToGroupByGroupId":        {body: `{"accountId":"` + exampleOther + `"}`, sdk: `Groups.AddMember(ctx, {groupId}, "` + exampleOther + `")`},
	"removeMemberFromGroupByGroupId": {values: map[string]string{"accountId": exampleOther}, sdk: `Groups.RemoveMember(ctx, {groupId}, {accountId})`},

	"createBulkUserLookup": {body: `{"accountIds":["` + exampleUser + `","` + exampleOther + `"]}`},
	"checkAccessByEmail":   {body: `{"emails":["ada.lovelace@example.com","nobody@example.com"]}`, sdk: `Users.CheckAccess(ctx, []string{"ada.lovelace@example.com", "nobody@example.com"})`},
	"inviteByEmail":        {body: `{"emails":["nobody@example.com"]}`, sdk: `Users.Invite(ctx, []string{"nobody@example.com"})`},
	"getAdminKey":          {sdk: `AdminKey.Get(ctx)`},
	"enableAdminKey":       {body: `{"durationInMinutes":10}`, sdk: `AdminKey.Enable(ctx, 10)`},
	"disableAdminKey":      {sdk: `AdminKey.Disable(ctx)`},

	"getContent": {
		values: map[string]string{"spaceKey": "SCI", "limit": "25"}, expand: "space version",
		sdk: `Content.ListPage(ctx, confluence.ContentListOptions{PageOptions: confluence.PageOptions{Limit: 25, Expand: expand}, SpaceKey: {spaceKey}})`,
	},
	"createContent": {
		shows: "space history version",
		body:  `{"type":"page","title":"Samples","space":{"key":"SCI"},"body":{"storage":{"value":"<p>Hello.</p>","representation":"storage"}}}`,
	},
	"getContentById":         {expand: "space history.lastUpdated version ancestors operations body.storage body.view metadata.labels", sdk: `Content.Get(ctx, {id}, expand...)`},
	"addLabelsToContent":     {body: `[{"prefix":"global","name":"samples"}]`},
	"getWatchesForPage":      {values: map[string]string{"limit": "200"}, sdk: `Watches.OfContentPage(ctx, {id}, confluence.PageOptions{Limit: 200})`},
	"getWatchesForSpace":     {values: map[string]string{"limit": "200"}, sdk: `Watches.OfSpaceOfPage(ctx, {id}, confluence.PageOptions{Limit: 200})`},
	"removeLabelFromContent": {values: map[string]string{"label": "samples"}},
	"deleteContent":          {sdk: `Content.Delete(ctx, {id})`},
	"getSpaces":              {values: map[string]string{"type": "global", "limit": "25"}, expand: "icon description.plain"},
	"createSpace":            {shows: "description.plain", body: `{"key":"SAMPLES","name":"Samples","description":{"plain":{"value":"Made by a sample.","representation":"plain"}}}`},
	"getSpace":               {expand: "icon description.plain description.view metadata.labels operations permissions.subjects.user permissions.subjects.group settings theme history homepage", sdk: `Spaces.Get(ctx, {spaceKey}, expand...)`},
	"getWatchersForSpace":    {values: map[string]string{"limit": "200"}, sdk: `Watches.OfSpacePage(ctx, {spaceKey}, confluence.PageOptions{Limit: 200})`},
	"deleteSpace":            {sdk: `Spaces.Delete(ctx, {spaceKey})`},
	"getContentWatchStatus":  {},
	"isWatchingLabel":        {},
	"isWatchingSpace":        {},
	"getLabelsForContent":    {},
	"removeLabelFromContentUsingQueryParameter": {sdk: `Content.RemoveLabel(ctx, {id}, {name})`},
}
