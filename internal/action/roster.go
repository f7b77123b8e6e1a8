package action

import "encoding/json"

const (
	administrators = "The caller must be a site administrator, with a credential that no scope limits."
	shortPage      = "A page may hold fewer entries than its limit, or none, while there is a next one."
	aPage          = "The most to answer, at most "
	nextOf         = "Where to go on: next of the page before. The list begins at its start where absent."
)

// statusWords are the values of an account's status.
var statusWords = []Value{
	{"active", "Accounts that can be used."},
	{"inactive", "Accounts that were deactivated."},
	{"closed", "Accounts that were deleted, with all that was personal in them."},
}

// rosterLists are what administrators of Roster can list and Confluence's API cannot.
var rosterLists = Catalogue{
	{
		Name: "roster.listAccounts", Title: "List accounts", Connection: "roster", Repeatable: true, Method: "GET", Path: "/_roster/accounts",
		Description: "Returns the people and apps of the directory, with their names and e-mail addresses.",
		Notes:       []string{"Each address is recorded in the audit trail as told to the caller.", shortPage},
		Permission:  administrators,
		Parameters: []Parameter{
			{Name: "status", Label: "Status", Type: text, In: inQuery, Help: "Only accounts in this state.", Values: statusWords},
			{
				Name: "type", Label: "Type", Type: text, In: inQuery, Help: "Only accounts of this kind.",
				Values: []Value{
					{"atlassian", "People."},
					{"app", "Apps, integrations and service accounts."},
					{"customer", "People who only raise requests on a portal."},
				},
			},
			{Name: "group", Label: "Group", Type: text, In: inQuery, Help: "Only members of the group with this ID, deactivated people included."},
			{Name: "query", Label: "Query", Type: text, In: inQuery, Help: "Only accounts of which each of these words begins a word of a name, or whose e-mail address begins so."},
			{Name: "after", Label: "After", Type: text, In: inQuery, Help: nextOf},
			{Name: "limit", Label: "Limit", Type: integer, In: inQuery, Default: 250, Help: aPage + "250."},
		},
		Example: json.RawMessage(`{"next":"Where the next page begins; absent on the last.","results":[{` +
			`"accountId":"The account's permanent, opaque ID.",` +
			`"createdAt":"When the account was made.",` +
			`"deactivatedAt":"When it was deactivated or closed; absent while it is active, or where that is not known any more.",` +
			`"displayName":"The full name.",` +
			`"email":"The e-mail address; empty where there is none.",` +
			`"publicName":"The name that everyone may see.",` +
			`"status":"Whether the account is active, inactive or closed.",` +
			`"type":"What the account is: atlassian for a person, app or customer.",` +
			`"updatedAt":"When the account last changed."}]}`),
	},
	{
		Name: "roster.listWatchesOf", Title: "List what an account watches", Connection: "roster", Repeatable: true, Method: "GET", Path: "/_roster/accounts/{accountId}/watches",
		Description: "Returns the content, labels and spaces that a user watches.",
		Notes:       []string{"What the caller may not see has neither name nor space.", shortPage},
		Permission:  administrators,
		Parameters: []Parameter{
			{Name: "accountId", Label: "Account ID", Type: text, In: inPath, Required: true, Help: "The account ID of the user."},
			{
				Name: "kind", Label: "Kind", Type: text, In: inQuery, Help: "Only what is of this kind.",
				Values: []Value{{"content", "Pages and other content."}, {"label", "Labels."}, {"space", "Spaces."}},
			},
			{Name: "after", Label: "After", Type: text, In: inQuery, Help: nextOf},
			{Name: "limit", Label: "Limit", Type: integer, In: inQuery, Default: 250, Help: aPage + "250."},
		},
		Example: json.RawMessage(`{"next":"Where the next page begins; absent on the last.","results":[{` +
			`"id":"The ID of the content, label or space.",` +
			`"kind":"What is watched: content, label or space.",` +
			`"name":"The title of the content, the label, or the name of the space.",` +
			`"since":"Since when the user watches it.",` +
			`"spaceKey":"The key of the space, or of the space that the content is in."}]}`),
	},
	{
		Name: "roster.listTokens", Title: "List API tokens", Connection: "roster", Repeatable: true, Method: "GET", Path: "/_roster/tokens",
		Description: "Returns API tokens with owner, scopes, expiry and last use. The tokens themselves are told to nobody.",
		Notes:       []string{"With expiresBefore they come in the order in which they expire, and only those that are good now; else by ID, revoked and expired ones included."},
		Permission:  administrators,
		Parameters: []Parameter{
			{Name: "accountId", Label: "Account ID", Type: text, In: inQuery, Help: "Only the tokens of this account."},
			{Name: "expiresBefore", Label: "Expires before", Type: text, In: inQuery, Help: "Only tokens that expire before this time, such as 2026-03-01T12:00:00Z, or within this time from now, such as 14d."},
			{Name: "after", Label: "After", Type: text, In: inQuery, Help: nextOf},
			{Name: "limit", Label: "Limit", Type: integer, In: inQuery, Default: 200, Help: aPage + "200."},
		},
		Example: json.RawMessage(`{"next":"Where the next page begins; absent on the last.","results":[{` +
			`"accountId":"The account ID of the owner.",` +
			`"createdAt":"When the token was made.",` +
			`"expiresAt":"When the token ends.",` +
			`"kind":"What the token may do: classic for all that its account may, scoped for what its scopes allow.",` +
			`"label":"What its owner called it.",` +
			`"lastUsedAt":"When the token was last used; absent if never.",` +
			`"revokedAt":"When the token was revoked; absent while it is good.",` +
			`"scopes":["A scope that a scoped token has."],` +
			`"tokenId":"The ID of the token."}]}`),
	},
}
