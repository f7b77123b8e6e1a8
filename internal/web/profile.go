package web

import (
	"net/http"
	"slices"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/directory"
)

const profilePath = "/profile"

// ownPage is what all pages about oneself have.
type ownPage struct {
	Frame
	Tab     string // that is marked
	Account directory.Account
}

func (v *visit) ownPage(tab string) ownPage { return ownPage{v.frame(), tab, v.who.account} }

// ownField is a part of people's profiles as they see and change it themselves.
type ownField struct {
	Name     string // for which the template has words
	Value    string
	Fixed    bool   // people cannot change it themselves
	Audience string // who may see it; empty for what everybody sees
	Mistake  string // in the form
}

// ownFields are the parts of a profile, in the order in which they are shown. Those without a field of directory.Fields
// everybody sees.
var ownFields = []struct {
	name   string
	hidden bool // can be, as field
	field  directory.Field
	at     func(*directory.Account) *string // what people change; nil for what they do not
}{
	{"name", true, directory.NameField, func(a *directory.Account) *string { return &a.DisplayName }},
	{"public-name", false, 0, func(a *directory.Account) *string { return &a.PublicName }},
	{"email", true, directory.EmailField, nil},
	{"picture", true, directory.PictureField, nil},
	{"position", true, directory.PositionField, func(a *directory.Account) *string { return &a.Position }},
	{"department", true, directory.DepartmentField, func(a *directory.Account) *string { return &a.Department }},
	{"manager", true, directory.ManagerField, nil},
	{"location", true, directory.LocationField, func(a *directory.Account) *string { return &a.Location }},
	{"time-zone", true, directory.TimeZoneField, func(a *directory.Account) *string { return &a.TimeZone }},
	{"locale", false, 0, func(a *directory.Account) *string { return &a.Locale }},
	{"phone", true, directory.PhoneField, func(a *directory.Account) *string { return &a.Phone }},
	{"im", true, directory.IMField, func(a *directory.Account) *string { return &a.IM }},
	{"website", true, directory.WebsiteField, func(a *directory.Account) *string { return &a.Website }},
}

// ownFieldsOf returns the parts of an account's profile. manager is the name of who that is.
func ownFieldsOf(a directory.Account, manager string) []ownField {
	all := make([]ownField, len(ownFields))
	for i, row := range ownFields {
		f := ownField{Name: row.name, Fixed: row.at == nil}
		switch {
		case row.at != nil:
			f.Value = *row.at(&a)
		case row.name == "email":
			f.Value = a.Email
		case row.name == "manager":
			f.Value = manager
		}
		if row.hidden {
			f.Audience = a.Visibility[row.field].String()
		}
		all[i] = f
	}
	return all
}

// seen is how somebody else sees a profile.
type seen struct {
	By      string // for which the template has words
	Name    string
	Initial string // instead of a picture; empty where that is shown
	Fields  []ownField
}

// seenAs returns how viewers see an account: whoever is none of the organization, its own people, and an app as itself.
func seenAs(a directory.Account, manager string) []seen {
	var all []seen
	for _, viewer := range []struct {
		name string
		directory.Viewer
	}{{"anyone", directory.Viewer{}}, {"organization", directory.Viewer{Member: true}}, {"app", directory.Viewer{AccountID: "app"}}} {
		p := viewer.See(a)
		s := seen{By: viewer.name, Name: p.DisplayName}
		if p.Picture.Digest == "" && (a.Picture != "" || s.Name != a.DisplayName) {
			r, _ := utf8.DecodeRuneInString(p.DisplayName)
			s.Initial = string(r)
		}
		if p.Manager == "" {
			manager = ""
		}
		s.Fields = slices.DeleteFunc([]ownField{
			{Name: "public-name", Value: p.PublicName},
			{Name: "email", Value: p.Email},
			{Name: "position", Value: p.Position},
			{Name: "department", Value: p.Department},
			{Name: "manager", Value: p.Manager},
			{Name: "location", Value: p.Location},
			{Name: "time-zone", Value: p.TimeZone},
			{Name: "locale", Value: p.Locale},
			{Name: "phone", Value: p.Phone},
			{Name: "im", Value: p.IM},
			{Name: "website", Value: p.Website},
		}, func(f ownField) bool { return f.Value == "" })
		for i, f := range s.Fields {
			if f.Name == "manager" {
				s.Fields[i].Value = manager
			}
		}
		all = append(all, s)
	}
	return all
}

// profilePage shows people themselves.
type profilePage struct {
	ownPage
	Fields   []ownField
	Seen     []seen
	SignedIn bool // who is not signed in sees no profiles
	EmailAPI bool // apps that an administrator approved read addresses
}

// profile is a person's own page.
func (v *visit) profile() error {
	manager, err := v.managerOf(v.who.account)
	if err != nil {
		return err
	}
	settings := v.site.Settings
	return v.show(http.StatusOK, "profile", profilePage{
		v.ownPage("profile"), ownFieldsOf(v.who.account, manager), seenAs(v.who.account, manager), !settings.AnonymousAccess || !settings.AnonymousProfiles, settings.EmailAPI,
	})
}

// managerOf returns the name of an account's manager as far as the visitor may see it, else the ID.
func (v *visit) managerOf(a directory.Account) (string, error) {
	if a.Manager == "" {
		return "", nil
	}
	profiles, err := v.Directory.Profiles(v.ctx(), v.site.ID, v.who.Standing.Viewer(), a.Manager)
	if err != nil || len(profiles) == 0 {
		return a.Manager, err
	}
	return profiles[0].DisplayName, nil
}
