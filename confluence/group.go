package confluence

// Group is a named set of users: the official v1 schema Group.
type Group struct {
	Type      string `json:"type" required:"true" enum:"group" doc:"Always group."`
	Name      string `json:"name" required:"true" doc:"The name of the group."`
	ID        string `json:"id" required:"true" doc:"The permanent ID of the group."`
	UsageType string `json:"usageType,omitempty" enum:"USERBASE_GROUP TEAM_COLLABORATION" doc:"What the group is for."`
	ManagedBy string `json:"managedBy,omitempty" enum:"ADMINS EXTERNAL TEAM_MEMBERS OPEN" doc:"Who may change its members."`
	Links     Links  `json:"_links,omitempty" doc:"References to this group."`
}

// GroupArray is one page of groups: the official v1 schema GroupArrayWithLinks.
type GroupArray struct {
	Results   []Group `json:"results" required:"true" doc:"The groups on this page; never null."`
	Start     int     `json:"start" required:"true" format:"int32" doc:"How many groups come before this page."`
	Limit     int     `json:"limit" required:"true" format:"int32" doc:"How many groups the page may hold."`
	Size      int     `json:"size" required:"true" format:"int32" doc:"How many groups the page holds."`
	TotalSize *int64  `json:"totalSize,omitempty" format:"int64" doc:"How many groups there are, when asked for."`
	Links     Links   `json:"_links" required:"true" doc:"References to this page and its neighbours."`
}

// GroupName names a group to be made: the official v1 schema GroupName.
type GroupName struct {
	Name string `json:"name" required:"true" doc:"The name of the group."`
}
