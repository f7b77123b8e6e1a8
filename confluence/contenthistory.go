package confluence

// ContentHistory is how content came to be: the official v1 schema ContentHistory.
type ContentHistory struct {
	Latest          bool                 `json:"latest" required:"true" doc:"Whether this is the newest version."`
	CreatedBy       *User                `json:"createdBy,omitempty" doc:"Who made it."`
	OwnedBy         *User                `json:"ownedBy,omitempty" doc:"Who owns it, when expanded."`
	LastOwnedBy     *User                `json:"lastOwnedBy,omitempty" doc:"Who owned it before, when expanded."`
	CreatedDate     string               `json:"createdDate,omitempty" format:"date-time" doc:"When it was made."`
	LastUpdated     *Version             `json:"lastUpdated,omitempty" doc:"Its last change, when expanded."`
	PreviousVersion *Version             `json:"previousVersion,omitempty" doc:"The version before, when expanded."`
	Contributors    *ContentContributors `json:"contributors,omitempty" doc:"Who worked on it, when expanded."`
	NextVersion     *Version             `json:"nextVersion,omitempty" doc:"The version after, when expanded."`
	Expandable      Expandable           `json:"_expandable,omitzero" doc:"What could be expanded and was not."`
	Links           Links                `json:"_links,omitempty" doc:"References to this history."`
}

// ContentContributors are the people who worked on content.
type ContentContributors struct {
	Publishers *UsersUserKeys `json:"publishers,omitempty" doc:"Who published a version."`
}

// Version is one version of content: the official v1 schema Version.
type Version struct {
	By                  *User            `json:"by,omitempty" doc:"Who made the version."`
	When                Nullable[string] `json:"when" required:"true" format:"date-time" doc:"When it was made."`
	FriendlyWhen        Nullable[string] `json:"friendlyWhen,omitzero" doc:"When it was made, in words."`
	Message             Nullable[string] `json:"message,omitzero" doc:"What its author said about it."`
	Number              int              `json:"number" required:"true" format:"int32" doc:"The number of the version."`
	MinorEdit           bool             `json:"minorEdit" required:"true" doc:"Whether the change was small."`
	Content             *Content         `json:"content,omitempty" doc:"The content, when expanded."`
	Collaborators       *UsersUserKeys   `json:"collaborators,omitempty" doc:"Who worked on the version, when expanded."`
	Expandable          Expandable       `json:"_expandable,omitzero" doc:"What could be expanded and was not."`
	Links               Links            `json:"_links,omitempty" doc:"References to this version."`
	ContentTypeModified bool             `json:"contentTypeModified,omitempty" doc:"Whether the kind of content changed."`
	ConfRev             Nullable[string] `json:"confRev,omitzero" doc:"The revision in storage."`
	SyncRev             Nullable[string] `json:"syncRev,omitzero" doc:"The revision in shared editing."`
	SyncRevSource       Nullable[string] `json:"syncRevSource,omitzero" doc:"What made the revision in shared editing."`
}
