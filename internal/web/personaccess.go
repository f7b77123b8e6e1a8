package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/oauth"
)

// accessPage is by what somebody gets in: tokens, sessions, and the apps that they allowed.
type accessPage struct {
	personFrame
	Tokens   []heldToken
	Sessions []heldToken
	Grants   []oauth.Grant
}

// heldToken is a token, and whether it is good.
type heldToken struct {
	directory.Token
	State string // good, expired or revoked
	Mine  bool   // the session by which the page is seen
}

func held(t directory.Token, now time.Time, mine string) heldToken {
	state := "good"
	switch {
	case !t.RevokedAt.IsZero():
		state = "revoked"
	case !now.Before(t.ExpiresAt):
		state = "expired"
	}
	return heldToken{t, state, t.ID == mine}
}

// personAccess shows tokens, sessions and apps.
func (v *visit) personAccess() error {
	page, err := v.accessPage()
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "person-access", page)
}

func (v *visit) accessPage() (page accessPage, err error) {
	if page.personFrame, err = v.personFrame("access"); err != nil {
		return page, err
	}
	id, now := page.Account.ID, v.Directory.Changes.Now()
	tokens, err := v.Directory.Tokens(v.ctx(), v.site.ID, id)
	if err != nil {
		return page, err
	}
	for _, t := range tokens {
		page.Tokens = append(page.Tokens, held(t, now, ""))
	}
	sessions, err := v.Directory.Sessions(v.ctx(), v.site.ID, id)
	if err != nil {
		return page, err
	}
	for _, t := range sessions {
		page.Sessions = append(page.Sessions, held(t, now, v.who.TokenID))
	}
	page.Grants, err = v.OAuth.Grants(v.ctx(), v.site.ID, id)
	return page, err
}

// endAccess asks, and then ends what the path names, where it is the person's and good.
func (v *visit) endAccess() error {
	page, err := v.accessPage()
	if err != nil {
		return err
	}
	id, back := v.r.PathValue("held"), page.Path()+"/access"
	for _, t := range page.Tokens {
		if t.ID == id && t.State == "good" {
			return v.endToken("token", t, back)
		}
	}
	for _, t := range page.Sessions {
		if t.ID == id {
			return v.endToken("session", t, back)
		}
	}
	for _, g := range page.Grants {
		if g.ID != id {
			continue
		}
		if !v.posted() {
			return v.question("grant", g.AppName, back, false)
		}
		if err := v.OAuth.RevokeGrant(v.ctx(), v.site.ID, v.by, id); err != nil {
			return err
		}
		return v.goTo(withQuery(back, "done", "disallow", "of", g.AppName))
	}
	return failure.NotFound.Errorf("There is nothing to end, or not any more.")
}

func (v *visit) endToken(what string, t heldToken, back string) error {
	if !v.posted() {
		return v.question(what, t.Label, back, t.Mine)
	}
	if _, err := v.Directory.RevokeToken(v.ctx(), v.site.ID, v.by, t.ID); err != nil {
		return err
	}
	return v.goTo(withQuery(back, "done", "revoke", "of", t.Label))
}

// memberPage is the groups of a person.
type memberPage struct {
	personFrame
	Groups  []directory.Group
	Offered []directory.Group
	Typed   string
	Next    string
	Did     string          // join or leave, where that was just done
	To      directory.Group // with this group
}

// personGroups shows the groups of a person, and adds or takes away one.
func (v *visit) personGroups() error {
	f, err := v.personFrame("groups")
	if err != nil {
		return err
	}
	page := memberPage{personFrame: f}
	if v.posted() {
		// What takes it back is offered here, and not where a link could lead.
		if page.To, page.Did, page.Problem, err = v.changeMembership(f.Account.ID); err != nil {
			return err
		}
		if page.Problem != "" {
			page.Typed, page.Did = v.r.PostForm.Get("group"), ""
		}
	}
	start, _ := strconv.Atoi(v.r.URL.Query().Get("start"))
	start = max(start, 0)
	groups, err := v.Directory.MemberOf(v.ctx(), v.site.ID, f.Account.ID, start, peopleShown+1)
	if err != nil {
		return err
	}
	page.Groups = groups[:min(len(groups), peopleShown)]
	if len(groups) > peopleShown {
		page.Next = "?start=" + strconv.Itoa(start+peopleShown)
	}
	if page.Offered, err = v.someGroups(""); err != nil {
		return err
	}
	status := http.StatusOK
	if page.Problem != "" {
		status = http.StatusUnprocessableEntity
	}
	return v.show(status, "person-groups", page)
}

// changeMembership does what a form says: it adds an account to a group, or takes it out.
func (v *visit) changeMembership(account string) (g directory.Group, done, problem string, err error) {
	g, err = v.Directory.GroupNamed(v.ctx(), v.site.ID, v.r.PostForm.Get("group"))
	if err == nil && v.r.PostForm.Get("do") == "leave" {
		done = "leave"
		_, err = v.Directory.RemoveMember(v.ctx(), v.site.ID, v.by, g.ID, account)
	} else if err == nil {
		done = "join"
		_, err = v.Directory.AddMember(v.ctx(), v.site.ID, v.by, g.ID, account)
	}
	if err != nil {
		problem, err = said(err)
	}
	return g, done, problem, err
}

// watchPage is what a person watches.
type watchPage struct {
	personFrame
	watchList
}

// personWatches shows what a person watches, as far as the administrator may see it, and ends it.
func (v *visit) personWatches() error {
	f, err := v.personFrame("watches")
	if err != nil {
		return err
	}
	if v.posted() {
		return v.changeWatch(f.Path()+"/watches", f.Account.ID)
	}
	list, err := v.watchesOf(f.Account.ID)
	if err != nil {
		return err
	}
	list.Linked = true
	return v.show(http.StatusOK, "person-watches", watchPage{f, list})
}

// propertyPage is what apps keep with a person.
type propertyPage struct {
	personFrame
	Properties []keptProperty
}

// keptProperty is a property with the name of the app that keeps it.
type keptProperty struct {
	directory.Property
	AppName string
}

func (v *visit) personProperties() error {
	f, err := v.personFrame("properties")
	if err != nil {
		return err
	}
	kept, err := v.Directory.Properties(v.ctx(), v.site.ID, f.Account.ID)
	if err != nil {
		return err
	}
	var apps []string
	for _, p := range kept {
		apps = append(apps, p.App)
	}
	names, err := v.names(apps)
	page := propertyPage{personFrame: f}
	for _, p := range kept {
		page.Properties = append(page.Properties, keptProperty{p, names[p.App]})
	}
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "person-properties", page)
}
