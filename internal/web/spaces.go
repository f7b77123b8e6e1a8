package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

const (
	spacesPath = "/spaces"

	countedContent = 1000 // that a page counts no further than
)

// spacesPage lists spaces.
type spacesPage struct {
	Frame
	Text, Kind, Status string
	Spaces             []listedSpace
	Next               string
	Begun              bool
}

// listedSpace is a space with the name of its owner.
type listedSpace struct {
	content.Space
	OwnerName string
}

// Path is the space's page, below Root.
func (s listedSpace) Path() string { return spacePath(s.Key) }

func spacePath(key string) string { return spacesPath[1:] + "/" + url.PathEscape(key) }

func (v *visit) spaces() error {
	q := v.r.URL.Query()
	page := spacesPage{Frame: v.frame(), Text: clipped(q.Get("q")), Kind: q.Get("kind"), Status: q.Get("status"), Begun: q.Get("after") != ""}
	f := content.SpaceFilter{Type: content.SpaceType(clipped(page.Kind)), Status: content.SpaceStatus(clipped(page.Status))}
	found, next, err := v.Content.FindSpaces(v.ctx(), v.site.ID, f, page.Text, clipped(q.Get("after")), peopleShown)
	if err != nil {
		return err
	}
	var owners []string
	for _, s := range found {
		owners = append(owners, s.Owner)
	}
	names, err := v.names(owners)
	if err != nil {
		return err
	}
	for _, s := range found {
		page.Spaces = append(page.Spaces, listedSpace{s, names[s.Owner]})
	}
	if next != "" {
		page.Next = withQuery("spaces", "q", page.Text, "kind", page.Kind, "status", page.Status, "after", next)
	}
	if v.partial() {
		return v.showPart("spaces", "found", page)
	}
	return v.show(http.StatusOK, "spaces", page)
}

// spacePage shows a space.
type spacePage struct {
	Frame
	Space       listedSpace
	Content     int
	Beyond      bool // there is more content than was counted
	Labels      []string
	Permissions []spacePermission
	Operations  []string // that a permission can be for
	Watchers    []listed
	Next        string // watchers
	Problem     string
	Typed       struct{ Operation, Kind, Who string }
}

// spacePermission is one permission for one subject, as the page shows it.
type spacePermission struct {
	content.Permission
	Where string // to the page of the subject, below Root; empty where it has none
}

// Text names what the permission is for.
func (p spacePermission) Text() string { return p.Name + " " + p.Target }

func (v *visit) space() error {
	s, err := v.Content.Space(v.ctx(), v.site.ID, v.r.PathValue("key"))
	if err != nil {
		return err
	}
	page := spacePage{Frame: v.frame()}
	if v.posted() {
		err := v.changeSpace(s)
		if err == nil {
			return v.goTo(withQuery(spacePath(s.Key), "done", v.r.PostForm.Get("do")))
		}
		if page.Problem, err = said(err); err != nil {
			return err
		}
		form := v.r.PostForm
		page.Typed.Operation, page.Typed.Kind, page.Typed.Who = form.Get("operation"), form.Get("kind"), form.Get("who")
	}
	return v.showSpace(page, s)
}

func (v *visit) showSpace(page spacePage, s content.Space) error {
	store := v.Content
	n, err := store.CountContent(v.ctx(), v.site.ID, s.ID, countedContent+1)
	if err != nil {
		return err
	}
	page.Content, page.Beyond = min(n, countedContent), n > countedContent
	labels, err := store.Labels(v.ctx(), v.site.ID, content.OnSpace, []int64{s.ID}, content.MaxLabels)
	if err != nil {
		return err
	}
	for _, l := range labels[s.ID] {
		page.Labels = append(page.Labels, l.String())
	}
	permissions, err := store.Permissions(v.ctx(), v.site.ID, []int64{s.ID}, content.MaxPermissions)
	if err != nil {
		return err
	}
	if page.Permissions, err = v.subjects(permissions[s.ID]); err != nil {
		return err
	}
	for _, o := range content.Operations {
		page.Operations = append(page.Operations, o.Name+" "+o.Target)
	}
	ids, next, err := store.WatchersAfter(v.ctx(), v.site.ID, content.WatchSpace, s.ID, clipped(v.r.URL.Query().Get("after")), peopleShown)
	if err != nil {
		return err
	}
	people, err := v.Directory.AccountsWith(v.ctx(), v.site.ID, append([]string{s.Owner}, ids...))
	if err != nil {
		return err
	}
	page.Space = listedSpace{Space: s}
	for _, a := range people {
		if a.ID == s.Owner {
			page.Space.OwnerName = a.DisplayName
		}
		for _, id := range ids {
			if a.ID == id {
				page.Watchers = append(page.Watchers, listed{Account: a, Face: v.faceOf(a)})
			}
		}
	}
	if next != "" {
		page.Next = withQuery("", "after", next)
	}
	if page.Problem != "" {
		return v.show(http.StatusUnprocessableEntity, "space", page)
	}
	return v.show(http.StatusOK, "space", page)
}

