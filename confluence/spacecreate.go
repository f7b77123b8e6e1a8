package confluence

// SpaceCreate describes a space to be made: of the official v1 schema SpaceCreate what Roster keeps.
type SpaceCreate struct {
	Key         string                  `json:"key" required:"true" doc:"The key of the space: letters and digits."`
	Alias       string                  `json:"alias,omitempty" doc:"The name of the space in its addresses; its key unless given."`
	Name        string                  `json:"name" required:"true" doc:"The name of the space."`
	Description *SpaceDescriptionCreate `json:"description,omitempty" doc:"What the space is about."`
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
