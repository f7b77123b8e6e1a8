package web

import (
	"net/http"
	"slices"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

const groupsPath = "/groups"

// groupsPage lists groups.
type groupsPage struct {
	Frame
	Text   string
	Groups []listedGroup
	Next   string
	Begun  bool
}

// listedGroup is a group in a list.
type listedGroup struct {
	directory.Group
	directory.Membership
}

func (v *visit) groups() error {
	q := v.r.URL.Query()
	page := groupsPage{Frame: v.frame(), Text: clipped(q.Get("q")), Begun: q.Get("after") != ""}
	found, next, err := v.Directory.FindGroups(v.ctx(), v.site.ID, page.Text, clipped(q.Get("after")), peopleShown)
	if err != nil {
		return err
	}
	of, err := v.Directory.MembershipOf(v.ctx(), v.site.ID, found)
	if err != nil {
		return err
	}
	for _, g := range found {
		page.Groups = append(page.Groups, listedGroup{g, of[g.ID]})
	}
	if next != "" {
		page.Next = withQuery("groups", "q", page.Text, "after", next)
	}
	if v.partial() {
		return v.showPart("groups", "found", page)
	}
	return v.show(http.StatusOK, "groups", page)
}

// newGroup adds a group.
func (v *visit) newGroup() error {
	page := struct {
		Frame
		Name, Problem string
	}{Frame: v.frame()}
	if !v.posted() {
		return v.show(http.StatusOK, "group-new", page)
	}
	page.Name = v.r.PostForm.Get("name")
	g, err := v.Directory.AddGroup(v.ctx(), v.site.ID, v.by, directory.Group{Name: page.Name})
	if err == nil {
		return v.goTo(withQuery("groups/"+g.ID, "done", "new"))
	}
	if page.Problem, err = said(err); err != nil {
		return err
	}
	return v.show(http.StatusUnprocessableEntity, "group-new", page)
}

// groupPage shows a group with its members and what they may do.
type groupPage struct {
	Frame
	Group       directory.Group
	Count       int64
	Permissions []heldPermission
	Members     []listed
	Next        string
	Begun       bool
	Typed       string // whom to add
	Problem     string
	Did         string            // join, leave, grant or revoke, where that was just done
	About       directory.Account // who was added or taken out
}

// heldPermission is a permission, and whether a group holds it.
type heldPermission struct {
	Name directory.Permission
	Held bool
}

func (v *visit) theGroup() (directory.Group, error) {
	id := v.r.PathValue("group")
	if !directory.ValidGroupID(id) {
		return directory.Group{}, failure.NotFound.Errorf("There is no group %.100q.", id)
	}
	return v.Directory.Group(v.ctx(), v.site.ID, id)
}

func (v *visit) group() error {
	g, err := v.theGroup()
	if err != nil {
		return err
	}
	page := groupPage{Frame: v.frame(), Group: g}
	if v.posted() {
		// What takes it back is offered here, and not where a link could lead.
		if page.Did, page.About, err = v.changeGroup(g); err != nil {
			if page.Problem, err = said(err); err != nil {
				return err
			}
			page.Did, page.Typed = "", v.r.PostForm.Get("account")
		}
	}
	return v.showGroup(page)
}

// changeGroup does what a form of the group's page says.
func (v *visit) changeGroup(g directory.Group) (done string, about directory.Account, err error) {
	form := v.r.PostForm
	done = form.Get("do")
	switch done {
	case "join", "leave":
		if about, err = v.Directory.Account(v.ctx(), v.site.ID, form.Get("account")); err != nil {
			return done, about, err
		}
		if done == "join" {
			_, err = v.Directory.AddMember(v.ctx(), v.site.ID, v.by, g.ID, about.ID)
		} else {
			_, err = v.Directory.RemoveMember(v.ctx(), v.site.ID, v.by, g.ID, about.ID)
		}
	case "grant", "revoke":
		var p directory.Permission
		if p, err = directory.ParsePermission(form.Get("permission")); err == nil {
			_, err = v.Directory.Grant(v.ctx(), v.site.ID, v.by, g.ID, p, done == "grant")
		}
	default:
		err = failure.Invalid.Errorf("The form does not say what to do.")
	}
	return done, about, err
}

func (v *visit) showGroup(page groupPage) error {
	of, err := v.Directory.MembershipOf(v.ctx(), v.site.ID, []directory.Group{page.Group})
	if err != nil {
		return err
	}
	m := of[page.Group.ID]
	page.Count = m.Members
	for _, p := range directory.Permissions {
		page.Permissions = append(page.Permissions, heldPermission{p, slices.Contains(m.Permissions, p)})
	}
	after := clipped(v.r.URL.Query().Get("after"))
	members, next, err := v.Directory.Find(v.ctx(), v.site.ID, v.by, directory.Filter{GroupID: page.Group.ID}, after, peopleShown)
	if err != nil {
		return err
	}
	for _, a := range members {
		page.Members = append(page.Members, listed{Account: a, Face: v.faceOf(a)})
	}
	page.Begun = after != ""
	if next != "" {
		page.Next = withQuery("", "after", next)
	}
	if page.Problem != "" {
		return v.show(http.StatusUnprocessableEntity, "group", page)
	}
	return v.show(http.StatusOK, "group", page)
}

// deleteGroup asks whether to delete a group, and does.
func (v *visit) deleteGroup() error {
	g, err := v.theGroup()
	if err != nil {
		return err
	}
	page := groupPage{Frame: v.frame(), Group: g}
	of, err := v.Directory.MembershipOf(v.ctx(), v.site.ID, []directory.Group{g})
	if err != nil {
		return err
	}
	page.Count = of[g.ID].Members
	for _, p := range of[g.ID].Permissions {
		page.Permissions = append(page.Permissions, heldPermission{p, true})
	}
	if !v.posted() {
		return v.show(http.StatusOK, "group-delete", page)
	}
	err = v.Directory.DeleteGroupByID(v.ctx(), v.site.ID, v.by, g.ID)
	if err == nil {
		return v.goTo(withQuery("groups", "done", "delete", "of", g.Name))
	}
	if page.Problem, err = said(err); err != nil {
		return err
	}
	return v.show(http.StatusUnprocessableEntity, "group-delete", page)
}
