package web

import (
	"net/http"

	"github.com/rosterhq/roster/internal/directory"
)

// personFrame is what all pages of one person show.
type personFrame struct {
	Frame
	Account directory.Account
	Face    face
	Tab     string // which page it is
	Self    bool   // the administrator's own account
	Problem string // why what was asked for was not done
}

func (v *visit) personFrame(tab string) (personFrame, error) {
	a, err := v.account()
	return personFrame{Frame: v.frame(), Account: a, Face: v.faceOf(a), Tab: tab, Self: a.ID == v.who.account.ID}, err
}

// Path is the person's page, below Root.
func (f personFrame) Path() string { return personPath(f.Account.ID) }

// personPage shows a person.
type personPage struct {
	personFrame
	Fields  []shownField
	Manager directory.Account // zero where there is none, or no such account
	Groups  []directory.Group
	More    bool // groups
}

// shownField is a field of a profile with who may see it.
type shownField struct {
	Name, Value string
	Audience    string // empty where all may
}

func (v *visit) person() error {
	f, err := v.personFrame("overview")
	if err != nil {
		return err
	}
	return v.showPerson(http.StatusOK, f)
}

func (v *visit) showPerson(status int, f personFrame) error {
	a := f.Account
	page := personPage{personFrame: f, Fields: fieldsOf(a)}
	if a.Manager != "" {
		found, err := v.Directory.AccountsWith(v.ctx(), v.site.ID, []string{a.Manager})
		if err != nil {
			return err
		}
		if len(found) > 0 {
			page.Manager = found[0]
		}
	}
	groups, err := v.Directory.MemberOf(v.ctx(), v.site.ID, a.ID, 0, 11)
	if err != nil {
		return err
	}
	page.Groups, page.More = groups[:min(len(groups), 10)], len(groups) > 10
	return v.show(status, "person", page)
}

// fieldsOf are the fields that an account has something in.
func fieldsOf(a directory.Account) (all []shownField) {
	for f, row := range directory.Fields {
		value := map[directory.Field]string{
			directory.NameField: a.DisplayName, directory.EmailField: a.Email, directory.TimeZoneField: a.TimeZone, directory.PositionField: a.Position,
			directory.DepartmentField: a.Department, directory.LocationField: a.Location, directory.PhoneField: a.Phone, directory.IMField: a.IM,
			directory.WebsiteField: a.Website,
		}[directory.Field(f)]
		if value != "" {
			all = append(all, shownField{row.Name, value, a.Visibility[f].String()})
		}
	}
	return all
}
