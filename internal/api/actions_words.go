package api

import (
	"reflect"
	"slices"
	"strings"

	"github.com/rosterhq/roster/confluence"
)

// What the table does not say of operations and their parameters, in words. A test holds that nothing lacks them.

// purposes say what an operation does. What else is worth knowing of it is in remarks.
var purposes = map[string]string{
	"getUser":                       "Returns a user: names, account ID, picture and more, as far as the user shows them to the caller.",
	"getAnonymousUser":              "Returns how people without an account are shown, with their picture and name.",
	"getCurrentUser":                "Returns the user who calls.",
	"getGroupMembershipsForUser":    "Returns the groups that a user is in, a page at a time.",
	"getBulkUserLookup":             "Returns several users at once, by their account IDs, in the order asked for. IDs that nobody has are left out.",
	"getPrivacyUnsafeUserEmail":     "Returns a user's e-mail address, whether or not the user shows it to others.",
	"getPrivacyUnsafeUserEmailBulk": "Returns the e-mail addresses of several users, whether or not they show them to others.",
	"searchUser":                    "Returns the users that a query finds, a page at a time. Nobody is found by a name that is hidden from the caller.",

	"getContentWatchStatus": "Tells whether a user watches a piece of content.",
	"addContentWatcher":     "Makes a user watch a piece of content. Watching it already is fine.",
	"removeContentWatcher":  "Ends that a user watches a piece of content. Not watching it is fine.",
	"isWatchingLabel":       "Tells whether a user watches a label.",
	"addLabelWatcher":       "Makes a user watch a label. Watching it already is fine.",
	"removeLabelWatcher":    "Ends that a user watches a label. Not watching it is fine.",
	"isWatchingSpace":       "Tells whether a user watches a space.",
	"addSpaceWatcher":       "Makes a user watch a space. Watching it already is fine.",
	"removeSpaceWatch":      "Ends that a user watches a space. Not watching it is fine.",

	"getUserProperties":  "Returns the keys of the properties that apps keep with a user, a page at a time.",
	"getUserProperty":    "Returns a property of a user with its value.",
	"updateUserProperty": "Replaces the value of a property that a user has.",
	"createUserProperty": "Adds a property to a user. One that the user has already is not replaced.",
	"deleteUserProperty": "Deletes a property of a user.",

	"getGroups":                      "Returns the groups of the site in the order of their names, a page at a time.",
	"createGroup":                    "Makes a group. Its name must be new.",
	"getGroupByGroupId":              "Returns a group.",
	"removeGroupById":                "Deletes a group. Its members stay.",
	"searchGroups":                   "Returns the groups whose name has a text in it, in the order of their names, a page at a time.",
	"getGroupMembersByGroupId":       "Returns the members of a group, a page at a time.",
	"addUserToGroupByGroupId":        "Makes a user a member of a group.",
	"removeMemberFromGroupByGroupId": "Takes a user out of a group.",

	"createBulkUserLookup": "Returns several users at once, by their account IDs, in the form of version 2 and in the order asked for.",
	"checkAccessByEmail":   "Tells which of some e-mail addresses belong to nobody who can use the site.",
	"inviteByEmail":        "Invites people to the site by e-mail.",

	"getAdminKey":     "Returns the caller's admin key, if one is in force.",
	"enableAdminKey":  "Gives the caller an admin key, which for a while lets them read content that is hidden from them.",
	"disableAdminKey": "Ends the caller's admin key before its time.",

	"getContent":          "Returns content that the caller may see, a page at a time.",
	"createContent":       "Makes content in a space. Whoever makes it watches it.",
	"getContentById":      "Returns a piece of content.",
	"getLabelsForContent": "Returns the labels of a piece of content.",
	"addLabelsToContent":  "Adds labels to a piece of content. Those that it has already stay.",
	"removeLabelFromContentUsingQueryParameter": "Takes a label off a piece of content. The label may have a slash in it.",
	"removeLabelFromContent":                    "Takes a label off a piece of content.",
	"getWatchesForPage":                         "Returns who watches a piece of content, a page at a time.",
	"getWatchesForSpace":                        "Returns who watches the space that a piece of content is in, a page at a time.",
	"deleteContent":                             "Puts a piece of content into the trash, or deletes for good what is there.",

	"getSpaces":           "Returns the spaces that the caller may see, a page at a time.",
	"createSpace":         "Makes a space.",
	"getSpace":            "Returns a space.",
	"getWatchersForSpace": "Returns who watches a space, a page at a time.",
	"deleteSpace":         "Deletes a space with all that is in it.",
}

