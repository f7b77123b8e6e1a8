package web

import (
	"net/http"
	"strings"

	"github.com/rosterhq/roster/internal/directory"
)

// personStatus deactivates or reactivates an account, or signs it out, once it has asked about what does not come back
// whole.
func (v *visit) personStatus() error {
	f, err := v.personFrame("overview")
	if err != nil {
		return err
	}
	done := v.r.FormValue("do")
	if !v.posted() {
		if f.Account.Status == directory.Active && (done == "deactivate" || done == "signout") {
			return v.question(done, f.Account.DisplayName, f.Path(), f.Self)
		}
		return v.goTo(f.Path())
	}
	switch done {
	case "deactivate":
		_, err = v.setStatus(f.Account.ID, directory.Inactive)
	case "reactivate":
		_, err = v.setStatus(f.Account.ID, directory.Active)
	case "signout":
		_, err = v.Directory.EndSessions(v.ctx(), v.site.ID, v.by, f.Account.ID)
	default:
		return v.problem(http.StatusBadRequest, "form", "")
	}
	if err == nil {
		return v.goTo(withQuery(f.Path(), "done", done))
	}
	if f.Problem, err = said(err); err != nil {
		return err
	}
	return v.showPerson(http.StatusUnprocessableEntity, f)
}

// closing asks whether to close an account for good.
type closing struct {
	personFrame
	Wanted string // what is to be typed
	Typed  string
	Wrong  bool // something else was typed
}

// closePerson closes an account, which cannot be taken back: so its name is to be typed.
func (v *visit) closePerson() error {
	f, err := v.personFrame("overview")
	if err != nil {
		return err
	}
	page := closing{personFrame: f, Wanted: f.Account.PublicName}
	if !v.posted() {
		return v.show(http.StatusOK, "person-close", page)
	}
	page.Typed = v.r.PostForm.Get("name")
	if strings.TrimSpace(page.Typed) != strings.TrimSpace(page.Wanted) {
		page.Wrong = true
		return v.show(http.StatusUnprocessableEntity, "person-close", page)
	}
	if _, err = v.setStatus(f.Account.ID, directory.Closed); err == nil {
		return v.goTo(withQuery(f.Path(), "done", "close"))
	}
	if page.Problem, err = said(err); err != nil {
		return err
	}
	return v.show(http.StatusUnprocessableEntity, "person-close", page)
}

// personPassword gives a person a password to sign in with.
func (v *visit) personPassword() error {
	f, err := v.personFrame("access")
	if err != nil {
		return err
	}
	if !v.posted() {
		return v.show(http.StatusOK, "person-password", f)
	}
	password := v.r.PostForm.Get("password")
	if password != v.r.PostForm.Get("again") {
		f.Problem = "differ"
		return v.show(http.StatusUnprocessableEntity, "person-password", f)
	}
	_, err = v.Directory.SetPassword(v.ctx(), v.site.ID, v.by, f.Account.ID, password)
	if err == nil {
		return v.goTo(withQuery(f.Path(), "done", "password"))
	}
	if f.Problem, err = said(err); err != nil {
		return err
	}
	return v.show(http.StatusUnprocessableEntity, "person-password", f)
}
