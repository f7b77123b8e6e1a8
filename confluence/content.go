package confluence

// Content is a page or another piece of content: the official v1 schema Content. What was not expanded is absent.
type Content struct {
	ID                  string                 `json:"id,omitempty" doc:"The ID of the content."`
	Type                string                 `json:"type" required:"true" doc:"The kind of content, such as page."`
	Status              string                 `json:"status" required:"true" doc:"The state of the content, such as current."`
	Title               string                 `json:"title,omitempty" doc:"The title of the content."`
	Space               *Space                 `json:"space,omitempty" doc:"The space it is in, when expanded."`
	History             *ContentHistory        `json:"history,omitempty" doc:"How it came to be, when expanded."`
	Version             *Version               `json:"version,omitempty" doc:"Its newest version, when expanded."`
	Ancestors           []Content              `json:"ancestors,omitzero" doc:"The content above it, top first, when expanded."`
	Operations          []OperationCheckResult `json:"operations,omitzero" doc:"What the caller may do with it, when expanded."`
	Children            *ContentChildren       `json:"children,omitempty" doc:"The content right below it, when expanded."`
	ChildTypes          *ContentChildType      `json:"childTypes,omitempty" doc:"Which kinds of content are below it, when expanded."`
	Descendants         *ContentChildren       `json:"descendants,omitempty" doc:"All the content below it, when expanded."`
	Container           map[string]any         `json:"container,omitzero" doc:"What holds it, when expanded."`
	Body                *ContentBodies         `json:"body,omitempty" doc:"Its text, when expanded."`
	Restrictions        *ContentRestrictions   `json:"restrictions,omitempty" doc:"Who may see and change it, when expanded."`
	Metadata            *ContentMetadata       `json:"metadata,omitempty" doc:"What is said about it, when expanded."`
	MacroRenderedOutput map[string]any         `json:"macroRenderedOutput,omitzero" doc:"What its macros produced, when expanded."`
	Extensions          map[string]any         `json:"extensions,omitzero" doc:"What its kind adds, when expanded."`
	Expandable          Expandable             `json:"_expandable,omitzero" doc:"What could be expanded and was not."`
	Links               Links                  `json:"_links,omitempty" doc:"References to this content."`
}

// ContentArray is one page of content: the official v1 schema ContentArray.
type ContentArray struct {
	Results []Content `json:"results" required:"true" doc:"The content on this page; never null."`
	Start   int       `json:"start" format:"int32" doc:"How many come before this page."`
	Limit   int       `json:"limit" format:"int32" doc:"How many the page may hold."`
	Size    int       `json:"size" required:"true" format:"int32" doc:"How many the page holds."`
	Links   Links     `json:"_links" required:"true" doc:"References to this page and its neighbours."`
}

// ContentChildren is the content below other content, by kind: the official v1 schema ContentChildren.
type ContentChildren struct {
	Attachment *ContentArray `json:"attachment,omitempty" doc:"The attachments, when expanded."`
	Comment    *ContentArray `json:"comment,omitempty" doc:"The comments, when expanded."`
	Page       *ContentArray `json:"page,omitempty" doc:"The pages, when expanded."`
	Whiteboard *ContentArray `json:"whiteboard,omitempty" doc:"The whiteboards, when expanded."`
	Database   *ContentArray `json:"database,omitempty" doc:"The databases, when expanded."`
	Embed      *ContentArray `json:"embed,omitempty" doc:"The embedded links, when expanded."`
	Folder     *ContentArray `json:"folder,omitempty" doc:"The folders, when expanded."`
	Expandable Expandable    `json:"_expandable,omitzero" doc:"What could be expanded and was not."`
	Links      Links         `json:"_links,omitempty" doc:"References to these children."`
}

// ContentChildType tells which kinds of content are below other content: the official v1 schema ContentChildType.
type ContentChildType struct {
	Attachment *HasChildren `json:"attachment,omitempty" doc:"Whether there are attachments, when expanded."`
	Comment    *HasChildren `json:"comment,omitempty" doc:"Whether there are comments, when expanded."`
	Page       *HasChildren `json:"page,omitempty" doc:"Whether there are pages, when expanded."`
	Expandable Expandable   `json:"_expandable,omitzero" doc:"What could be expanded and was not."`
}

// HasChildren tells whether there is content of one kind.
type HasChildren struct {
	Value bool  `json:"value" required:"true" doc:"Whether there is any."`
	Links Links `json:"_links" required:"true" doc:"References to it."`
}

// ContentRestrictions are the limits on who may see and change content.
type ContentRestrictions struct {
	Read       *ContentRestriction `json:"read,omitempty" doc:"Who may see it, when expanded."`
	Update     *ContentRestriction `json:"update,omitempty" doc:"Who may change it, when expanded."`
	Expandable Expandable          `json:"_expandable,omitzero" doc:"What could be expanded and was not."`
	Links      Links               `json:"_links,omitempty" doc:"References to these restrictions."`
}

// ContentRestriction is the limit on one operation: the official v1 schema ContentRestriction.
type ContentRestriction struct {
	Operation    string               `json:"operation" required:"true" enum:"administer copy create delete export move purge purge_version read restore update use" doc:"What is limited."`
	Restrictions *RestrictionSubjects `json:"restrictions,omitempty" doc:"Who is let through, when expanded."`
	Content      *Content             `json:"content,omitempty" doc:"What is limited in its use, when expanded."`
	Expandable   Expandable           `json:"_expandable" required:"true" doc:"What could be expanded and was not."`
	Links        Links                `json:"_links" required:"true" doc:"References to this restriction."`
}

// RestrictionSubjects are the users and groups that a [ContentRestriction] lets through.
type RestrictionSubjects struct {
	User       *UserArray     `json:"user,omitempty" doc:"The users let through, when expanded."`
	Group      *GroupSubjects `json:"group,omitempty" doc:"The groups let through, when expanded."`
	Expandable Expandable     `json:"_expandable,omitzero" doc:"What could be expanded and was not."`
}