// remarks say what else is worth knowing of an operation, each in a sentence or two.
var remarks = map[string][]string{
	"getUser": {
		"What the user hides from the caller is empty or null, and the name is then the public name.",
		"Users are added, edited and deleted on the pages of the site or with the command roster account, not by this API.",
	},
	"getCurrentUser":             {"An anonymous caller, where the site lets them in, gets what getAnonymousUser returns."},
	"getGroupMembershipsForUser": {"The groups are in the order of their IDs."},
	"getBulkUserLookup": {
		"Of more IDs than the site's cap, which is 100 unless an administrator sets another, the first are looked up and the others are left out. The cap is the limit of the answer.",
		"An ID that is given twice is answered once.",
	},
	"getPrivacyUnsafeUserEmail": {"It is recorded that the address was told.", "Somebody without an address is answered for as if there were no such user."},
	"getPrivacyUnsafeUserEmailBulk": {
		"It is recorded that each address was told.",
		"Users that do not exist or have no address are left out, and so are those beyond the site's cap, which is 100 unless an administrator sets another.",
	},
	"searchUser": {"Inactive and closed accounts are not found, nor is anybody by a field that people do not have.", "A search finds 10,000 people at most."},

	"isWatchingLabel": {labelRemark},
	"addLabelWatcher": {labelRemark},

	"getUserProperties":  {"Properties belong to the whole site, not to a space or a piece of content.", "Only the keys are listed: getUserProperty returns a value."},
	"updateUserProperty": {"A property that is not there is not made."},
	"createUserProperty": {"An app can keep up to 100 properties with a user, unless the site sets another limit."},

	"createGroup":                    {"Names that differ only in case are the same name."},
	"removeGroupById":                {"It is refused where nobody would be left to administer the site."},
	"getGroupMembersByGroupId":       {"The members are in the order of their account IDs. Those who are deactivated are left out."},
	"addUserToGroupByGroupId":        {"Somebody who is a member already stays one, with the same answer."},
	"removeMemberFromGroupByGroupId": {"Somebody who is no member is answered for in the same way, with 204.", "It is refused where nobody would be left to administer the site."},

	"createBulkUserLookup": {"IDs that nobody has are left out, so results may be empty. An ID that is given twice is answered once."},
	"checkAccessByEmail":   {"The addresses are answered in the order asked for, each once. Somebody who is deactivated has no access.", "Each call is recorded."},
	"inviteByEmail": {
		"The invitations are made in the background, which may take a while: the answer comes before it is known whom the addresses belong to, and has no body.",
		"Invalid addresses are ignored, and nothing is done for those whose people have access to the site.",
		"People whose account was deactivated or closed are only invited by a site administrator, and nobody is mailed again shortly after.",
	},
	"getAdminKey":     {"A caller without a key in force is answered with 404."},
	"enableAdminKey":  {"One that is in force is made to last longer, never shorter.", "It works by the header Atl-Confluence-With-Admin-Key: true of operations on content, and what is read with it is recorded."},
	"disableAdminKey": {"A caller without a key is answered in the same way, with 204."},

	"deleteContent": {"What is below it goes with it."},
	"createSpace":   {"The space belongs to the caller. Guests and external collaborators cannot make any."},
	"deleteSpace":   {"It is done once the answer is there, though that has the form of a task that goes on."},
}

const labelRemark = "A label exists for those who may see a space or content that has it."

// purpose is all that an operation does, in sentences.
func (op *operation) purpose() string {
	return strings.Join(append([]string{purposes[op.id]}, remarks[op.id]...), " ")
}

// mistakes say what makes a request of an operation a bad one, but for what is missing or cannot be read.
var mistakes = map[string]string{
	"getBulkUserLookup": "limit is less than 1.",
	"searchUser":        "The query is not CQL. user.fullname is compared with an empty text.",

	"getContentWatchStatus": watchMistakes,
	"addContentWatcher":     watchMistakes,
	"removeContentWatcher":  watchMistakes,
	"isWatchingLabel":       watchMistakes,
	"addLabelWatcher":       watchMistakes,
	"removeLabelWatcher":    watchMistakes,
	"isWatchingSpace":       watchMistakes,
	"addSpaceWatcher":       watchMistakes,
	"removeSpaceWatch":      watchMistakes,

	"getUserProperties":  "userId is not an account ID.",
	"getUserProperty":    propertyMistakes,
	"updateUserProperty": propertyMistakes + valueMistakes,
	"createUserProperty": propertyMistakes + valueMistakes + " The app has as many properties with the user as the site allows.",
	"deleteUserProperty": propertyMistakes,

	"createGroup":                    "The name is empty, longer than 255 characters, taken, or has a character that cannot be seen.",
	"removeGroupById":                "id is not a group ID. Nobody would be left to administer the site.",
	"addUserToGroupByGroupId":        memberMistakes,
	"removeMemberFromGroupByGroupId": memberMistakes + " key or username is given without accountId, or empty. Nobody would be left to administer the site.",

	"createBulkUserLookup": "There are no account IDs, or more than 250.",
	"checkAccessByEmail":   emailMistakes,
	"inviteByEmail":        emailMistakes,
	"enableAdminKey":       "durationInMinutes is less than 0 or more than 60.",

	"createContent":      "The type or the status is not known. The title is empty, longer than 255 characters, or that of another page of the space. The text is longer than 1 MiB. No space is named, the container is not in it, or the ancestors are not in the container. More than 32 would stand above it.",
	"addLabelsToContent": "A label is not one word without punctuation of up to 255 characters, has a character that cannot be seen, or a prefix that is none of global, my and team. The content would have more than 50.",
	"createSpace":        "The key is not 1 to 255 letters and digits, or taken. The alias is not 1 to 254 letters, digits and :._@+-, or taken. The name is empty or longer than 255 characters, the description longer than 4,096 bytes. A permission is not one that spaces have, or names nobody or somebody who is not there, or there are more than 200.",
}

