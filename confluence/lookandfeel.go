package confluence

// LookAndFeel is how a space looks: the official v1 schema LookAndFeel.
type LookAndFeel struct {
	Headings           Color                        `json:"headings" required:"true" doc:"The colour of headings."`
	Links              Color                        `json:"links" required:"true" doc:"The colour of links."`
	Menus              MenusLookAndFeel             `json:"menus" required:"true" doc:"How menus look."`
	Header             HeaderLookAndFeel            `json:"header" required:"true" doc:"How the header looks."`
	HorizontalHeader   *HorizontalHeaderLookAndFeel `json:"horizontalHeader,omitempty" doc:"How the header looks when it lies across the top."`
	Content            ContentLookAndFeel           `json:"content" required:"true" doc:"How content looks."`
	BordersAndDividers Color                        `json:"bordersAndDividers" required:"true" doc:"The colour of lines."`
	SpaceReference     Nullable[map[string]any]     `json:"spaceReference,omitzero" doc:"The space this belongs to, null for the site's own."`
}

// Color is the colour of one kind of thing in a [LookAndFeel].
type Color struct {
	Color string `json:"color" required:"true" doc:"The colour, in CSS terms."`
}

// MenusLookAndFeel is the official v1 schema MenusLookAndFeel.
type MenusLookAndFeel struct {
	HoverOrFocus BackgroundColor `json:"hoverOrFocus" required:"true" doc:"How the chosen entry looks."`
	Color        string          `json:"color" required:"true" doc:"The colour of the text."`
}

// BackgroundColor is the colour behind a chosen menu entry.
type BackgroundColor struct {
	BackgroundColor string `json:"backgroundColor" required:"true" doc:"The colour behind the text."`
}

// HeaderLookAndFeel is the official v1 schema HeaderLookAndFeel.
type HeaderLookAndFeel struct {
	BackgroundColor     string                           `json:"backgroundColor" required:"true" doc:"The colour of the header."`
	Button              Nullable[ButtonLookAndFeel]      `json:"button" required:"true" doc:"How buttons look."`
	PrimaryNavigation   Nullable[NavigationLookAndFeel]  `json:"primaryNavigation" required:"true" doc:"How the first row of links looks."`
	SecondaryNavigation Nullable[NavigationLookAndFeel]  `json:"secondaryNavigation" required:"true" doc:"How the second row of links looks."`
	Search              Nullable[SearchFieldLookAndFeel] `json:"search" required:"true" doc:"How the search field looks."`
}

// HorizontalHeaderLookAndFeel is the official v1 schema HorizontalHeaderLookAndFeel.
type HorizontalHeaderLookAndFeel struct {
	BackgroundColor     string                           `json:"backgroundColor" required:"true" doc:"The colour of the header."`
	Button              Nullable[ButtonLookAndFeel]      `json:"button,omitzero" doc:"How buttons look."`
	PrimaryNavigation   TopNavigationLookAndFeel         `json:"primaryNavigation" required:"true" doc:"How the first row of links looks."`
	SecondaryNavigation Nullable[NavigationLookAndFeel]  `json:"secondaryNavigation,omitzero" doc:"How the second row of links looks."`
	Search              Nullable[SearchFieldLookAndFeel] `json:"search,omitzero" doc:"How the search field looks."`
}

// ButtonLookAndFeel is the official v1 schema ButtonLookAndFeel.
type ButtonLookAndFeel struct {
	BackgroundColor string `json:"backgroundColor" required:"true" doc:"The colour of the button."`
	Color           string `json:"color" required:"true" doc:"The colour of the text."`
}

// NavigationLookAndFeel is the official v1 schema NavigationLookAndFeel.
type NavigationLookAndFeel struct {
	Color          string           `json:"color" required:"true" doc:"The colour of the text."`
	HighlightColor Nullable[string] `json:"highlightColor,omitzero" doc:"The colour of the current link."`
	HoverOrFocus   HoverOrFocus     `json:"hoverOrFocus" required:"true" doc:"How the chosen link looks."`
}

// HoverOrFocus is how a chosen link looks.
type HoverOrFocus struct {
	BackgroundColor string `json:"backgroundColor" required:"true" doc:"The colour behind the text."`
	Color           string `json:"color" required:"true" doc:"The colour of the text."`
}

// TopNavigationLookAndFeel is the official v1 schema TopNavigationLookAndFeel.
type TopNavigationLookAndFeel struct {
	Color          Nullable[string] `json:"color,omitzero" doc:"The colour of the text."`
	HighlightColor string           `json:"highlightColor" required:"true" doc:"The colour of the current link."`
	HoverOrFocus   *TopHoverOrFocus `json:"hoverOrFocus,omitempty" doc:"How the chosen link looks."`
}

