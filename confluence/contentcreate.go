package confluence

import "encoding/json"

// ContentCreate describes content to be made: of the official v1 schema ContentCreate what Roster keeps.
type ContentCreate struct {
	Type      string             `json:"type" required:"true" doc:"The kind of content, such as page."`
	Status    string             `json:"status,omitempty" default:"current" doc:"current or draft."`
	Title     string             `json:"title,omitempty" doc:"The title of the content; only a comment needs none, and then has that of what it is about."`
	Space     SpaceReference     `json:"space,omitzero" doc:"The space to put it in; that of the container where only that is given."`
	Container *ContentReference  `json:"container,omitempty" doc:"What a comment is about, or an attachment is attached to."`
	Ancestors []ContentReference `json:"ancestors,omitempty" doc:"The content to put it below; the last one counts."`
	Body      *ContentBodyCreate `json:"body,omitempty" doc:"The text."`
}

// SpaceReference names a space by its key.
type SpaceReference struct {
	Key string `json:"key" required:"true" doc:"The key of the space."`
}

// ContentReference names content by its ID, a number or its text.
type ContentReference struct {
	ID   json.Number `json:"id" required:"true" doc:"The ID of the content."`
	Type string      `json:"type,omitempty" doc:"The kind of content; not looked at."`
}

// ContentBodyCreate is the text of new content.
type ContentBodyCreate struct {
	Storage *ContentText `json:"storage,omitempty" doc:"The text in storage form."`
}

// ContentText is a text in one form.
type ContentText struct {
	Value          string `json:"value" required:"true" doc:"The text."`
	Representation string `json:"representation,omitempty" doc:"The form of the text."`
}

// LabelCreate names a label to be added: the official v1 schema LabelCreate.
type LabelCreate struct {
	Prefix string `json:"prefix,omitempty" default:"global" doc:"Whose label it is: global, my or team."`
	Name   string `json:"name" required:"true" doc:"The word."`
}

// LabelCreates are labels to be added: the official v1 schema LabelCreateArray, or a single LabelCreate.
type LabelCreates []LabelCreate

// UnmarshalJSON reads a list, or one label by itself.
func (l *LabelCreates) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '{' {
		*l = make(LabelCreates, 1)
		return json.Unmarshal(data, &(*l)[0])
	}
	return json.Unmarshal(data, (*[]LabelCreate)(l))
}
