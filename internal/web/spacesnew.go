package web

import (
	"net/http"
	"strings"

	"github.com/rosterhq/roster/internal/content"
)

// spaceNewPath is no space's page: only the keys of personal spaces have hyphens, and those begin with ~.
const spaceNewPath = spacesPath + "/new-space"

// spaceForm is where a space is added.
type spaceForm struct {
	Frame
	Kind, Key, Name, Owner, Description string
	Problem                             string
	At                                  string // the field that Problem is about; empty where it is about none
}

// newSpace adds a space. A personal one takes its key and name from its owner where they are not given.
func (v *visit) newSpace() error {
	page := spaceForm{Frame: v.frame(), Kind: string(content.Global)}
	if !v.posted() {
		return v.show(http.StatusOK, "space-new", page)
	}
	get := func(name string) string { return strings.TrimSpace(v.r.PostForm.Get(name)) }
	page.Kind, page.Key, page.Name, page.Owner, page.Description = get("kind"), get("key"), get("name"), get("owner"), get("description")
	s, err := v.addSpace(page)
	if err == nil {
		return v.goTo(withQuery(spacePath(s.Key), "done", "new"))
	}
	if page.Problem, err = said(err); err != nil {
		return err
	}
	for _, about := range [][2]string{{"key", "key"}, {"name", "name"}, {"owner", "owner"}, {"account", "owner"}, {"description", "description"}} {
		if page.At == "" && strings.Contains(page.Problem, about[0]) {
			page.At = about[1]
		}
	}
	return v.show(http.StatusUnprocessableEntity, "space-new", page)
}

func (v *visit) addSpace(typed spaceForm) (content.Space, error) {
	s := content.Space{Type: content.SpaceType(typed.Kind), Key: typed.Key, Name: typed.Name, Description: typed.Description, CreatedBy: v.who.account.ID}
	if typed.Owner != "" {
		owner, err := v.Directory.Account(v.ctx(), v.site.ID, typed.Owner)
		if err != nil {
			return s, err
		}
		s.Owner = owner.ID
		if s.Name == "" && s.Type == content.Personal {
			s.Name = owner.PublicName
		}
	}
	return v.Content.Add(v.ctx(), v.site.ID, v.by, s)
}

// deletedSpace asks whether to delete a space, and says what goes with it.
type deletedSpace struct {
	Frame
	Space       content.Space
	Content     int
	Beyond      bool // there is more content than was counted
	Permissions int
	Typed       string
	Wrong       bool // something else than the key was typed
}

// deleteSpace deletes a space, which cannot be taken back: so its key is to be typed.
func (v *visit) deleteSpace() error {
	s, err := v.Content.Space(v.ctx(), v.site.ID, v.r.PathValue("key"))
	if err != nil {
		return err
	}
	page := deletedSpace{Frame: v.frame(), Space: s}
	status := http.StatusOK
	if v.posted() {
		page.Typed = strings.TrimSpace(v.r.PostForm.Get("key"))
		if page.Typed == s.Key {
			if err := v.Content.Delete(v.ctx(), v.site.ID, v.by, s.Key); err != nil {
				return err
			}
			return v.goTo(withQuery(spacesPath, "done", "delete", "of", s.Name))
		}
		page.Wrong, status = true, http.StatusUnprocessableEntity
	}
	n, err := v.Content.CountContent(v.ctx(), v.site.ID, s.ID, countedContent+1)
	if err != nil {
		return err
	}
	page.Content, page.Beyond = min(n, countedContent), n > countedContent
	permissions, err := v.Content.Permissions(v.ctx(), v.site.ID, []int64{s.ID}, content.MaxPermissions)
	if err != nil {
		return err
	}
	page.Permissions = len(permissions[s.ID])
	return v.show(status, "space-delete", page)
}
