package confluence

// SpaceCreate describes a space to be made: of the official v1 schema SpaceCreate what Roster keeps.
type SpaceCreate struct {
	Key         string                  `json:"key" required:"true" doc:"The key of the space: letters and digits."`
	Alias       string                  `json:"alias,omitempty" doc:"The name of the space in its addresses; its key unless given."`
	Name        string                  `json:"name" required:"true" doc:"The name of the space."`
	Description *SpaceDescriptionCreate `json:"description,omitempty" doc:"What the space is about."`
	Permissions []SpacePermissionCreate `json:"permissions,omitempty" doc:"Who may do what in the space; where there are any, nobody else may do anything but its maker and administrators."`
}

// SpacePermissionCreate lets users, groups or callers of a kind do one thing in a new space: the official v1 schema
// SpacePermissionCreate.
type SpacePermissionCreate struct {
	Subjects         *PermissionSubjectsCreate `json:"subjects,omitempty" doc:"Who has the permission."`
	Operation        OperationCheckResult      `json:"operation" required:"true" doc:"What may be done."`
	AnonymousAccess  bool                      `json:"anonymousAccess" doc:"Whether everybody has the permission, with or without a credential."`
	UnlicensedAccess bool                      `json:"unlicensedAccess" doc:"Whether users without a licence have the permission; only to read the space."`
}

// PermissionSubjectsCreate are the users and groups that a [SpacePermissionCreate] names.
type PermissionSubjectsCreate struct {
	User  *UserSubjectsCreate  `json:"user,omitempty" doc:"The users."`
	Group *GroupSubjectsCreate `json:"group,omitempty" doc:"The groups."`
}

// UserSubjectsCreate are the users among [PermissionSubjectsCreate].
type UserSubjectsCreate struct {
	Results []UserReference `json:"results" required:"true" doc:"The users."`
	Size    int             `json:"size,omitempty" format:"int32" doc:"How many users there are; not looked at."`
}

// GroupSubjectsCreate are the groups among [PermissionSubjectsCreate].
type GroupSubjectsCreate struct {
	Results []GroupReference `json:"results" required:"true" doc:"The groups."`
	Size    int              `json:"size,omitempty" format:"int32" doc:"How many groups there are; not looked at."`
}

// UserReference names a user by the account ID.
type UserReference struct {
	Type      string `json:"type,omitempty" doc:"Always known."`
	AccountID string `json:"accountId" required:"true" doc:"The account ID of the user."`
}

// GroupReference names a group by its ID, or by its name where there is no ID.
type GroupReference struct {
	Type string `json:"type,omitempty" doc:"Always group."`
	ID   string `json:"id,omitempty" doc:"The ID of the group."`
	Name string `json:"name,omitempty" doc:"The name of the group."`
}

// SpaceDescriptionCreate is the description of a new space.
type SpaceDescriptionCreate struct {
	Plain ContentText `json:"plain" required:"true" doc:"The description as plain text."`
}

// SpaceArray is one page of spaces: the official v1 schema SpaceArray.
type SpaceArray struct {
	Results []Space `json:"results" required:"true" doc:"The spaces on this page; never null."`
	Start   int     `json:"start" required:"true" format:"int32" doc:"How many spaces come before this page."`
	Limit   int     `json:"limit" required:"true" format:"int32" doc:"How many spaces the page may hold."`
	Size    int     `json:"size" required:"true" format:"int32" doc:"How many spaces the page holds."`
	Links   Links   `json:"_links" required:"true" doc:"References to this page and its neighbours."`
}

// LongTask is work that may go on after the answer: the official v1 schema LongTask. Roster's is always done.
type LongTask struct {
	ID    string        `json:"id" required:"true" doc:"The ID of the task."`
	Links LongTaskLinks `json:"links" required:"true" doc:"References to this task."`
}

// LongTaskLinks are the references of a [LongTask].
type LongTaskLinks struct {
	Status string `json:"status,omitempty" doc:"Where its progress is told."`
}
