package transfer

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/failure"
)

// Space is what a line says of one space. What it does not mention stays as it is.
type Space struct {
	said        map[string]string // field, labels, permissions, watchers or homepage → its text; only what the line mentions
	labels      []string          // sorted
	permissions []spacePermission
	watchers    []string // account IDs
}

// spaceField is one thing that a line can say of a space. A name with a dot is a member of a member.
type spaceField struct {
	name string
	at   func(*content.Space) *string
	flag func(*content.Space) *bool // instead of at, where it is true or false
}

// spaceFields lists what a line can say of a space, besides its labels, permissions, watchers and homepage, in the
// order of reports. Key and type never change.
var spaceFields = []spaceField{
	{name: "key", at: func(s *content.Space) *string { return &s.Key }},
	{name: "type", at: func(s *content.Space) *string { return (*string)(&s.Type) }},
	{name: "name", at: func(s *content.Space) *string { return &s.Name }},
	{name: "alias", at: func(s *content.Space) *string { return &s.Alias }},
	{name: "status", at: func(s *content.Space) *string { return (*string)(&s.Status) }},
	{name: "owner", at: func(s *content.Space) *string { return &s.Owner }},
	{name: "description", at: func(s *content.Space) *string { return &s.Description }},
	{name: "icon", at: func(s *content.Space) *string { return &s.Icon }},
	{name: "appsBlocked", flag: func(s *content.Space) *bool { return &s.AppsBlocked }},
	{name: "settings.routeOverrideEnabled", flag: func(s *content.Space) *bool { return &s.Settings.RouteOverride }},
	{name: "settings.contentMode", at: func(s *content.Space) *string { return &s.Settings.ContentMode }},
	{name: "settings.editor.page", at: func(s *content.Space) *string { return &s.Settings.Editor.Page }},
	{name: "settings.editor.blogpost", at: func(s *content.Space) *string { return &s.Settings.Editor.Blogpost }},
	{name: "settings.editor.default", at: func(s *content.Space) *string { return &s.Settings.Editor.Default }},
	{name: "theme.themeKey", at: func(s *content.Space) *string { return &s.Settings.Theme.Key }},
	{name: "theme.name", at: func(s *content.Space) *string { return &s.Settings.Theme.Name }},
	{name: "theme.description", at: func(s *content.Space) *string { return &s.Settings.Theme.Description }},
	{name: "theme.icon", at: func(s *content.Space) *string { return &s.Settings.Theme.Icon }},
	{name: "lookAndFeel", at: func(s *content.Space) *string { return &s.LookAndFeel }},
}

func (f *spaceField) get(s *content.Space) string {
	if f.flag != nil {
		return strconv.FormatBool(*f.flag(s))
	}
	return *f.at(s)
}

func (s *Space) set(to *content.Space) error {
	for _, f := range spaceFields {
		value, said := s.said[f.name]
		switch {
		case !said:
		case f.flag != nil:
			*f.flag(to) = value == "true"
		default:
			*f.at(to) = value
		}
	}
	return nil
}

func decodeSpace(all []member) (*Space, error) {
	s := &Space{said: make(map[string]string, len(all))}
	for _, m := range all {
		var err error
		switch m.name {
		case "kind":
		case "labels":
			s.labels, err = m.labels()
			s.said[m.name] = strings.Join(s.labels, " ")
		case "watchers":
			s.watchers, err = m.watchers()
			s.said[m.name] = strings.Join(s.watchers, " ")
		case "permissions":
			err = s.sayPermissions(m)
		case "homepage":
			err = s.sayHomepage(m)
		case "lookAndFeel":
			s.said[m.name], err = m.look()
		case "theme":
			s.forget(m.name + ".") // a theme is one thing: what is not said of it is not kept from another
			err = s.say("", m)
		default:
			err = s.say("", m)
		}
		if err != nil {
			return nil, err
		}
	}
	if s.said["key"] == "" {
		return nil, failure.Invalid.Errorf("There is no key, so nobody can tell which space this is.")
	}
	return s, nil
}

// say notes a member of the object at path, with what is in it.
func (s *Space) say(path string, m member) (err error) {
	name, isObject := path+m.name, false
	for _, f := range spaceFields {
		if f.name == name {
			if s.said[name], err = m.text(); f.flag != nil {
				s.said[name], err = m.flag()
			}
			return err
		}
		isObject = isObject || strings.HasPrefix(f.name, name+".")
	}
	switch {
	case !isObject:
		return failure.Invalid.Errorf("A space has no member %.100q.", name)
	case m.isNull():
		s.forget(name + ".")
		return nil
	}
	all, err := m.members()
	for _, below := range all {
		if err == nil {
			err = s.say(name+".", below)
		}
	}
	return err
}

// forget empties all fields whose names begin so.
func (s *Space) forget(prefix string) {
	for _, f := range spaceFields {
		if strings.HasPrefix(f.name, prefix) {
			s.said[f.name] = ""
		}
	}
}

// sayHomepage notes title and body of a homepage, or by null that there is none.
func (s *Space) sayHomepage(m member) error {
	s.said["homepage"] = ""
	if m.isNull() {
		return nil
	}
	delete(s.said, "homepage")
	all, err := m.members()
	for _, part := range all {
		switch {
		case err != nil:
		case part.name == "title" || part.name == "body":
			s.said["homepage."+part.name], err = part.text()
		default:
			err = failure.Invalid.Errorf("A homepage has no member %.100q.", part.name)
		}
	}
	return err
}

func labelTexts(labels []content.Label) []string {
	texts := make([]string, len(labels))
	for i, l := range labels {
		texts[i] = l.String()
	}
	slices.Sort(texts)
	return texts
}

// members reads an object.
func (m member) members() ([]member, error) {
	all, err := members(m.value)
	if err != nil {
		err = failure.Invalid.Errorf("%s: %s", m.name, reason(err))
	}
	return all, err
}

// look reads a look and feel; null is the default.
func (m member) look() (string, error) {
	if m.isNull() {
		return "", nil
	}
	if err := m.repeats(); err != nil {
		return "", err
	}
	return content.ParseLook(m.value)
}

// repeats refuses repeated members of an object, and of the objects in it.
func (m member) repeats() error {
	all, err := m.members()
	for _, below := range all {
		if err == nil && json.Valid(below.value) && below.value[0] == '{' {
			err = below.repeats()
		}
	}
	return err
}
