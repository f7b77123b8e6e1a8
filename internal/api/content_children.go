package api

import (
	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/content"
)

// childrenByType groups what stands right below a page by its kind.
func (sh *shelf) childrenByType(at place) map[string][]content.Page {
	byType := map[string][]content.Page{}
	for _, p := range sh.children[at.page.ID] {
		byType[p.Type] = append(byType[p.Type], p)
	}
	return byType
}

// pageChildren shows the first of what stands right below a page, for each kind that is asked for.
func (sh *shelf) pageChildren(at place, out *confluence.Content, e expansion) (bool, error) {
	path := pagePath(at.page.ID) + "/child"
	children := &confluence.ContentChildren{Expandable: confluence.Expandable{}, Links: confluence.Links{"self": sh.c.base + wikiContext + path}}
	byType := sh.childrenByType(at)
	for _, x := range []struct {
		name string
		into **confluence.ContentArray
	}{
		{"attachment", &children.Attachment},
		{"comment", &children.Comment},
		{"page", &children.Page},
		{"whiteboard", &children.Whiteboard},
		{"database", &children.Database},
		{"embed", &children.Embed},
		{"folder", &children.Folder},
	} {
		children.Expandable[x.name] = path + "/" + x.name
		if !e.has(x.name) {
			continue
		}
		list, fits, err := sh.pageList(at.space, byType[x.name], e.under(x.name))
		if err != nil {
			return false, err
		}
		if fits {
			*x.into = &confluence.ContentArray{
				Results: list, Limit: content.MostChildren, Size: len(list),
				Links: confluence.Links{"self": sh.c.base + wikiContext + path + "/" + x.name},
			}
			delete(children.Expandable, x.name)
		}
	}
	out.Children = children
	return true, nil
}

// pageChildTypes tells which kinds of content stand right below a page.
func (sh *shelf) pageChildTypes(at place, out *confluence.Content, e expansion) (bool, error) {
	types := &confluence.ContentChildType{Expandable: confluence.Expandable{
		"all": "", "attachment": "", "comment": "", "page": "", "whiteboard": "", "database": "", "embed": "", "folder": "",
	}}
	byType := sh.childrenByType(at)
	has := func(name string) *confluence.HasChildren {
		if !e.has(name) && !e.has("all") {
			return nil
		}
		delete(types.Expandable, name)
		return &confluence.HasChildren{
			Value: len(byType[name]) > 0,
			Links: confluence.Links{"self": sh.c.base + wikiContext + pagePath(at.page.ID) + "/child/" + name},
		}
	}
	types.Attachment, types.Comment, types.Page = has("attachment"), has("comment"), has("page")
	if e.has("all") {
		delete(types.Expandable, "all")
	}
	out.ChildTypes = types
	return true, nil
}
