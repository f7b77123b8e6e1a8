package api

// What the table does not say of operations and their parameters, in words. A test holds that nothing lacks them.

// purposes say what an operation does.
var purposes = map[string]string{
	"getUser":                       "Returns a user: names, account ID, picture and more, as far as the user shows them to the caller.",
	"getAnonymousUser":              "Returns how people without an account are shown, with their picture and name.",
	"getCurrentUser":                "Returns the user who calls.",
	"getGroupMembershipsForUser":    "Returns the groups that a user is in, a page at a time.",
	"getBulkUserLookup":             "Returns several users at once, by their account IDs. Those that there are not are left out.",
	"getPrivacyUnsafeUserEmail":     "Returns a user's e-mail address, whoever the user shows it to. It is recorded as told.",
	"getPrivacyUnsafeUserEmailBulk": "Returns the e-mail addresses of several users, whoever they show them to. Each is recorded as told.",
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

	"getGroups":                      "Returns the groups of the site, a page at a time.",
	"createGroup":                    "Makes a group. Its name must be new.",
	"getGroupByGroupId":              "Returns a group.",
	"removeGroupById":                "Deletes a group. Its members stay.",
	"searchGroups":                   "Returns the groups whose name has a text in it, a page at a time.",
	"getGroupMembersByGroupId":       "Returns the members of a group, a page at a time.",
	"addUserToGroupByGroupId":        "Makes a user a member of a group.",
	"removeMemberFromGroupByGroupId": "Takes a user out of a group.",

	"createBulkUserLookup": "Returns several users at once, by their account IDs, in the form of version 2.",
	"checkAccessByEmail":   "Tells which of some e-mail addresses belong to nobody who can use the site.",
	"inviteByEmail":        "Invites people to the site by e-mail. Addresses that are none, or whose people can use the site already, are left alone.",

	"getAdminKey":     "Returns the caller's admin key, if one is in force.",
	"enableAdminKey":  "Gives the caller an admin key, which lets them read what is hidden from them for a while.",
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

// bodies say what a body is that is no object.
var bodies = map[string]string{
	"addLabelsToContent": "The labels: a list of objects with a name and, if it is not global, a prefix.",
}

// valueWords say what the values of parameters mean, by the parameter's name.
var valueWords = map[string]map[string]string{
	"expand": {
		"operations":             "What the user may do on the site.",
		"personalSpace":          "The user's personal space, if there is one.",
		"isExternalCollaborator": "Whether the user is a guest or an external collaborator of the site.",
		"details.personal":       "How to reach the user: phone, instant messaging, website and e-mail address. These fields are deprecated.",
		"details.business":       "What the user does: position, department and location. These fields are deprecated.",
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
