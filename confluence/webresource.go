package confluence

import "encoding/json"

// WebResourceDependencies is what a browser needs to show a text: the official v1 schema WebResourceDependencies.
type WebResourceDependencies struct {
	Expandable Expandable              `json:"_expandable,omitzero" doc:"What could be expanded and was not."`
	Keys       []string                `json:"keys,omitzero" doc:"The names of what is needed."`
	Contexts   []string                `json:"contexts,omitzero" doc:"The places it is needed in."`
	URIs       *WebResourceURIs        `json:"uris,omitempty" doc:"Where it is."`
	Tags       *WebResourceTags        `json:"tags,omitempty" doc:"The HTML that loads it."`
	SuperBatch *SuperBatchWebResources `json:"superbatch,omitempty" doc:"What every page needs."`
}

// SuperBatchWebResources is what every page needs: the official v1 schema SuperBatchWebResources.
type SuperBatchWebResources struct {
	URIs       *WebResourceURIs `json:"uris,omitempty" doc:"Where it is."`
	Tags       *WebResourceTags `json:"tags,omitempty" doc:"The HTML that loads it."`
	MetaTags   string           `json:"metatags,omitempty" doc:"The HTML that describes the page."`
	Expandable Expandable       `json:"_expandable,omitzero" doc:"What could be expanded and was not."`
}

// WebResourceURIs tells where web resources are, by kind.
type WebResourceURIs struct {
	All        Strings    `json:"all,omitzero" doc:"Where everything is."`
	CSS        Strings    `json:"css,omitzero" doc:"Where the styles are."`
	JS         Strings    `json:"js,omitzero" doc:"Where the scripts are."`
	Expandable Expandable `json:"_expandable,omitzero" doc:"What could be expanded and was not."`
}

// WebResourceTags is the HTML that loads web resources, by kind.
type WebResourceTags struct {
	All        string     `json:"all,omitempty" doc:"The HTML for everything."`
	CSS        string     `json:"css,omitempty" doc:"The HTML for the styles."`
	Data       string     `json:"data,omitempty" doc:"The HTML for the data."`
	JS         string     `json:"js,omitempty" doc:"The HTML for the scripts."`
	Expandable Expandable `json:"_expandable,omitzero" doc:"What could be expanded and was not."`
}

// Strings is a list of strings. Sites also send a single string in its place, which reads as a list of one.
type Strings []string

// UnmarshalJSON reads a list or a single string.
func (s *Strings) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil && string(data) != "null" {
		*s = Strings{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(s))
}
