package directory

import "github.com/rosterhq/roster/internal/failure"

// Audience is who may see one field of a profile.
type Audience byte

const (
	Anyone       Audience = 'a'
	Organization Audience = 'o' // the site's own people: not guests, external collaborators, customers or apps
	OnlyMe       Audience = 'm' // the person, and site administrators
)

var audienceNames = map[Audience]string{Anyone: "anyone", Organization: "organization", OnlyMe: "me"}

func (a Audience) String() string { return audienceNames[a] }

// ParseAudience reads "anyone", "organization" or "me".
func ParseAudience(name string) (Audience, error) {
	for a, n := range audienceNames {
		if n == name {
			return a, nil
		}
	}
	return 0, failure.Invalid.Errorf("The audience %.60q is none of anyone, organization, me.", name)
}

// Field is a part of a profile that its owner may hide.
type Field int

// The order is stored: append only.
const (
	NameField Field = iota
	EmailField
	PictureField
	TimeZoneField
	PositionField
	DepartmentField
	LocationField
	PhoneField
	IMField
	WebsiteField
	ManagerField
	numFields
)

// Fields names every field that can be hidden, with the audience it has unless its owner chooses another.
var Fields = [numFields]struct {
	Name    string
	Default Audience
}{
	NameField:       {"name", Anyone},
	EmailField:      {"email", OnlyMe},
	PictureField:    {"picture", Organization},
	TimeZoneField:   {"timeZone", Organization},
	PositionField:   {"position", Anyone},
	DepartmentField: {"department", Organization},
	LocationField:   {"location", Organization},
	PhoneField:      {"phone", OnlyMe},
	IMField:         {"im", Organization},
	WebsiteField:    {"website", Organization},
	ManagerField:    {"manager", Organization},
}

// Visibility is an account's audience for each field that can be hidden.
type Visibility [numFields]Audience

// DefaultVisibility returns the audiences of somebody who chose none.
func DefaultVisibility() (v Visibility) {
	for f, row := range Fields {
		v[f] = row.Default
	}
	return v
}

// EveryField returns the same audience for every field.
func EveryField(a Audience) (v Visibility) {
	for f := range v {
		v[f] = a
	}
	return v
}

// Set chooses the audience of the field of this name.
func (v *Visibility) Set(field, audience string) error {
	a, err := ParseAudience(audience)
	if err != nil {
		return err
	}
	for f, row := range Fields {
		if row.Name == field {
			v[f] = a
			return nil
		}
	}
	return failure.Invalid.Errorf("The field %.60q has no visibility.", field)
}

func (v Visibility) check() error {
	for f, a := range v {
		if audienceNames[a] == "" {
			return failure.Invalid.Errorf("The visibility of %s is not set.", Fields[f].Name)
		}
	}
	return nil
}

// text is how a visibility is stored: a letter a field.
func (v Visibility) text() string {
	letters := make([]byte, numFields)
	for f, a := range v {
		letters[f] = byte(a)
	}
	return string(letters)
}

// readVisibility reads a stored visibility. A field that is missing or unreadable is hidden.
func readVisibility(text string) Visibility {
	v := EveryField(OnlyMe)
	for f := range min(len(text), int(numFields)) {
		if a := Audience(text[f]); audienceNames[a] != "" {
			v[f] = a
		}
	}
	return v
}
