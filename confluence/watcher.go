package confluence

// ContentWatch is one user's watch of content: the official v1 schema Watch.
type ContentWatch struct {
	Type      string    `json:"type" required:"true" doc:"What is watched, such as page."`
	Watcher   WatchUser `json:"watcher" required:"true" doc:"Who watches it."`
	ContentID int64     `json:"contentId" required:"true" format:"int64" doc:"The ID of the content, a number."`
}

// WatchArray is one page of watches of content: the official v1 schema WatchArray.
type WatchArray struct {
	Results []ContentWatch `json:"results" required:"true" doc:"The watches on this page; never null."`
	Start   int            `json:"start" required:"true" format:"int32" doc:"How many watches come before this page."`
	Limit   int            `json:"limit" required:"true" format:"int32" doc:"How many watches the page may hold."`
	Size    int            `json:"size" required:"true" format:"int32" doc:"How many watches the page holds."`
	Links   Links          `json:"_links" required:"true" doc:"References to this page and its neighbours."`
}

// SpaceWatch is one user's watch of a space: the official v1 schema SpaceWatch.
type SpaceWatch struct {
	Type     string    `json:"type" required:"true" doc:"What is watched: space."`
	Watcher  WatchUser `json:"watcher" required:"true" doc:"Who watches it."`
	SpaceKey string    `json:"spaceKey,omitempty" doc:"The key of the space."`
}

// SpaceWatchArray is one page of watches of a space: the official v1 schema SpaceWatchArray.
type SpaceWatchArray struct {
	Results []SpaceWatch `json:"results" required:"true" doc:"The watches on this page; never null."`
	Start   int          `json:"start" required:"true" format:"int32" doc:"How many watches come before this page."`
	Limit   int          `json:"limit" required:"true" format:"int32" doc:"How many watches the page may hold."`
	Size    int          `json:"size" required:"true" format:"int32" doc:"How many watches the page holds."`
	Links   Links        `json:"_links,omitempty" doc:"References to this page and its neighbours."`
}

// WatchUser is a user who watches something, as one particular caller may see them: the official v1 schema
// WatchUser. Unlike a [User] it has no links, and members that would be expanded are null.
type WatchUser struct {
	Type                   string                           `json:"type" required:"true" doc:"Whether the account is known."`
	AccountID              string                           `json:"accountId" required:"true" doc:"The account's permanent, opaque ID."`
	AccountType            string                           `json:"accountType" required:"true" doc:"A person, an app, or empty when neither fits."`
	Email                  string                           `json:"email" required:"true" doc:"The e-mail address, empty when hidden from the caller."`
	PublicName             string                           `json:"publicName" required:"true" doc:"The name everyone may see; never empty."`
	ProfilePicture         Nullable[Icon]                   `json:"profilePicture" required:"true" doc:"The picture, null when hidden from the caller."`
	DisplayName            string                           `json:"displayName" required:"true" doc:"The full name, or the public name when that is hidden from the caller."`
	TimeZone               Nullable[string]                 `json:"timeZone,omitzero" doc:"The IANA time zone, null when hidden from the caller."`
	Operations             Nullable[[]OperationCheckResult] `json:"operations" required:"true" doc:"Always null."`
	IsExternalCollaborator bool                             `json:"isExternalCollaborator" required:"true" doc:"Whether the user is a guest or an external collaborator of this site."`
	ExternalCollaborator   bool                             `json:"externalCollaborator" required:"true" doc:"The older name of isExternalCollaborator."`
	IsGuest                bool                             `json:"isGuest" required:"true" doc:"Whether the user is a guest on this site."`
	PersonalSpace          Nullable[map[string]any]         `json:"personalSpace" required:"true" doc:"Always null."`
	AccountStatus          string                           `json:"accountStatus" doc:"Whether the account is in use."`
	Locale                 string                           `json:"locale" doc:"The language and region, such as en_US."`
}
