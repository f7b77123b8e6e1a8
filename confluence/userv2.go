package confluence

// UserV2 is a person or app as one particular caller may see it: the official v2 schema User.
// All its members are always present.
type UserV2 struct {
	DisplayName            string           `json:"displayName" doc:"The full name, or the public name when that is hidden from the caller."`
	TimeZone               Nullable[string] `json:"timeZone" doc:"The IANA time zone, null when hidden from the caller."`
	PersonalSpaceID        Nullable[string] `json:"personalSpaceId" doc:"The ID of the personal space, null when there is none."`
	IsExternalCollaborator bool             `json:"isExternalCollaborator" doc:"Whether the user is a guest or an external collaborator of this site."`
	AccountStatus          string           `json:"accountStatus" enum:"active inactive closed unknown" doc:"Whether the account is in use."`
	AccountID              string           `json:"accountId" doc:"The account's permanent, opaque ID."`
	Email                  string           `json:"email" doc:"The e-mail address, empty when hidden from the caller."`
	AccountType            string           `json:"accountType" enum:"atlassian app customer unknown" doc:"A person, an app or a customer."`
	PublicName             string           `json:"publicName" doc:"The name everyone may see; never empty."`
	ProfilePicture         Nullable[IconV2] `json:"profilePicture" doc:"The picture, null when hidden from the caller."`
}

// UsersBulk is the answer to a v2 bulk lookup: the official inline schema MultiEntityResult<User>.
type UsersBulk struct {
	Results []UserV2         `json:"results" doc:"The users found, in the order asked for; never null."`
	Links   MultiEntityLinks `json:"_links" doc:"References of this answer."`
}

// MultiEntityLinks are the references of a v2 page: the official v2 schema MultiEntityLinks.
type MultiEntityLinks struct {
	Next string `json:"next,omitempty" doc:"The next page, relative to the site; absent on the last."`
	Base string `json:"base,omitempty" doc:"The address of the site."`
}

// UsersBulkRequest names the users of a v2 bulk lookup: the official request body BulkUsersRequest.
type UsersBulkRequest struct {
	AccountIDs []string `json:"accountIds" required:"true" minItems:"1" maxItems:"250" doc:"The account IDs of the users."`
}
