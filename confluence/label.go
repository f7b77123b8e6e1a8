package confluence

import (
	"bytes"
	"encoding/json"
)

// Label is a word that marks content or spaces: the official v1 schema Label.
type Label struct {
	Prefix string `json:"prefix" required:"true" doc:"Whose label it is, such as global or my."`
	Name   string `json:"name" required:"true" doc:"The word, without the prefix."`
	ID     string `json:"id" required:"true" doc:"The ID of the label."`
	Label  string `json:"label" required:"true" doc:"The word as shown."`
}

// LabelArray is one page of labels: the official v1 schema LabelArray.
//
// Where the official schema allows a bare list of labels instead, reading one fills Results and Size.
type LabelArray struct {
	Results []Label `json:"results" required:"true" doc:"The labels on this page; never null."`
	Start   int     `json:"start" format:"int32" doc:"How many labels come before this page."`
	Limit   int     `json:"limit" format:"int32" doc:"How many labels the page may hold."`
	Size    int     `json:"size" required:"true" format:"int32" doc:"How many labels the page holds."`
	Links   Links   `json:"_links,omitempty" doc:"References to this page and its neighbours."`
}

// UnmarshalJSON reads a page or a bare list.
func (a *LabelArray) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte("[")) {
		var bare []Label
		if err := json.Unmarshal(data, &bare); err != nil {
			return err
		}
		*a = LabelArray{Results: bare, Size: len(bare)}
		return nil
	}
	type page LabelArray
	return json.Unmarshal(data, (*page)(a))
}
