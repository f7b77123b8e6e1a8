package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// personForm is what an administrator can say about an account.
type personForm struct {
	personFrame
	Fields  []personField
	Version string // of the account that the form was made from
	Kind    string // of a new account
	Groups  []directory.Group
	Chosen  map[string]bool // IDs of groups that a new account joins
	At      string          // the field that Problem is about; empty where it is about none
}

// personField is a field of the form.
type personField struct {
	Name, Value string
	Hides       bool // its owner chooses who sees it
	Audience    string
	Wrong       bool
}

// text is a field of text by its name in forms: where it is kept, and who may see it; -1 where all may.
type text struct {
	name  string
	field directory.Field
	at    func(*directory.Account) *string
}

const forAll directory.Field = -1

var personTexts = []text{
	{"publicName", forAll, func(a *directory.Account) *string { return &a.PublicName }},
	{"name", directory.NameField, func(a *directory.Account) *string { return &a.DisplayName }},
	{"email", directory.EmailField, func(a *directory.Account) *string { return &a.Email }},
	{"position", directory.PositionField, func(a *directory.Account) *string { return &a.Position }},
	{"department", directory.DepartmentField, func(a *directory.Account) *string { return &a.Department }},
	{"location", directory.LocationField, func(a *directory.Account) *string { return &a.Location }},
	{"phone", directory.PhoneField, func(a *directory.Account) *string { return &a.Phone }},
	{"im", directory.IMField, func(a *directory.Account) *string { return &a.IM }},
	{"website", directory.WebsiteField, func(a *directory.Account) *string { return &a.Website }},
	{"timeZone", directory.TimeZoneField, func(a *directory.Account) *string { return &a.TimeZone }},
	{"locale", forAll, func(a *directory.Account) *string { return &a.Locale }},
	{"manager", directory.ManagerField, func(a *directory.Account) *string { return &a.Manager }},
}

// fieldsOfForm are the fields with what stands in an account.
func fieldsOfForm(a *directory.Account) []personField {
	all := make([]personField, len(personTexts))
	for i, t := range personTexts {
		all[i] = personField{Name: t.name, Value: *t.at(a), Hides: t.field != forAll}
		if t.field != forAll {
			all[i].Audience = a.Visibility[t.field].String()
		}
	}
	return append(all, personField{Name: "picture", Hides: true, Audience: a.Visibility[directory.PictureField].String()})
}

// read takes what was typed into an account. A manager may be named by address.
func (v *visit) readPerson(form url.Values, a *directory.Account) error {
	for _, t := range personTexts {
		*t.at(a) = strings.TrimSpace(form.Get(t.name))
	}
	for f, row := range directory.Fields {
		if chosen := form.Get("see-" + row.Name); chosen != "" {
			audience, err := directory.ParseAudience(chosen)
			if err != nil {
				return err
			}
			a.Visibility[f] = audience
		}
	}
	a.Guest, a.External = form.Has("guest"), form.Has("external")
	if a.Type == directory.App {
		a.EmailApproved = form.Has("emailApproved")
	}
	if a.Manager != "" {
		manager, err := v.Directory.Account(v.ctx(), v.site.ID, a.Manager)
		if err != nil {
			return failure.Invalid.Errorf("There is no manager %.100q.", a.Manager)
		}
		a.Manager = manager.ID
	}
	return nil
}

// editPerson changes what is known of an account.
func (v *visit) editPerson() error {
	f, err := v.personFrame("edit")
	if err != nil {
		return err
	}
	page := personForm{personFrame: f, Version: strconv.FormatInt(f.Account.Version, 10)}
	if !v.posted() || f.Account.Status == directory.Closed {
		page.Fields = fieldsOfForm(&f.Account)
		return v.show(http.StatusOK, "person-edit", page)
	}
	typed := f.Account
	err = v.readPerson(v.r.PostForm, &typed)
	if err == nil {
		_, err = v.Directory.Change(v.ctx(), v.site.ID, v.by, f.Account.ID, func(a *directory.Account) error {
			if v.r.PostForm.Get("version") != strconv.FormatInt(a.Version, 10) {
				return failure.Conflict.Errorf("The account was changed meanwhile.")
			}
			typed.Status, typed.Picture, typed.Type = a.Status, a.Picture, a.Type
			*a = typed
			return nil
		})
	}
	if err == nil {
		return v.goTo(withQuery(f.Path(), "done", "edit"))
	}
	page.Account = typed
	page.Face, page.Fields = f.Face, fieldsOfForm(&typed)
	if page.Problem, err = said(err); err != nil {
		return err
	}
	page.blame()
	return v.show(http.StatusUnprocessableEntity, "person-edit", page)
}

// blame finds the field that the problem is about.
func (p *personForm) blame() {
	about := map[string]string{
		"public name": "publicName", "display name": "name", "e-mail address": "email", "position": "position", "department": "department",
		"location": "location", "phone": "phone", "The im": "im", "website": "website", "time zone": "timeZone", "locale": "locale", "manager": "manager",
	}
	for words, name := range about {
		if strings.Contains(p.Problem, words) && p.At == "" {
			p.At = name
		}
	}
	for i := range p.Fields {
		p.Fields[i].Wrong = p.Fields[i].Name == p.At
	}
}

// newPerson adds an account.
func (v *visit) newPerson() error {
	fresh := directory.Account{Type: directory.Person, Visibility: directory.DefaultVisibility()}
	page := personForm{personFrame: personFrame{Frame: v.frame(), Account: fresh, Tab: "new"}, Kind: "person", Chosen: map[string]bool{}}
	var err error
	if page.Groups, err = v.someGroups(""); err != nil {
		return err
	}
	if !v.posted() {
		home, err := v.Directory.HomeGroup(v.ctx(), v.site.ID, false)
		page.Chosen[home] = true
		page.Fields = fieldsOfForm(&fresh)
		if err != nil {
			return err
		}
		return v.show(http.StatusOK, "person-new", page)
	}
	if v.r.PostForm.Get("kind") == "customer" {
		page.Kind, fresh.Type = "customer", directory.Customer
	}
	groups := v.r.PostForm["group"]
	for _, g := range groups {
		page.Chosen[g] = true
	}
	added, err := v.addPerson(&fresh, groups)
	if err == nil {
		return v.goTo(withQuery(personPath(added.ID), "done", "new"))
	}
	page.Account, page.Fields = fresh, fieldsOfForm(&fresh)
	if page.Problem, err = said(err); err != nil {
		return err
	}
	page.blame()
	return v.show(http.StatusUnprocessableEntity, "person-new", page)
}

// addPerson adds an account of which fresh tells what was typed.
func (v *visit) addPerson(fresh *directory.Account, groups []string) (directory.Account, error) {
	if err := v.readPerson(v.r.PostForm, fresh); err != nil {
		return *fresh, err
	}
	if fresh.DisplayName == "" && fresh.PublicName == "" {
		return *fresh, failure.Invalid.Errorf("The display name is empty.")
	}
	for _, g := range groups {
		if _, err := v.Directory.Group(v.ctx(), v.site.ID, g); err != nil {
			return *fresh, err
		}
	}
	return v.Directory.Add(v.ctx(), v.site.ID, v.by, *fresh, groups...)
}

func personPath(id string) string { return peoplePath[1:] + "/" + url.PathEscape(id) }
