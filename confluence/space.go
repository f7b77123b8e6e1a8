package confluence

// Space is a place for content: the official v1 schema Space. What was not expanded is absent.
type Space struct {
	ID          int64                  `json:"id" format:"int64" doc:"The ID of the space, a number."`
	Key         string                 `json:"key" required:"true" doc:"The key of the space."`
	Alias       string                 `json:"alias,omitempty" doc:"The name of the space in its addresses."`
	Name        string                 `json:"name" required:"true" doc:"The name of the space."`
	Type        string                 `json:"type" required:"true" doc:"The kind of space, such as personal or global."`
	Status      string                 `json:"status" required:"true" doc:"Whether the space is current or archived."`
	Icon        Nullable[Icon]         `json:"icon,omitzero" doc:"The picture of the space, when expanded."`
	Description *SpaceDescriptions     `json:"description,omitempty" doc:"What the space is about, when expanded."`
	Homepage    Nullable[Content]      `json:"homepage,omitzero" doc:"The first page, when expanded, null when there is none."`
	Metadata    *SpaceMetadata         `json:"metadata,omitempty" doc:"Labels of the space, when expanded."`
	Operations  []OperationCheckResult `json:"operations,omitzero" doc:"What the caller may do in the space, when expanded."`
	Permissions []SpacePermission      `json:"permissions,omitzero" doc:"Who may do what in the space, when expanded."`
	Settings    *SpaceSettings         `json:"settings,omitempty" doc:"How the space is set up, when expanded."`
	Theme       *Theme                 `json:"theme,omitempty" doc:"The theme of the space, when expanded."`
	LookAndFeel *LookAndFeel           `json:"lookAndFeel,omitempty" doc:"The colours of the space, when expanded."`
	History     *SpaceHistory          `json:"history,omitempty" doc:"When and by whom the space was made, when expanded."`
	Expandable  Expandable             `json:"_expandable" required:"true" doc:"What could be expanded and was not."`
	Links       Links                  `json:"_links" required:"true" doc:"References to this space."`
}

// SpaceDescriptions is the description of a [Space] in each form that was expanded.
type SpaceDescriptions struct {
	Plain      *SpaceDescription `json:"plain,omitempty" doc:"The description as plain text, when expanded."`
	View       *SpaceDescription `json:"view,omitempty" doc:"The description as HTML, when expanded."`
	Expandable Expandable        `json:"_expandable" doc:"What could be expanded and was not."`
}

// SpaceDescription is the official v1 schema SpaceDescription.
type SpaceDescription struct {
	Value           string           `json:"value" required:"true" doc:"The text."`
	Representation  string           `json:"representation" required:"true" enum:"plain view" doc:"The form of the text."`
	EmbeddedContent []map[string]any `json:"embeddedContent" required:"true" doc:"What the text embeds; never null."`
}

// SpaceMetadata is what is said about a [Space].
type SpaceMetadata struct {
	Labels     *LabelArray `json:"labels,omitempty" doc:"The labels of the space, when expanded."`
	Expandable Expandable  `json:"_expandable" doc:"What could be expanded and was not."`
}

// SpacePermission is who may do one thing in a space: the official v1 schema SpacePermission.
type SpacePermission struct {
	ID               int64                `json:"id" format:"int64" doc:"The ID of the permission, a number."`
	Subjects         *PermissionSubjects  `json:"subjects,omitempty" doc:"Who has the permission, when expanded."`
	Operation        OperationCheckResult `json:"operation" required:"true" doc:"What may be done."`
	AnonymousAccess  bool                 `json:"anonymousAccess" required:"true" doc:"Whether anonymous users have the permission."`
	UnlicensedAccess bool                 `json:"unlicensedAccess" required:"true" doc:"Whether unlicensed users have the permission."`
}

// PermissionSubjects are the users and groups that a permission or restriction names.
type PermissionSubjects struct {
	User       *UserSubjects  `json:"user,omitempty" doc:"The users named, when expanded."`
	Group      *GroupSubjects `json:"group,omitempty" doc:"The groups named, when expanded."`
	Expandable Expandable     `json:"_expandable" doc:"What could be expanded and was not."`
}

// UserSubjects are the users among [PermissionSubjects].
type UserSubjects struct {
	Results []User `json:"results" required:"true" doc:"The users; never null."`
	Size    int    `json:"size" required:"true" format:"int32" doc:"How many users are listed."`
	Start   int    `json:"start" format:"int32" doc:"How many users come before."`
	Limit   int    `json:"limit" format:"int32" doc:"How many users may be listed."`
}

// GroupSubjects are the groups among [PermissionSubjects].
type GroupSubjects struct {
	Results []Group `json:"results" required:"true" doc:"The groups; never null."`
	Size    int     `json:"size" required:"true" format:"int32" doc:"How many groups are listed."`
	Start   int     `json:"start" format:"int32" doc:"How many groups come before."`
	Limit   int     `json:"limit" format:"int32" doc:"How many groups may be listed."`
}

// SpaceSettings is the official v1 schema SpaceSettings.
type SpaceSettings struct {
	RouteOverrideEnabled bool             `json:"routeOverrideEnabled" required:"true" doc:"Whether the space has its own addresses."`
	Editor               *SpaceEditor     `json:"editor,omitempty" doc:"The editor for each kind of content."`
	ContentMode          Nullable[string] `json:"contentMode,omitzero" enum:"standard compact" doc:"How dense content looks."`
	SpaceKey             string           `json:"spaceKey,omitempty" doc:"The key of the space."`
	Links                Links            `json:"_links" required:"true" doc:"References to these settings."`
}

// SpaceEditor names the editor for each kind of content in a space.
type SpaceEditor struct {
	Page     string `json:"page" required:"true" doc:"The editor of pages."`
	Blogpost string `json:"blogpost" required:"true" doc:"The editor of blog posts."`
	Default  string `json:"default" required:"true" doc:"The editor of everything else."`
}

// SpaceHistory tells when a space was made.
type SpaceHistory struct {
	CreatedDate string `json:"createdDate" required:"true" format:"date-time" doc:"When the space was made."`
	CreatedBy   *User  `json:"createdBy,omitempty" doc:"Who made the space."`
}

// Theme is the official v1 schema Theme.
type Theme struct {
	ThemeKey    string `json:"themeKey" required:"true" doc:"The key of the theme."`
	Name        string `json:"name,omitempty" doc:"The name of the theme."`
	Description string `json:"description,omitempty" doc:"What the theme looks like."`
	Icon        *Icon  `json:"icon,omitempty" doc:"The picture of the theme."`
	Links       Links  `json:"_links,omitempty" doc:"References to this theme."`
}
