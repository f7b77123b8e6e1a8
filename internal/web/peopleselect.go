package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// mostSelected is how many people one form changes.
const mostSelected = 100

// selectionPage says what will happen to people, or what happened to each.
type selectionPage struct {
	Frame
	Do      string // deactivate, reactivate, join or leave
	Group   directory.Group
	People  []selected
	Settled bool   // it has been done, as far as it could be
	Undo    string // what takes it back
	Back    string // leads to the list from which they come, below Root
	Changes int    // how many changed
	Self    bool   // the administrator is among them
}

// selected is one of the people.
type selected struct {
	directory.Account
	Face    face
	Changed bool
	Problem string // why not; empty where it is as it shall be already
}

var undoes = map[string]string{"deactivate": "reactivate", "reactivate": "deactivate", "join": "leave", "leave": "join"}

// selectPeople asks whether to change several people, and does.
func (v *visit) selectPeople() error {
	if err := v.r.ParseForm(); err != nil {
		return v.problem(http.StatusBadRequest, "form", "")
	}
	page := selectionPage{Frame: v.frame(), Do: v.r.Form.Get("do"), Undo: undoes[v.r.Form.Get("do")], Back: v.listBefore()[1:]}
	ids := v.r.Form["account"]
	switch {
	case page.Undo == "":
		return failure.Invalid.Errorf("Choose what to do with those who are ticked.")
	case len(ids) == 0:
		return v.goTo(v.listBefore("done", "nobody"))
	case len(ids) > mostSelected:
		return failure.Invalid.Errorf("At most %d people can be changed at once.", mostSelected)
	}
	if page.Do == "join" || page.Do == "leave" {
		var err error
		if page.Group, err = v.Directory.Group(v.ctx(), v.site.ID, v.r.Form.Get("to")); err != nil {
			return err
		}
	}
	accounts, err := v.Directory.AccountsWith(v.ctx(), v.site.ID, ids)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		page.People = append(page.People, selected{Account: a, Face: v.faceOf(a)})
		page.Self = page.Self || a.ID == v.who.account.ID
	}
	if v.posted() {
		if err := v.settle(&page); err != nil {
			return err
		}
	}
	return v.show(http.StatusOK, "people-select", page)
}

// List is the query of that list.
func (p selectionPage) List() string { return strings.TrimPrefix(p.Back, peoplePath[1:]) }

// listBefore is the list of people from which a form came, with more parameters.
func (v *visit) listBefore(pairs ...string) string {
	q, _ := url.ParseQuery(strings.TrimPrefix(v.r.Form.Get("list"), "?")) // what cannot be read is left out
	return peopleFilterOf(q).at(peoplePath, append(pairs, "after", clipped(q.Get("after")))...)
}

// settle does to each of the people by themselves what the page says.
func (v *visit) settle(page *selectionPage) error {
	page.Settled = true
	for i := range page.People {
		p := &page.People[i]
		var err error
		if p.Changed, err = v.doTo(p.Account, page.Do, page.Group.ID); err != nil {
			if p.Problem, err = said(err); err != nil {
				return err
			}
		}
		if p.Changed {
			page.Changes++
		}
	}
	return nil
}

// doTo changes one account, and reports whether it was otherwise before.
func (v *visit) doTo(a directory.Account, do, group string) (bool, error) {
	switch do {
	case "join":
		return v.Directory.AddMember(v.ctx(), v.site.ID, v.by, group, a.ID)
	case "leave":
		return v.Directory.RemoveMember(v.ctx(), v.site.ID, v.by, group, a.ID)
	}
	status := directory.Inactive
	if do == "reactivate" {
		status = directory.Active
	}
	if a.Status == status {
		return false, nil
	}
	_, err := v.setStatus(a.ID, status)
	return err == nil, err
}