// TopHoverOrFocus is how a chosen link of the top navigation looks.
type TopHoverOrFocus struct {
	BackgroundColor string `json:"backgroundColor,omitempty" doc:"The colour behind the text."`
	Color           string `json:"color,omitempty" doc:"The colour of the text."`
}

// SearchFieldLookAndFeel is the official v1 schema SearchFieldLookAndFeel.
type SearchFieldLookAndFeel struct {
	BackgroundColor string `json:"backgroundColor" required:"true" doc:"The colour of the field."`
	Color           string `json:"color" required:"true" doc:"The colour of the text."`
}

// ContentLookAndFeel is the official v1 schema ContentLookAndFeel.
type ContentLookAndFeel struct {
	Screen    *ScreenLookAndFeel             `json:"screen,omitempty" doc:"How the whole screen looks."`
	Container Nullable[ContainerLookAndFeel] `json:"container,omitzero" doc:"How the box around content looks."`
	Header    Nullable[ContainerLookAndFeel] `json:"header,omitzero" doc:"How the top of content looks."`
	Body      Nullable[ContainerLookAndFeel] `json:"body,omitzero" doc:"How the rest of content looks."`
}

// ScreenLookAndFeel is the official v1 schema ScreenLookAndFeel. Its members are CSS values.
type ScreenLookAndFeel struct {
	Background           string                `json:"background" required:"true" doc:"The background."`
	BackgroundAttachment Nullable[string]      `json:"backgroundAttachment,omitzero" doc:"Whether the background scrolls."`
	BackgroundBlendMode  Nullable[string]      `json:"backgroundBlendMode,omitzero" doc:"How backgrounds mix."`
	BackgroundClip       Nullable[string]      `json:"backgroundClip,omitzero" doc:"Where the background ends."`
	BackgroundColor      Nullable[string]      `json:"backgroundColor,omitzero" doc:"The colour of the background."`
	BackgroundImage      Nullable[string]      `json:"backgroundImage,omitzero" doc:"The picture of the background."`
	BackgroundOrigin     Nullable[string]      `json:"backgroundOrigin,omitzero" doc:"Where the background is measured from."`
	BackgroundPosition   Nullable[string]      `json:"backgroundPosition,omitzero" doc:"Where the background starts."`
	BackgroundRepeat     Nullable[string]      `json:"backgroundRepeat,omitzero" doc:"Whether the background repeats."`
	BackgroundSize       Nullable[string]      `json:"backgroundSize,omitzero" doc:"How large the background is."`
	Layer                Nullable[ScreenLayer] `json:"layer,omitzero" doc:"The layer above the background."`
	GutterTop            Nullable[string]      `json:"gutterTop,omitzero" doc:"The space at the top."`
	GutterRight          Nullable[string]      `json:"gutterRight,omitzero" doc:"The space at the right."`
	GutterBottom         Nullable[string]      `json:"gutterBottom,omitzero" doc:"The space at the bottom."`
	GutterLeft           Nullable[string]      `json:"gutterLeft,omitzero" doc:"The space at the left."`
}

// ScreenLayer is the size of the layer in a [ScreenLookAndFeel].
type ScreenLayer struct {
	Width  string `json:"width,omitempty" doc:"How wide the layer is."`
	Height string `json:"height,omitempty" doc:"How high the layer is."`
}

// ContainerLookAndFeel is the official v1 schema ContainerLookAndFeel. Its members are CSS values.
type ContainerLookAndFeel struct {
	Background           string           `json:"background" required:"true" doc:"The background."`
	BackgroundAttachment Nullable[string] `json:"backgroundAttachment,omitzero" doc:"Whether the background scrolls."`
	BackgroundBlendMode  Nullable[string] `json:"backgroundBlendMode,omitzero" doc:"How backgrounds mix."`
	BackgroundClip       Nullable[string] `json:"backgroundClip,omitzero" doc:"Where the background ends."`
	BackgroundColor      Nullable[string] `json:"backgroundColor" required:"true" doc:"The colour of the background."`
	BackgroundImage      Nullable[string] `json:"backgroundImage" required:"true" doc:"The picture of the background."`
	BackgroundOrigin     Nullable[string] `json:"backgroundOrigin,omitzero" doc:"Where the background is measured from."`
	BackgroundPosition   Nullable[string] `json:"backgroundPosition,omitzero" doc:"Where the background starts."`
	BackgroundRepeat     Nullable[string] `json:"backgroundRepeat,omitzero" doc:"Whether the background repeats."`
	BackgroundSize       Nullable[string] `json:"backgroundSize" required:"true" doc:"How large the background is."`
	Padding              string           `json:"padding" required:"true" doc:"The space inside the edge."`
	BorderRadius         string           `json:"borderRadius" required:"true" doc:"How round the corners are."`
}
