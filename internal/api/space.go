package api

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/directory"
)

// space renders a space with what is to be expanded of it.
func (sh *shelf) space(sp content.Seen, e expansion) (confluence.Space, error) {
	out := confluence.Space{
		ID: sp.ID, Key: sp.Key, Alias: sp.Alias, Name: sp.Name, Type: string(sp.Type), Status: string(sp.Status),
		Expandable: spaceExpandable(sp),
		Links:      confluence.Links{"webui": "/spaces/" + sp.Key, "self": sh.c.base + wikiContext + spacePath(sp)},
	}
	for name := range e {
		fill := sh.spaceExpansion(name)
		if fill == nil {
			continue
		}
		expanded, err := fill(sp, &out, e.under(name))
		if err != nil {
			return out, err
		}
		if expanded {
			delete(out.Expandable, name)
		}
	}
	return out, nil
}

// spaceExpansion returns what fills one property of a space, or nil where nothing does. What it returns
// reports whether it did: what there is no room for stays to be expanded.
func (sh *shelf) spaceExpansion(name string) func(content.Seen, *confluence.Space, expansion) (bool, error) {
	switch name {
	case "icon":
		return sh.icon
	case "description":
		return sh.description
	case "homepage":
		return sh.homepage
	case "metadata":
		return sh.metadata
	case "operations":
		return sh.operations
	case "permissions":
		return sh.spacePermissions
	case "settings":
		return sh.settings
	case "theme":
		return sh.theme
	case "lookAndFeel":
		return sh.lookAndFeel
	case "history":
		return sh.history
	}
	return nil
}

// spaceExpandable lists all that could be expanded of a space.
func spaceExpandable(sp content.Seen) confluence.Expandable {
	e := confluence.Expandable{
		"settings": spacePath(sp) + "/settings", "theme": spacePath(sp) + "/theme",
		"lookAndFeel": "/rest/api/settings/lookandfeel?spaceKey=" + strings.ReplaceAll(sp.Key, "+", "%2B"),
		"metadata":    "", "operations": "", "permissions": "", "icon": "", "description": "", "history": "", "homepage": "", "identifiers": "",
	}
	if sp.Homepage != 0 {
		e["homepage"] = pagePath(sp.Homepage)
	}
	return e
}

// spacePath is where a space stands, below /wiki. A key has no character that needs escaping there.
func spacePath(sp content.Seen) string { return "/rest/api/space/" + sp.Key }

// moment renders a time as the reference does.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func (sh *shelf) icon(sp content.Seen, out *confluence.Space, _ expansion) (bool, error) {
	out.Icon = confluence.Null[confluence.Icon]()
	if sp.Icon != "" {
		out.Icon = confluence.Value(confluence.Icon{Path: wikiContext + sp.Icon, Width: 48, Height: 48})
	} else if owner := sh.users[sp.Owner]; owner != nil {
		out.Icon = owner.ProfilePicture
	}
	return true, nil
}

func (sh *shelf) description(sp content.Seen, out *confluence.Space, e expansion) (bool, error) {
	d := &confluence.SpaceDescriptions{Expandable: confluence.Expandable{"plain": "", "view": ""}}
	text := func(representation, value string) *confluence.SpaceDescription {
		if !e.has(representation) {
			return nil
		}
		delete(d.Expandable, representation)
		return &confluence.SpaceDescription{Value: value, Representation: representation, EmbeddedContent: []map[string]any{}}
	}
	d.Plain = text("plain", sp.Description)
	d.View = text("view", sp.DescriptionView())
	out.Description = d
	return true, nil
}

func (sh *shelf) metadata(sp content.Seen, out *confluence.Space, e expansion) (bool, error) {
	out.Metadata = &confluence.SpaceMetadata{Expandable: confluence.Expandable{"labels": ""}}
	if labels, loaded := sh.labels[sp.ID]; loaded && e.has("labels") {
		out.Metadata.Labels = sh.labelArray(labels, spacePath(sp)+"/label")
		delete(out.Metadata.Expandable, "labels")
	}
	return true, nil
}

func (sh *shelf) labelArray(labels []content.Label, path string) *confluence.LabelArray {
	out := &confluence.LabelArray{
		Results: make([]confluence.Label, len(labels)), Limit: content.MaxLabels, Size: len(labels),
		Links: confluence.Links{"self": sh.c.base + wikiContext + path},
	}
	for i, l := range labels {
		shown := l.Name
		if l.Prefix != "global" {
			shown = l.Prefix + ":" + l.Name
		}
		out.Results[i] = confluence.Label{Prefix: l.Prefix, Name: l.Name, ID: strconv.FormatInt(l.ID, 10), Label: shown}
	}
	return out
}

func (sh *shelf) operations(sp content.Seen, out *confluence.Space, _ expansion) (bool, error) {
	out.Operations = make([]confluence.OperationCheckResult, len(sp.May))
	for i, op := range sp.May {
		out.Operations[i] = confluence.OperationCheckResult{Operation: op.Name, TargetType: op.Target}
	}
	return true, nil
}