// subjects makes permissions ready to be shown: the people among those who hold them are named.
func (v *visit) subjects(permissions []content.Permission) ([]spacePermission, error) {
	var users []string
	for _, p := range permissions {
		if p.Subject.Kind == content.User {
			users = append(users, p.Subject.ID)
		}
	}
	names, err := v.names(users)
	all := make([]spacePermission, len(permissions))
	for i, p := range permissions {
		if p.Subject.Kind == content.User {
			p.Subject.Name = names[p.Subject.ID]
		}
		all[i] = spacePermission{p, subjectPath(p.Subject)}
	}
	return all, err
}

func subjectPath(s content.Subject) string {
	switch {
	case s.Name == "": // it is gone
		return ""
	case s.Kind == content.User:
		return personPath(s.ID)
	case s.Kind == content.Group:
		return "groups/" + s.ID
	}
	return ""
}

// changeSpace does what a form of the space's page says.
func (v *visit) changeSpace(s content.Space) error {
	edit := func(do func(*content.Space)) error {
		_, err := v.Content.Change(v.ctx(), v.site.ID, v.by, s.Key, func(s *content.Space) error { do(s); return nil })
		return err
	}
	switch v.r.PostForm.Get("do") {
	case "block":
		return edit(func(s *content.Space) { s.AppsBlocked = true })
	case "allow":
		return edit(func(s *content.Space) { s.AppsBlocked = false })
	case "archive":
		return edit(func(s *content.Space) { s.Status = content.Archived })
	case "restore":
		return edit(func(s *content.Space) { s.Status = content.Current })
	case "permit":
		return v.permitInSpace(s)
	}
	return failure.Invalid.Errorf("The form does not say what to do.")
}

// forbidInSpace asks, and then takes a permission of a space away.
func (v *visit) forbidInSpace() error {
	s, err := v.Content.Space(v.ctx(), v.site.ID, v.r.PathValue("key"))
	if err != nil {
		return err
	}
	held, err := v.Content.Permissions(v.ctx(), v.site.ID, []int64{s.ID}, content.MaxPermissions)
	if err != nil {
		return err
	}
	all, err := v.subjects(held[s.ID])
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(p spacePermission) bool { return strconv.FormatInt(p.ID, 10) == v.r.PathValue("permission") })
	switch {
	case i < 0:
		return failure.NotFound.Errorf("There is no such permission, or not any more.")
	case !v.posted():
		return v.question("permission", strings.TrimSuffix(v.tongue().say(all[i].Text())+", "+all[i].Subject.Name, ", "), spacePath(s.Key), false)
	}
	if err := v.Content.SetPermissions(v.ctx(), v.site.ID, v.by, s.Key, slices.Delete(held[s.ID], i, i+1)); err != nil {
		return err
	}
	return v.goTo(withQuery(spacePath(s.Key), "done", "forbid"))
}

// permitInSpace adds a permission to those of a space.
func (v *visit) permitInSpace(s content.Space) error {
	held, err := v.Content.Permissions(v.ctx(), v.site.ID, []int64{s.ID}, content.MaxPermissions)
	if err != nil {
		return err
	}
	form := v.r.PostForm
	var p content.Permission
	p.Name, p.Target, _ = strings.Cut(form.Get("operation"), " ")
	switch form.Get("kind") {
	case "anonymous":
		p.Anonymous = true
	case "unlicensed":
		p.Unlicensed = true
	case "group":
		var g directory.Group
		g, err = v.Directory.GroupNamed(v.ctx(), v.site.ID, form.Get("who"))
		p.Subject = content.Subject{Kind: content.Group, ID: g.ID}
	default:
		var a directory.Account
		a, err = v.Directory.Account(v.ctx(), v.site.ID, form.Get("who"))
		p.Subject = content.Subject{Kind: content.User, ID: a.ID}
	}
	if err != nil {
		return err
	}
	return v.Content.SetPermissions(v.ctx(), v.site.ID, v.by, s.Key, append(held[s.ID], p))
}