const (
	watchMistakes    = "accountId, key or username is given and empty. An administrator gives key or username without accountId."
	propertyMistakes = "userId is not an account ID. The key has something else than letters, digits, hyphens and underscores, or is longer than the site allows, which is 255 bytes unless it sets another limit."
	valueMistakes    = " The value is no object, or longer than the site allows, which is 32 KiB unless it sets another limit. There is something beside the value."
	memberMistakes   = "groupId is not a group ID, or accountId not an account ID."
	emailMistakes    = "There are no e-mail addresses, or more than 100."
)

// bodies say what a body is that is no object.
var bodies = map[string]string{
	"addLabelsToContent": "The labels: a list of objects with a name and, if it is not global, a prefix.",
}

// valueWords say what the values of parameters mean, by the parameter's name.
var valueWords = map[string]map[string]string{
	"expand": {
		"personalSpace":          "The user's personal space, if there is one.",
		"isExternalCollaborator": "Whether the user is a guest or an external collaborator of the site. Deprecated: it is always answered, and isGuest beside it.",
		"details.personal":       "How to reach the user: phone, instant messaging, website and e-mail address. Deprecated.",
		"details.business":       "What the user does: position, department and location. Deprecated.",
		"childTypes.all":         "All three of them.",
	},
	"accessType": {
		"user":       "Groups whose members can use the site.",
		"admin":      "Groups whose members administer Confluence.",
		"site-admin": "Groups whose members administer the site.",
	},
	"sitePermissionTypeFilter": {
		"none":                 "Only people with a licence of their own.",
		"externalCollaborator": "Only guests and external collaborators.",
		"all":                  "Everybody.",
	},
	"status": {
		"current":  "What is in use.",
		"draft":    "What its author has not published yet.",
		"archived": "What is kept, and no longer in use.",
		"trashed":  "What is in the trash.",
	},
	"type": {
		"global":   "Spaces of a team or a subject.",
		"personal": "Spaces of one person.",
	},
}

// meaning says what a value of a parameter means. What can be expanded says so itself, for the most part.
func (op *operation) meaning(q param, value string) string {
	if words := valueWords[q.name][value]; words != "" {
		return words
	}
	doc, deprecated := expanded(op.serve.out, strings.Split(value, "."))
	if deprecated {
		doc += " Deprecated."
	}
	return doc
}

// expanded is what a type says of the member that can be expanded at a path; empty where there is none.
func expanded(t reflect.Type, path []string) (doc string, deprecated bool) {
	t, _ = bareType(t)
	for t.Kind() == reflect.Slice {
		t, _ = bareType(t.Elem())
	}
	if t.Kind() != reflect.Struct {
		return "", false
	}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == path[0] && len(path) > 1:
			return expanded(f.Type, path[1:])
		case name == path[0]:
			return strings.Replace(f.Tag.Get("doc"), ", when expanded", "", 1), f.Tag.Get("deprecated") != ""
		case t == reflect.TypeFor[currentUser](), name == "results", t == reflect.TypeFor[confluence.SearchResult]() && name == "user":
			if doc, deprecated := expanded(f.Type, path); doc != "" { // what is asked for is asked for of each
				return doc, deprecated
			}
		}
	}
	return "", false
}

// everyValue is what a list of values means, one a line, as Markdown; empty where the values of a parameter are not listed.
func (op *operation) everyValue(q param) string {
	var out strings.Builder
	for _, value := range slices.Concat(q.enum, q.offered) {
		out.WriteString("\n- `" + value + "`: " + op.meaning(q, value))
	}
	if out.Len() == 0 {
		return ""
	}
	return "\n" + out.String()
}
