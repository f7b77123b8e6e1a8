package web

import (
	"net/http"
	"strconv"

	"github.com/rosterhq/roster/internal/directory"
)

const (
	ownGroupsPath = "/profile/groups"

	// ownPageSize is how much of a list about oneself stands on a page.
	ownPageSize = 50
)

// ownGroups are the groups of which a person is a member.
type ownGroups struct {
	ownPage
	Groups []directory.Group
	Next   string
}

func (v *visit) ownGroups() error {
	start, err := strconv.Atoi(v.r.URL.Query().Get("start"))
	if err != nil || start < 0 || start > 1e9 {
		start = 0
	}
	groups, err := v.Directory.MemberOf(v.ctx(), v.site.ID, v.who.account.ID, start, ownPageSize+1)
	if err != nil {
		return err
	}
	page := ownGroups{ownPage: v.ownPage("groups"), Groups: groups}
	if len(groups) > ownPageSize {
		page.Groups = groups[:ownPageSize]
		page.Next = "?start=" + strconv.Itoa(start+ownPageSize)
	}
	return v.show(http.StatusOK, "owngroups", page)
}
