package confluence

// UserAnonymous is the user without an account: the official v1 schema UserAnonymous.
type UserAnonymous struct {
	Type           string                 `json:"type" required:"true" enum:"anonymous" doc:"Always anonymous."`
	ProfilePicture Icon                   `json:"profilePicture" required:"true" doc:"The picture shown for anonymous users."`
	DisplayName    string                 `json:"displayName" required:"true" doc:"The name shown for anonymous users."`
	Operations     []OperationCheckResult `json:"operations,omitzero" doc:"What anonymous users may do on the site, when expanded."`
	Expandable     Expandable             `json:"_expandable" doc:"What could be expanded and was not."`
	Links          Links                  `json:"_links" required:"true" doc:"References to this user and its site."`
}
