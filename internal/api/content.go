package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/content"
)

// place is a page in its space, both as the caller sees them.
type place struct {
	space content.Seen
	page  content.SeenPage
}

// page renders a page with what is to be expanded of it.
func (sh *shelf) page(at place, e expansion) (confluence.Content, error) {
	id := strconv.FormatInt(at.page.ID, 10)
	webui := "/spaces/" + at.space.Key + "/pages/" + id + "/" + slug(at.page.Title)
	if at.page.ID == at.space.Homepage {
		webui = "/spaces/" + at.space.Key + "/overview?homepageId=" + id
	}
	out := confluence.Content{
		ID: id, Type: at.page.Type, Status: at.page.Status, Title: at.page.Title,
		Expandable: pageExpandable(at),
		Links:      confluence.Links{"webui": webui, "self": sh.c.base + wikiContext + pagePath(at.page.ID)},
	}
	for _, name := range slices.Sorted(maps.Keys(e)) { // in a fixed order, since they share what room there is
		fill := sh.pageExpansion(name)
		if fill == nil {
			continue
		}
		expanded, err := fill(at, &out, e.under(name))
		if err != nil {
			return out, err
		}
		if expanded {
			delete(out.Expandable, name)
		}
	}
	return out, nil
}

// pageExpansion returns what fills one property of a page, or nil where nothing does. What it returns reports
// whether it did: what there is no room for stays to be expanded.
func (sh *shelf) pageExpansion(name string) func(place, *confluence.Content, expansion) (bool, error) {
	switch name {
	case "space":
		return sh.pageSpace
	case "container":
		return sh.pageContainer
	case "history":
		return sh.pageHistory
	case "version":
		return sh.pageVersion
	case "ancestors":
		return sh.pageAncestors
	case "children":
		return sh.pageChildren
	case "childTypes":
		return sh.pageChildTypes
	case "operations":
		return sh.pageOperations
	case "restrictions":
		return sh.pageRestrictions
	case "body":
		return sh.pageBody
	case "metadata":
		return sh.pageMetadata
	}
	return nil
}

// pageExpandable lists all that could be expanded of a page.
func pageExpandable(at place) confluence.Expandable {
	path := pagePath(at.page.ID)
	return confluence.Expandable{
		"space": spacePath(at.space), "container": spacePath(at.space), "history": path + "/history",
		"children": path + "/child", "descendants": path + "/descendant", "restrictions": path + "/restriction/byOperation",
		"ancestors": "", "body": "", "childTypes": "", "extensions": "", "macroRenderedOutput": "", "metadata": "",
		"operations": "", "schedulePublishDate": "", "schedulePublishInfo": "", "version": "",
	}
}

// pagePath is where a page stands, below /wiki.
func pagePath(id int64) string { return "/rest/api/content/" + strconv.FormatInt(id, 10) }

// slug is a title as it stands in an address.
func slug(title string) string { return url.PathEscape(strings.Join(strings.Fields(title), "+")) }

// pageSpace shows the space a page is in. The homepage of that space is not shown within it again.
func (sh *shelf) pageSpace(at place, out *confluence.Content, e expansion) (bool, error) {
	space, err := sh.space(at.space, without(e, "homepage"))
	out.Space = &space
	return true, err
}

// pageContainer shows what holds a page, which is its space.
func (sh *shelf) pageContainer(at place, out *confluence.Content, e expansion) (bool, error) {
	space, err := sh.space(at.space, without(e, "homepage"))
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(encode(space), &out.Container); err != nil {
		return false, fmt.Errorf("read space %s as a container: %w", at.space.Key, err)
	}
	return true, nil
}

func without(e expansion, name string) expansion {
	e = maps.Clone(e)
	delete(e, name)
	return e
}

// pageAncestors shows what stands above a page, top first, with their histories and versions at most.
func (sh *shelf) pageAncestors(at place, out *confluence.Content, e expansion) (bool, error) {
	ancestors, fits, err := sh.pageList(at.space, at.page.Ancestors, e)
	if fits && err == nil {
		out.Ancestors = ancestors
	}
	return fits, err
}

// pageList renders pages with their histories and versions at most, or reports that there is no room for them.
func (sh *shelf) pageList(sp content.Seen, pages []content.Page, e expansion) (list []confluence.Content, fits bool, err error) {
	if len(pages) > sh.room {
		return nil, false, nil
	}
	sh.room -= len(pages)
	simple := maps.Clone(e)
	maps.DeleteFunc(simple, func(name string, _ expansion) bool { return name != "history" && name != "version" })
	list = make([]confluence.Content, len(pages))
	for i, p := range pages {
		if list[i], err = sh.page(place{sp, content.SeenPage{Page: p}}, simple); err != nil {
			return nil, false, err
		}
	}
	return list, true, nil
}

// pageOperations shows what the caller may do with a page that they see.
func (sh *shelf) pageOperations(at place, out *confluence.Content, _ expansion) (bool, error) {
	out.Operations = []confluence.OperationCheckResult{{Operation: "read", TargetType: at.page.Type}}
	if at.page.MayUpdate && at.space.MayDo("create", at.page.Type) {
		out.Operations = append(out.Operations, confluence.OperationCheckResult{Operation: "update", TargetType: at.page.Type})
	}
	if at.page.MayUpdate && at.space.MayDo("delete", at.page.Type) {
		out.Operations = append(out.Operations, confluence.OperationCheckResult{Operation: "delete", TargetType: at.page.Type})
	}
	return true, nil
}

func (sh *shelf) pageMetadata(at place, out *confluence.Content, e expansion) (bool, error) {
	out.Metadata = &confluence.ContentMetadata{}
	labels, loaded := sh.pageLabels[at.page.ID]
	if !e.has("labels") {
		return true, nil
	}
	if !loaded {
		return false, nil
	}
	out.Metadata.Labels = sh.labelArray(labels, pagePath(at.page.ID)+"/label")
	return true, nil
}
