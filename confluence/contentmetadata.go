package confluence

// ContentMetadata is what is said about content: the official v1 schema ContentMetadata.
type ContentMetadata struct {
	CurrentUser *ContentCurrentUser `json:"currentuser,omitempty" doc:"What the caller did with it, when expanded."`
	Properties  Links               `json:"properties,omitempty" doc:"Its properties, when expanded."`
	Frontend    map[string]any      `json:"frontend,omitzero" doc:"What the web interface needs, when expanded."`
	Labels      *LabelArray         `json:"labels,omitempty" doc:"Its labels, when expanded."`
}

// ContentCurrentUser is what the caller did with content.
type ContentCurrentUser struct {
	Favourited      *Favourited      `json:"favourited,omitempty" doc:"Whether the caller starred it, when expanded."`
	LastModified    *LastModified    `json:"lastmodified,omitempty" doc:"The caller's last change, when expanded."`
	LastContributed *LastContributed `json:"lastcontributed,omitempty" doc:"The caller's last work, when expanded."`
	Viewed          *Viewed          `json:"viewed,omitempty" doc:"When the caller saw it, when expanded."`
	Scheduled       map[string]any   `json:"scheduled,omitzero" doc:"What the caller scheduled, when expanded."`
	Expandable      Expandable       `json:"_expandable,omitzero" doc:"What could be expanded and was not."`
}

// Favourited tells whether and when the caller starred content.
type Favourited struct {
	IsFavourite    bool   `json:"isFavourite" doc:"Whether the caller starred it."`
	FavouritedDate string `json:"favouritedDate,omitempty" format:"date-time" doc:"When the caller starred it."`
}

// LastModified is the caller's last change of content.
type LastModified struct {
	Version              *Version `json:"version,omitempty" doc:"The version the change made."`
	FriendlyLastModified string   `json:"friendlyLastModified,omitempty" doc:"When it was made, in words."`
}

// LastContributed is the caller's last work on content.
type LastContributed struct {
	Status string `json:"status,omitempty" doc:"The state of the content then."`
	When   string `json:"when,omitempty" format:"date-time" doc:"When it was."`
}

// Viewed tells when the caller last saw content.
type Viewed struct {
	LastSeen         string `json:"lastSeen,omitempty" format:"date-time" doc:"When the caller last saw it."`
	FriendlyLastSeen string `json:"friendlyLastSeen,omitempty" doc:"When the caller last saw it, in words."`
}
