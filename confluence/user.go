package confluence

// User is a person or app as one particular caller may see it: the official v1 schemas User and BulkUserLookup.
//
// Locale and AccountStatus are not in the official schema, yet real sites send them and clients read them.
// A user inside another resource has only "self" among its links.
// Asked for by an anonymous caller, [Users.Current] fills only what [UserAnonymous] has.
type User struct {
	Type                   string                 `json:"type" required:"true" enum:"known unknown anonymous user" doc:"Whether the account is known."`
	AccountID              string                 `json:"accountId" doc:"The account's permanent, opaque ID."`
	AccountType            string                 `json:"accountType" enum:"atlassian app " doc:"A person, an app, or empty when neither fits."`
	Email                  string                 `json:"email" doc:"The e-mail address, empty when hidden from the caller."`
	PublicName             string                 `json:"publicName" doc:"The name everyone may see; never empty."`
	ProfilePicture         Nullable[Icon]         `json:"profilePicture" doc:"The picture, null when hidden from the caller."`
	DisplayName            string                 `json:"displayName" doc:"The full name, or the public name when that is hidden from the caller."`
	TimeZone               Nullable[string]       `json:"timeZone,omitzero" doc:"The IANA time zone, null when hidden from the caller."`
	ExternalCollaborator   *bool                  `json:"externalCollaborator,omitempty" deprecated:"true" doc:"The older name of isExternalCollaborator."`
	IsExternalCollaborator bool                   `json:"isExternalCollaborator" deprecated:"true" doc:"Whether the user is a guest or an external collaborator of this site."`
	IsGuest                bool                   `json:"isGuest" doc:"Whether the user is a guest on this site."`
	Locale                 string                 `json:"locale" doc:"The language and region, such as en_US."`
	AccountStatus          string                 `json:"accountStatus" enum:"active inactive closed unknown" doc:"Whether the account is in use."`
	Operations             []OperationCheckResult `json:"operations,omitzero" doc:"What the user may do on the site, when expanded."`
	Details                *UserDetails           `json:"details,omitempty" deprecated:"true" doc:"Job and contact details, when expanded."`
	PersonalSpace          Nullable[Space]        `json:"personalSpace,omitzero" doc:"The personal space when expanded, null when there is none."`
	Expandable             Expandable             `json:"_expandable" doc:"What could be expanded and was not."`
	Links                  Links                  `json:"_links" doc:"References to this user and its site."`
}

// UserDetails is the official v1 schema UserDetails. Either part is nil when it was not expanded.
type UserDetails struct {
	Business *UserDetailsBusiness `json:"business,omitempty" deprecated:"true" doc:"What the user does."`
	Personal *UserDetailsPersonal `json:"personal,omitempty" deprecated:"true" doc:"How to reach the user."`
}

// UserDetailsBusiness is the business part of the official v1 schema UserDetails. Hidden members are empty.
type UserDetailsBusiness struct {
	Position   string `json:"position" deprecated:"true" doc:"The job title."`
	Department string `json:"department" deprecated:"true" doc:"The department."`
	Location   string `json:"location" deprecated:"true" doc:"The place of work."`
}

// UserDetailsPersonal is the personal part of the official v1 schema UserDetails. Hidden members are empty.
type UserDetailsPersonal struct {
	Phone   string `json:"phone" deprecated:"true" doc:"The phone number."`
	IM      string `json:"im" deprecated:"true" doc:"The instant messaging name."`
	Website string `json:"website" deprecated:"true" doc:"The website."`
	Email   string `json:"email" deprecated:"true" doc:"The e-mail address."`
}

// UserArray is one page of users: the official v1 schema UserArray.
type UserArray struct {
	Results   []User `json:"results" required:"true" doc:"The users on this page; never null."`
	Start     int    `json:"start" format:"int32" doc:"How many users come before this page."`
	Limit     int    `json:"limit" format:"int32" doc:"How many users the page may hold."`
	Size      int    `json:"size" format:"int32" doc:"How many users the page holds."`
	TotalSize *int64 `json:"totalSize,omitempty" format:"int64" doc:"How many users there are, when asked for."`
	Links     Links  `json:"_links,omitempty" doc:"References to this page and its neighbours."`
}

// UsersUserKeys is a set of users by reference: the official v1 schema UsersUserKeys.
type UsersUserKeys struct {
	Users          []User   `json:"users,omitzero" doc:"The users."`
	UserKeys       []string `json:"userKeys,omitzero" deprecated:"true" doc:"Keys of an older kind, no longer filled."`
	UserAccountIDs []string `json:"userAccountIds" required:"true" doc:"The account IDs of the users."`
	Links          Links    `json:"_links,omitempty" doc:"References of the set."`
}

// AccountID names one user in a request body: the official v1 schema AccountId.
type AccountID struct {
	AccountID string `json:"accountId" required:"true" doc:"The account ID of the user."`
}
