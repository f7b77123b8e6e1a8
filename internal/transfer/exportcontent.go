package transfer

import (
	"context"
	"strings"

	"github.com/rosterhq/roster/internal/content"
)

func (x *exporter) spaces(ctx context.Context) error {
	return x.eachSpace(ctx, func(s content.Space) error {
		l := line{{"kind", SpaceKind}}
		l.members(s)
		labels, err := x.content.LabelsIn(ctx, x.q, x.Site, content.OnSpace, []int64{s.ID}, content.MaxLabels)
		if err != nil {
			return err
		}
		if all := labelTexts(labels[s.ID]); len(all) > 0 {
			l.always("labels", all)
		}
		permissions, err := x.content.PermissionsIn(ctx, x.q, x.Site, []int64{s.ID}, content.MaxPermissions)
		if err != nil {
			return err
		}
		var all []line
		for _, p := range permissions[s.ID] {
			var one line
			one.always("operation", p.Name)
			one.add("target", unless(p.Target, "space"))
			one.subject(p.Subject)
			one.add("anonymous", p.Anonymous)
			one.add("unlicensed", p.Unlicensed)
			all = append(all, one)
		}
		if len(all) > 0 {
			l.always("permissions", all)
		}
		return x.write(l)
	})
}

func (x *exporter) eachSpace(ctx context.Context, do func(content.Space) error) error {
	for after := ""; ; {
		spaces, err := x.content.SpacesAfter(ctx, x.q, x.Site, after, exportPage)
		if err != nil || len(spaces) == 0 {
			return err
		}
		for _, s := range spaces {
			if err := do(s); err != nil {
				return err
			}
			after = s.Key
		}
		x.Progress(x.done)
	}
}

// members adds the fields of a space that differ from the default.
func (l *line) members(s content.Space) {
	var settings, editor, theme line
	for _, f := range spaceFields {
		value := f.get(&s)
		switch f.name {
		case "type": // follows from the key
		case "key", "name":
			l.always(f.name, value)
		case "alias":
			l.add(f.name, unless(value, s.Key))
		case "status":
			l.add(f.name, unless(value, string(content.Current)))
		case "appsBlocked":
			l.add(f.name, s.AppsBlocked)
		case "lookAndFeel":
			if value != "" {
				l.always(f.name, asWritten(value))
			}
		case "settings.routeOverrideEnabled":
			settings.add("routeOverrideEnabled", s.Settings.RouteOverride)
		case "settings.contentMode":
			settings.add("contentMode", value)
		case "settings.editor.page":
			editor.add("page", value)
		case "settings.editor.blogpost":
			editor.add("blogpost", value)
		case "settings.editor.default":
			editor.add("default", value)
		case "theme.themeKey", "theme.name", "theme.description", "theme.icon":
			theme.add(f.name[len("theme."):], value)
		default:
			l.add(f.name, value)
		}
	}
	if len(editor) > 0 {
		settings.always("editor", editor)
	}
	if len(settings) > 0 {
		l.always("settings", settings)
	}
	if len(theme) > 0 {
		l.always("theme", theme)
	}
}

// subject adds who has a permission or restriction.
func (l *line) subject(s content.Subject) {
	switch {
	case s.Kind == content.Group && s.Name == "":
		l.always("formerGroup", s.ID)
	case s.Kind == content.Group:
		l.always("group", s.ID)
	default:
		l.add("user", s.ID)
	}
}

// allContent writes content space by space, what is above before what is below.
func (x *exporter) allContent(ctx context.Context) error {
	return x.eachSpace(ctx, func(s content.Space) error {
		for after := int64(0); ; {
			pages, err := x.content.TopAfter(ctx, x.q, x.Site, s.ID, after, contentPage)
			if err != nil || len(pages) == 0 {
				return err
			}
			for _, p := range pages {
				if err := x.branch(ctx, s, p); err != nil {
					return err
				}
				after = p.ID
			}
			x.Progress(x.done)
		}
	})
}

// contentPage is how much content is read at a time: bodies may be long.
const contentPage = 20

// branch writes content and all below it.
func (x *exporter) branch(ctx context.Context, s content.Space, p content.Page) error {
	if err := x.page(ctx, s, p); err != nil {
		return err
	}
	for after := (content.Page{}); ; {
		pages, err := x.content.BelowAfter(ctx, x.q, x.Site, p.ID, after, contentPage)
		if err != nil || len(pages) == 0 {
			return err
		}
		for _, below := range pages {
			if err := x.branch(ctx, s, below); err != nil {
				return err
			}
			after = below
		}
	}
}

func (x *exporter) page(ctx context.Context, s content.Space, p content.Page) error {
	l := line{{"kind", ContentKind}, {"id", p.ID}, {"space", s.Key}}
	l.add("type", unless(p.Type, "page"))
	l.always("title", p.Title)
	l.add("parent", p.Parent)
	l.add("status", unless(p.Status, "current"))
	l.add("body", p.Body)
	if p.CreatedBy != "" {
		l.add("creator", unless(p.CreatedBy, s.Owner))
	} else if s.Owner != "" {
		l.always("creator", nil)
	}
	l.add("homepage", s.Homepage == p.ID)
	labels, err := x.content.LabelsIn(ctx, x.q, x.Site, content.OnContent, []int64{p.ID}, content.MaxLabels)
	if err != nil {
		return err
	}
	if all := labelTexts(labels[p.ID]); len(all) > 0 {
		l.always("labels", all)
	}
	restrictions, err := x.content.RestrictionsIn(ctx, x.q, x.Site, []int64{p.ID}, content.MaxRestrictions)
	if err != nil {
		return err
	}
	var all []line
	for _, r := range restrictions[p.ID] {
		one := line{{"operation", r.Operation}}
		one.subject(r.Subject)
		all = append(all, one)
	}
	if len(all) > 0 {
		l.always("restrictions", all)
	}
	if err := x.unwatched(ctx, p, &l); err != nil {
		return err
	}
	return x.write(l)
}

// unwatched says of content that whoever made it does not watch it, as it would be imported otherwise.
func (x *exporter) unwatched(ctx context.Context, p content.Page, l *line) error {
	if p.CreatedBy == "" || p.Status == "trashed" {
		return nil
	}
	watching, err := x.content.WatchingIn(ctx, x.q, x.Site, content.WatchContent, p.ID, []string{p.CreatedBy})
	if err == nil && len(watching) == 0 {
		l.always("watchedByCreator", false)
	}
	return err
}

func (x *exporter) watches(ctx context.Context) error {
	for _, kind := range []content.WatchKind{content.WatchContent, content.WatchLabel, content.WatchSpace} {
		for after := (content.Watch{}); ; {
			watches, err := x.content.WatchesAfter(ctx, x.q, x.Site, kind, after, exportPage)
			if err != nil {
				return err
			}
			if len(watches) == 0 {
				break
			}
			for _, w := range watches {
				l := line{{"kind", WatchKind}, {"watcher", w.AccountID}}
				if kind == content.WatchContent {
					l.always("content", w.ID)
				} else {
					l.always(string(kind), strings.TrimPrefix(w.Name, "global:"))
				}
				if err := x.write(l); err != nil {
					return err
				}
				after = w
			}
			x.Progress(x.done)
		}
	}
	return nil
}
