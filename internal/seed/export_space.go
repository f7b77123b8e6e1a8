package seed

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/content"
)

// everything is more than anything has.
const everything = math.MaxInt32 - 1

// exportSpaces returns the spaces by their numbers, which were given in the order of their making.
func (e *exporter) exportSpaces(ctx context.Context) ([]Space, error) {
	var spaces []content.Space
	for {
		page, total, err := e.content.List(ctx, e.site.ID, "", len(spaces), exportPage)
		if err != nil {
			return nil, err
		}
		spaces = append(spaces, page...)
		if len(page) == 0 || int64(len(spaces)) >= total {
			break
		}
	}
	slices.SortFunc(spaces, func(a, b content.Space) int { return cmp.Compare(a.ID, b.ID) })
	all := make([]Space, len(spaces))
	for i, s := range spaces {
		var err error
		if all[i], err = e.exportSpace(ctx, s); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (e *exporter) exportSpace(ctx context.Context, s content.Space) (Space, error) {
	out := Space{
		ID: s.ID, Key: s.Key, Type: s.Type, Name: s.Name, Alias: s.Alias, Status: s.Status, Owner: s.Owner, Description: s.Description, Icon: s.Icon,
		Settings:    SpaceSettings{RouteOverride: s.Settings.RouteOverride, ContentMode: s.Settings.ContentMode},
		LookAndFeel: LookAndFeel(s.LookAndFeel), AppsBlocked: s.AppsBlocked, HomepageID: s.Homepage,
	}
	// What goes without saying is left out.
	if out.Alias == out.Key {
		out.Alias = ""
	}
	if out.Status == content.Current {
		out.Status = ""
	}
	if editor := SpaceEditor(s.Settings.Editor); editor != (SpaceEditor{"v2", "v2", "v2"}) {
		out.Settings.Editor = editor
	}
	if s.Settings.Theme != content.DefaultTheme {
		out.Theme = SpaceTheme(s.Settings.Theme)
	}
	ids := []int64{s.ID}
	labels, err := e.content.Labels(ctx, e.site.ID, content.OnSpace, ids, everything)
	if err != nil {
		return out, err
	}
	out.Labels = labelTexts(labels[s.ID])
	permissions, err := e.content.Permissions(ctx, e.site.ID, ids, everything)
	if err != nil {
		return out, err
	}
	granted := permissions[s.ID]
	slices.SortFunc(granted, func(a, b content.Permission) int { return cmp.Compare(a.ID, b.ID) })
	for _, p := range granted {
		group, former, user := e.subject(p.Subject)
		out.Permissions = append(out.Permissions, SpacePermission{
			Operation: p.Name, Target: p.Target, Group: group, FormerGroup: former, User: user, Anonymous: p.Anonymous, Unlicensed: p.Unlicensed,
		})
	}
	if out.Watchers, err = e.watchers(ctx, content.WatchSpace, s.ID, ""); err != nil {
		return out, err
	}
	out.Pages, err = e.exportPages(ctx, s)
	return out, err
}

func (e *exporter) exportPages(ctx context.Context, s content.Space) ([]Page, error) {
	var all []Page
	for after := int64(0); ; {
		pages, err := e.content.ListPages(ctx, e.site.ID, s.Key, after, exportPage)
		if err != nil || len(pages) == 0 {
			return parentsFirst(all), err
		}
		ids := make([]int64, len(pages))
		for i, p := range pages {
			ids[i] = p.ID
		}
		bodies, err := e.content.Bodies(ctx, e.site.ID, ids)
		if err != nil {
			return nil, err
		}
		labels, err := e.content.Labels(ctx, e.site.ID, content.OnContent, ids, everything)
		if err != nil {
			return nil, err
		}
		restrictions, err := e.content.Restrictions(ctx, e.site.ID, ids, everything)
		if err != nil {
			return nil, err
		}
		for _, p := range pages {
			out := Page{ID: p.ID, Type: p.Type, Status: p.Status, Title: p.Title, Body: bodies[p.ID], ParentID: p.Parent, Labels: labelTexts(labels[p.ID])}
			if out.Type == "page" {
				out.Type = ""
			}
			if out.Status == "current" {
				out.Status = ""
			}
			if p.CreatedBy != s.Owner {
				out.Creator = p.CreatedBy
			}
			for _, r := range restrictions[p.ID] {
				group, former, user := e.subject(r.Subject)
				out.Restrictions = append(out.Restrictions, Restriction{Operation: r.Operation, Group: group, FormerGroup: former, User: user})
			}
			if out.Watchers, err = e.watchers(ctx, content.WatchContent, p.ID, p.CreatedBy); err != nil {
				return nil, err
			}
			all = append(all, out)
		}
		after = pages[len(pages)-1].ID
	}
}

// parentsFirst leaves the order as it is, apart from pages that stand before their parents.
func parentsFirst(pages []Page) []Page {
	at := make(map[int64]int, len(pages))
	for i, p := range pages {
		at[p.ID] = i
	}
	out, placed := make([]Page, 0, len(pages)), make([]bool, len(pages))
	var place func(i int)
	place = func(i int) {
		if placed[i] {
			return
		}
		placed[i] = true
		if parent, here := at[pages[i].ParentID]; here {
			place(parent)
		}
		out = append(out, pages[i])
	}
	for i := range pages {
		place(i)
	}
	return out
}

func labelTexts(labels []content.Label) []string {
	labels = slices.Clone(labels)
	slices.SortFunc(labels, func(a, b content.Label) int { return cmp.Compare(a.ID, b.ID) })
	texts := make([]string, len(labels))
	for i, l := range labels {
		texts[i] = strings.TrimPrefix(l.Prefix+":"+l.Name, "global:")
	}
	return texts
}

// subject names a group or user. A group that is gone has no name any more, and what names it by its ID goes on keeping
// others out.
func (e *exporter) subject(s content.Subject) (group, former, user string) {
	if s.Kind != content.Group {
		return "", "", s.ID
	}
	if name, known := e.groups[s.ID]; known {
		return name, "", ""
	}
	return "", s.ID, ""
}

// watchers are the account IDs of who watches something, apart from one.
func (e *exporter) watchers(ctx context.Context, kind content.WatchKind, id int64, apart string) ([]string, error) {
	var all []string
	for start := 0; ; start += exportPage {
		ids, more, err := e.content.Watchers(ctx, e.site.ID, kind, id, start, exportPage)
		all = append(all, slices.DeleteFunc(ids, func(id string) bool { return id == apart })...)
		if err != nil || !more {
			return all, err
		}
	}
}
