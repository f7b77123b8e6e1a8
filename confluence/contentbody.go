package confluence

// ContentBodies is the text of content in each form that was expanded.
type ContentBodies struct {
	View                *ContentBody `json:"view,omitempty" doc:"The text as shown, when expanded."`
	ExportView          *ContentBody `json:"export_view,omitempty" doc:"The text for export, when expanded."`
	StyledView          *ContentBody `json:"styled_view,omitempty" doc:"The text as shown with its styles, when expanded."`
	Storage             *ContentBody `json:"storage,omitempty" doc:"The text as stored, when expanded."`
	Wiki                *ContentBody `json:"wiki,omitempty" doc:"The text as wiki markup, when expanded."`
	Editor              *ContentBody `json:"editor,omitempty" doc:"The text for the old editor, when expanded."`
	Editor2             *ContentBody `json:"editor2,omitempty" doc:"The text for the editor, when expanded."`
	AnonymousExportView *ContentBody `json:"anonymous_export_view,omitempty" doc:"The text for export as anonymous users see it, when expanded."`
	AtlasDocFormat      *ContentBody `json:"atlas_doc_format,omitempty" doc:"The text as a JSON document, when expanded."`
	Dynamic             *ContentBody `json:"dynamic,omitempty" doc:"The text as made on request, when expanded."`
	Raw                 *ContentBody `json:"raw,omitempty" doc:"The text without any change, when expanded."`
	Expandable          Expandable   `json:"_expandable,omitzero" doc:"What could be expanded and was not."`
}

// ContentBody is the text of content in one form: the official v1 schema ContentBody.
type ContentBody struct {
	Value           string                   `json:"value" required:"true" doc:"The text."`
	Representation  string                   `json:"representation" required:"true" enum:"view export_view styled_view storage editor editor2 anonymous_export_view wiki atlas_doc_format raw" doc:"The form of the text."`
	EmbeddedContent []EmbeddedContent        `json:"embeddedContent,omitzero" doc:"What the text embeds, when expanded."`
	WebResource     *WebResourceDependencies `json:"webresource,omitempty" doc:"What a browser needs to show it, when expanded."`
	MediaToken      *MediaToken              `json:"mediaToken,omitempty" doc:"What gives access to its files, when expanded."`
	Expandable      Expandable               `json:"_expandable,omitzero" doc:"What could be expanded and was not."`
	Links           Links                    `json:"_links,omitempty" doc:"References to this text."`
}

// EmbeddedContent is something a text embeds: the official v1 schema EmbeddedContent.
type EmbeddedContent struct {
	EntityID   int64          `json:"entityId" format:"int64" doc:"The ID of what is embedded."`
	EntityType string         `json:"entityType,omitempty" doc:"The kind of what is embedded."`
	Entity     map[string]any `json:"entity,omitzero" doc:"What is embedded."`
}

// MediaToken gives access to the files of a text.
type MediaToken struct {
	CollectionIDs  []string `json:"collectionIds,omitzero" doc:"The collections it opens."`
	ContentID      string   `json:"contentId,omitempty" doc:"The content it belongs to."`
	ExpiryDateTime string   `json:"expiryDateTime,omitempty" doc:"When it stops working."`
	FileIDs        []string `json:"fileIds,omitzero" doc:"The files it opens."`
	Token          string   `json:"token,omitempty" doc:"The token itself."`
}