// spacePermissions shows with each permission the one subject it has.
func (sh *shelf) spacePermissions(sp content.Seen, out *confluence.Space, _ expansion) (bool, error) {
	permissions, loaded := sh.permissions[sp.ID]
	if !loaded {
		return false, nil
	}
	out.Permissions = make([]confluence.SpacePermission, len(permissions))
	for i, p := range permissions {
		out.Permissions[i] = confluence.SpacePermission{
			ID: p.ID, Operation: confluence.OperationCheckResult{Operation: p.Name, TargetType: p.Target},
			AnonymousAccess: p.Anonymous, UnlicensedAccess: p.Unlicensed, Subjects: sh.subjects(p.Subject),
		}
	}
	return true, nil
}

// subjects shows whom a permission names: nil for nobody, an empty list for who is gone or not to be seen.
func (sh *shelf) subjects(s content.Subject) *confluence.PermissionSubjects {
	switch s.Kind {
	case content.User:
		users := sh.userList([]string{s.ID})
		return &confluence.PermissionSubjects{
			User:       &confluence.UserSubjects{Results: users, Size: len(users), Limit: content.MaxPermissions},
			Expandable: confluence.Expandable{"group": ""},
		}
	case content.Group:
		return &confluence.PermissionSubjects{
			Group:      sh.groupSubjects([]content.Subject{s}, content.MaxPermissions),
			Expandable: confluence.Expandable{"user": ""},
		}
	}
	return nil
}

// userList returns the users with these IDs that the caller may see.
func (sh *shelf) userList(ids []string) []confluence.User {
	users := []confluence.User{}
	for _, id := range ids {
		if u := sh.users[id]; u != nil {
			users = append(users, *u)
		}
	}
	return users
}

// groupSubjects lists those of the groups that still exist.
func (sh *shelf) groupSubjects(groups []content.Subject, limit int) *confluence.GroupSubjects {
	out := &confluence.GroupSubjects{Results: []confluence.Group{}, Limit: limit}
	for _, g := range groups {
		if g.Name != "" {
			out.Results = append(out.Results, sh.c.group(directory.Group{ID: g.ID, Name: g.Name, UsageType: g.UsageType, ManagedBy: g.ManagedBy}))
		}
	}
	out.Size = len(out.Results)
	return out
}

func (sh *shelf) settings(sp content.Seen, out *confluence.Space, _ expansion) (bool, error) {
	s := sp.Settings
	out.Settings = &confluence.SpaceSettings{
		RouteOverrideEnabled: s.RouteOverride, SpaceKey: sp.Key, ContentMode: confluence.Null[string](),
		Editor: &confluence.SpaceEditor{Page: s.Editor.Page, Blogpost: s.Editor.Blogpost, Default: s.Editor.Default},
		Links:  confluence.Links{"self": sh.c.base + wikiContext + spacePath(sp) + "/settings"},
	}
	if s.ContentMode != "" {
		out.Settings.ContentMode = confluence.Value(s.ContentMode)
	}
	return true, nil
}

func (sh *shelf) theme(sp content.Seen, out *confluence.Space, _ expansion) (bool, error) {
	t := sp.Settings.Theme
	out.Theme = &confluence.Theme{
		ThemeKey: t.Key, Name: t.Name, Description: t.Description,
		Links: confluence.Links{"self": sh.c.base + wikiContext + spacePath(sp) + "/theme"},
	}
	if t.Icon != "" {
		out.Theme.Icon = &confluence.Icon{Path: wikiContext + t.Icon, Width: 48, Height: 48}
	}
	return true, nil
}

// lookAndFeel shows every part of how a space looks. It refers to the space where the space has chosen any of it.
func (sh *shelf) lookAndFeel(sp content.Seen, out *confluence.Space, _ expansion) (bool, error) {
	look, err := sp.Look()
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(look, &out.LookAndFeel); err != nil {
		return false, fmt.Errorf("read the look and feel of space %s: %w", sp.Key, err)
	}
	if sp.LookAndFeel != "" {
		out.LookAndFeel.SpaceReference = confluence.Value(map[string]any{"key": sp.Key})
	}
	return true, nil
}

func (sh *shelf) history(sp content.Seen, out *confluence.Space, _ expansion) (bool, error) {
	out.History = &confluence.SpaceHistory{CreatedDate: moment(sp.CreatedAt), CreatedBy: sh.users[sp.CreatedBy]}
	return true, nil
}

// homepage shows a space's homepage: null where it has none, or the caller may not read it.
func (sh *shelf) homepage(sp content.Seen, out *confluence.Space, e expansion) (bool, error) {
	out.Homepage = confluence.Null[confluence.Content]()
	p, ok := sh.pages[sp.Homepage]
	if !ok {
		return true, nil
	}
	page, err := sh.page(place{sp, p}, e)
	out.Homepage = confluence.Value(page)
	return true, err
}
