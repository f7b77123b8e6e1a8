package api

import (
	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/content"
)

// pageRestrictions shows who may see and change a page where not everybody may.
func (sh *shelf) pageRestrictions(at place, out *confluence.Content, e expansion) (bool, error) {
	path := pagePath(at.page.ID) + "/restriction/byOperation"
	r := &confluence.ContentRestrictions{
		Expandable: confluence.Expandable{}, Links: confluence.Links{"self": sh.c.base + wikiContext + path},
	}
	all, loaded := sh.restrictions[at.page.ID]
	of := func(operation string) *confluence.ContentRestriction {
		if !e.has(operation) || !loaded {
			r.Expandable[operation] = ""
			return nil
		}
		limit := &confluence.ContentRestriction{
			Operation:  operation,
			Expandable: confluence.Expandable{"restrictions": "", "content": pagePath(at.page.ID)},
			Links:      confluence.Links{"self": sh.c.base + wikiContext + path + "/" + operation},
		}
		if below := e.under(operation); below.has("restrictions") {
			limit.Restrictions = sh.restrictionSubjects(all, operation, below.under("restrictions"))
			delete(limit.Expandable, "restrictions")
		}
		return limit
	}
	r.Read, r.Update = of("read"), of("update")
	out.Restrictions = r
	return true, nil
}

// restrictionSubjects shows whom the restrictions of one operation let through.
func (sh *shelf) restrictionSubjects(all []content.Restriction, operation string, e expansion) *confluence.RestrictionSubjects {
	out := &confluence.RestrictionSubjects{Expandable: confluence.Expandable{"user": "", "group": ""}}
	var ids []string
	var groups []content.Subject
	for _, r := range all {
		switch {
		case r.Operation != operation:
		case r.Subject.Kind == content.User:
			ids = append(ids, r.Subject.ID)
		default:
			groups = append(groups, r.Subject)
		}
	}
	if e.has("user") {
		users := sh.userList(ids)
		out.User = &confluence.UserArray{Results: users, Limit: content.MaxRestrictions, Size: len(users)}
		delete(out.Expandable, "user")
	}
	if e.has("group") {
		out.Group = sh.groupSubjects(groups, content.MaxRestrictions)
		delete(out.Expandable, "group")
	}
	return out
}
