package confluence

// BulkUserArray holds the users of one bulk lookup: the official v1 schema BulkUserLookupArray.
// Its users leave ExternalCollaborator out.
type BulkUserArray struct {
	Results []User `json:"results" required:"true" doc:"The users found, in the order asked for; never null."`
	Start   int    `json:"start" required:"true" format:"int32" doc:"Always 0."`
	Limit   int    `json:"limit" required:"true" format:"int32" doc:"How many users one lookup may return."`
	Size    int    `json:"size" required:"true" format:"int32" doc:"How many users were found."`
	Links   Links  `json:"_links" required:"true" doc:"References to this lookup and its site."`
}
