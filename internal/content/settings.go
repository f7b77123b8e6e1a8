package content

import (
	"regexp"

	"github.com/rosterhq/roster/internal/failure"
)

// Settings are how a space is set up.
type Settings struct {
	RouteOverride bool   `json:"routeOverride"` // a theme's own page stands before the homepage
	ContentMode   string `json:"contentMode"`   // standard, compact, or empty where nobody chose
	Editor        Editor `json:"editor"`
	Theme         Theme  `json:"theme"`
}

// Editor names the editor for each kind of content, such as v2.
type Editor struct {
	Page     string `json:"page"`
	Blogpost string `json:"blogpost"`
	Default  string `json:"default"`
}

// Theme is what an app makes a space look like.
type Theme struct {
	Key         string `json:"key"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Icon        string `json:"icon"` // path of a picture, below /wiki; empty without one
}

// DefaultTheme is the theme of a space for which nobody chose one.
var DefaultTheme = Theme{Key: "default", Name: "Default", Description: "The look of the site."}

func (s *Settings) fillDefaults() {
	for _, editor := range []*string{&s.Editor.Page, &s.Editor.Blogpost, &s.Editor.Default} {
		if *editor == "" {
			*editor = "v2"
		}
	}
	if s.Theme == (Theme{}) {
		s.Theme = DefaultTheme
	}
}

var (
	validEditor   = regexp.MustCompile(`^[a-z0-9]{1,20}$`)
	validThemeKey = regexp.MustCompile(`^[A-Za-z0-9:._-]{1,255}$`)
)

func (s *Settings) check() error {
	switch s.ContentMode {
	case "", "standard", "compact":
	default:
		return failure.Invalid.Errorf("The content mode %.60q is none of standard, compact.", s.ContentMode)
	}
	for _, editor := range []string{s.Editor.Page, s.Editor.Blogpost, s.Editor.Default} {
		if !validEditor.MatchString(editor) {
			return failure.Invalid.Errorf("The editor %.60q is not 1 to 20 lower-case letters and digits.", editor)
		}
	}
	if !validThemeKey.MatchString(s.Theme.Key) {
		return failure.Invalid.Errorf("The theme key %.300q is not 1 to 255 letters, digits and :._-.", s.Theme.Key)
	}
	if s.Theme.Icon != "" && !validIcon.MatchString(s.Theme.Icon) {
		return failure.Invalid.Errorf("The theme icon %.200q is not a path such as /images/theme.svg.", s.Theme.Icon)
	}
	if err := checkLine("theme name", s.Theme.Name); err != nil {
		return err
	}
	return checkLine("theme description", s.Theme.Description)
}
