package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

const ownEditPath = "/profile/edit"

// ownForm is where people change their profiles.
type ownForm struct {
	ownPage
	Fields    []ownField
	Audiences []string
	Zones     []string
	Version   int64
	Wrong     bool // something is, beside which it is said
	Meanwhile bool // somebody else changed the profile since the form was shown
}

// editProfile is where people change what they may change of their profiles, and choose who sees it.
func (v *visit) editProfile() error {
	a := v.who.account
	manager, err := v.managerOf(a)
	if err != nil {
		return err
	}
	form := ownForm{
		ownPage: v.ownPage("profile"), Fields: ownFieldsOf(a, manager), Version: a.Version, Zones: zones,
		Audiences: []string{directory.Anyone.String(), directory.Organization.String(), directory.OnlyMe.String()},
	}
	if !v.posted() {
		return v.show(http.StatusOK, "ownedit", form)
	}
	edit := form.read(v, a)
	if form.Wrong {
		return v.show(http.StatusUnprocessableEntity, "ownedit", form)
	}
	_, err = v.Directory.Change(v.ctx(), v.site.ID, v.by, a.ID, func(now *directory.Account) error {
		if strconv.FormatInt(now.Version, 10) != v.r.PostForm.Get("version") {
			return failure.Conflict.Errorf("The profile was changed meanwhile.")
		}
		edit(now)
		return nil
	})
	if kind, _ := failure.Of(err); err != nil && kind == failure.Conflict {
		form.Meanwhile = true
		return v.show(http.StatusConflict, "ownedit", form)
	}
	if err != nil {
		return err
	}
	return v.goTo(withQuery(profilePath, "done", "saved"))
}

// read takes what was typed, notes what is wrong with each field of a, and returns what is to change. What the form
// does not have stays as it is.
func (form *ownForm) read(v *visit, a directory.Account) (edit func(*directory.Account)) {
	var edits []func(*directory.Account)
	for i, row := range ownFields {
		f := &form.Fields[i]
		if typed, given := v.r.PostForm[row.name]; given && row.at != nil {
			f.Value = strings.TrimSpace(typed[0])
			set := func(a *directory.Account) { *row.at(a) = f.Value }
			f.Mistake = mistakeIn(a, row.name, f.Value, set)
			edits = append(edits, set)
		}
		if chosen, given := v.r.PostForm["see-"+row.name]; given && row.hidden {
			audience, err := directory.ParseAudience(chosen[0])
			if err != nil {
				f.Mistake = "audience"
				form.Wrong = true
				continue
			}
			f.Audience = audience.String()
			edits = append(edits, func(a *directory.Account) { a.Visibility[row.field] = audience })
		}
		form.Wrong = form.Wrong || f.Mistake != ""
	}
	return func(a *directory.Account) {
		for _, edit := range edits {
			edit(a)
		}
	}
}

// mistakeIn says what is wrong with one field of an account: a word that the template knows, or a sentence.
func mistakeIn(a directory.Account, name, value string, set func(*directory.Account)) string {
	switch {
	case name == "name" && value == "":
		return "empty"
	case name == "public-name" && value == "":
		return "" // it follows the display name
	}
	set(&a)
	if err := a.Check(); err != nil {
		_, message := failure.Of(err)
		return message
	}
	return ""
}
