package api

import (
	"strconv"

	"github.com/rosterhq/roster/confluence"
)

// pageHistory shows how a page came to be. Only its newest version is kept, so no other one can be
// expanded. Whoever made a page owns it.
func (sh *shelf) pageHistory(at place, out *confluence.Content, e expansion) (bool, error) {
	p := at.page
	h := &confluence.ContentHistory{
		Latest: true, CreatedBy: sh.users[p.CreatedBy], CreatedDate: moment(p.CreatedAt),
		Expandable: confluence.Expandable{
			"lastUpdated": "", "previousVersion": "", "contributors": "", "nextVersion": "", "ownedBy": "", "lastOwnedBy": "",
		},
		Links: confluence.Links{"self": sh.c.base + wikiContext + pagePath(p.ID) + "/history"},
	}
	if e.has("lastUpdated") {
		h.LastUpdated = sh.version(at)
		delete(h.Expandable, "lastUpdated")
	}
	if e.has("ownedBy") && h.CreatedBy != nil {
		h.OwnedBy = h.CreatedBy
		delete(h.Expandable, "ownedBy")
	}
	out.History = h
	return true, nil
}

func (sh *shelf) pageVersion(at place, out *confluence.Content, _ expansion) (bool, error) {
	out.Version = sh.version(at)
	return true, nil
}

func (sh *shelf) version(at place) *confluence.Version {
	v := at.page.Version
	return &confluence.Version{
		By: sh.users[v.By], When: confluence.Value(moment(v.At)), FriendlyWhen: confluence.Value(v.At.UTC().Format("Jan 02, 2006")),
		Message: confluence.Value(v.Message), Number: v.Number, MinorEdit: v.Minor,
		Expandable: confluence.Expandable{"content": pagePath(at.page.ID), "collaborators": ""},
		Links:      confluence.Links{"self": sh.c.base + wikiContext + pagePath(at.page.ID) + "/version/" + strconv.Itoa(v.Number)},
	}
}
