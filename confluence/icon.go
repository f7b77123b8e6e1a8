package confluence

// Icon is a picture as v1 shows it: the official v1 schema Icon.
type Icon struct {
	Path      string `json:"path" required:"true" doc:"Where the picture is, relative to the site."`
	Width     int    `json:"width" required:"true" format:"int32" doc:"Width in pixels."`
	Height    int    `json:"height" required:"true" format:"int32" doc:"Height in pixels."`
	IsDefault bool   `json:"isDefault" required:"true" doc:"Whether it stands in for a picture nobody chose."`
}

// IconV2 is a picture as v2 shows it: the official v2 schema Icon.
type IconV2 struct {
	Path      string `json:"path" required:"true" doc:"Where the picture is, relative to the site."`
	IsDefault bool   `json:"isDefault" required:"true" doc:"Whether it stands in for a picture nobody chose."`
}
