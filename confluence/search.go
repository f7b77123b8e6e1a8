package confluence

// SearchPage is one page of a search: the official v1 schema SearchPageResponseSearchResult.
type SearchPage struct {
	Results             []SearchResult `json:"results" required:"true" doc:"The results on this page; never null."`
	Start               int            `json:"start" required:"true" format:"int32" doc:"How many results come before this page."`
	Limit               int            `json:"limit" required:"true" format:"int32" doc:"How many results the page may hold."`
	Size                int            `json:"size" required:"true" format:"int32" doc:"How many results the page holds."`
	TotalSize           int            `json:"totalSize" required:"true" format:"int32" doc:"How many results there are."`
	CQLQuery            string         `json:"cqlQuery" required:"true" doc:"The query that was run."`
	SearchDuration      int            `json:"searchDuration" required:"true" format:"int32" doc:"How long the search took, in milliseconds."`
	ArchivedResultCount *int           `json:"archivedResultCount,omitempty" format:"int32" doc:"How many results are in archived spaces."`
	Links               Links          `json:"_links" required:"true" doc:"References of this page."`
}

// SearchResult is one thing found: the official v1 schema SearchResult.
type SearchResult struct {
	Content               *Content          `json:"content,omitempty" doc:"The content found, if it is content."`
	User                  *User             `json:"user,omitempty" doc:"The user found, if it is a user."`
	Space                 *Space            `json:"space,omitempty" doc:"The space found, if it is a space."`
	Title                 string            `json:"title" required:"true" doc:"The name of what was found."`
	Excerpt               string            `json:"excerpt" required:"true" doc:"The words around the match."`
	URL                   string            `json:"url" required:"true" doc:"Where it is, relative to the site."`
	ResultParentContainer *ContainerSummary `json:"resultParentContainer,omitempty" doc:"What directly holds it."`
	ResultGlobalContainer *ContainerSummary `json:"resultGlobalContainer,omitempty" doc:"What holds it at the top."`
	Breadcrumbs           []Breadcrumb      `json:"breadcrumbs" required:"true" doc:"The way to it; never null."`
	EntityType            string            `json:"entityType" required:"true" doc:"What kind of thing was found."`
	IconCSSClass          string            `json:"iconCssClass" required:"true" doc:"The style class of its icon."`
	LastModified          string            `json:"lastModified" required:"true" format:"date-time" doc:"When it last changed."`
	FriendlyLastModified  string            `json:"friendlyLastModified,omitempty" doc:"When it last changed, in words."`
	Score                 *float64          `json:"score,omitempty" doc:"How well it matches."`
}

// ContainerSummary is what holds a search result: the official v1 schema ContainerSummary.
type ContainerSummary struct {
	Title      string `json:"title" required:"true" doc:"The name of the container."`
	DisplayURL string `json:"displayUrl" required:"true" doc:"Where it is, relative to the site."`
}

// Breadcrumb is one step of the way to a search result: the official v1 schema Breadcrumb.
type Breadcrumb struct {
	Label     string `json:"label" required:"true" doc:"The words of the step."`
	URL       string `json:"url" required:"true" doc:"Where the step leads."`
	Separator string `json:"separator" required:"true" doc:"What stands between this step and the next."`
}
