package main

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/site"
)

func newSpaceLabel(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "label KEY [LABEL...]",
		Short: "Give a space these labels, in place of all it has",
		Args:  cobra.MinimumNArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			if err := b.Content.SetLabels(cmd.Context(), s.ID, b.By, args[0], args[1:]); err != nil {
				return err
			}
			return e.reportSpace(cmd, b, s, args[0], "Space %s is labelled.")
		}),
	}
}

func newSpacePermit(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "permit KEY [PERMISSION...]",
		Short: "Give a space these permissions, in place of all it has; without any, everyone who can use the site reads it",
		Long: `Give a space these permissions, in place of all it has; without any, everyone who can use the site reads it.

A permission is OPERATION[:TARGET]=WHO, such as read=group:engineers, create:page=user:ada@example.com,
read=anonymous or read=unlicensed. The target is the space unless it is given.`,
		Args: cobra.MinimumNArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			permissions := make([]content.Permission, len(args)-1)
			for i, text := range args[1:] {
				var err error
				if permissions[i], err = b.spacePermission(cmd.Context(), s.ID, text); err != nil {
					return err
				}
			}
			if err := b.Content.SetPermissions(cmd.Context(), s.ID, b.By, args[0], permissions); err != nil {
				return err
			}
			return e.reportSpace(cmd, b, s, args[0], "The permissions of space %s are set.")
		}),
	}
}

// spacePermission reads one permission, and looks up whom it names.
func (b *backend) spacePermission(ctx context.Context, site int64, text string) (p content.Permission, err error) {
	what, who, found := strings.Cut(text, "=")
	kind, ref, named := strings.Cut(who, ":")
	p.Name, p.Target, _ = strings.Cut(what, ":")
	p.Target = cmp.Or(p.Target, "space")
	switch {
	case found && who == "anonymous":
		p.Anonymous = true
	case found && who == "unlicensed":
		p.Unlicensed = true
	case named && kind == string(content.User):
		a, err := b.Directory.Account(ctx, site, ref)
		p.Subject = content.Subject{Kind: content.User, ID: a.ID}
		return p, err
	case named && kind == string(content.Group):
		g, err := b.Directory.GroupNamed(ctx, site, ref)
		p.Subject = content.Subject{Kind: content.Group, ID: g.ID}
		return p, err
	default:
		return p, misuse("a permission is OPERATION[:TARGET]=user:WHO, group:WHO, anonymous or unlicensed, not %q", text)
	}
	return p, nil
}

// reportSpace prints a space with its labels and permissions, or a sentence about its key.
func (e *env) reportSpace(cmd *cobra.Command, b *backend, s site.Site, key, sentence string) error {
	space, err := b.Content.Space(cmd.Context(), s.ID, key)
	if err != nil {
		return err
	}
	v, err := b.spaceWhole(cmd.Context(), s.ID, space)
	if err != nil {
		return err
	}
	return e.report(cmd, v, sentence, key)
}

// spaceWhole shows a space with its labels and permissions.
func (b *backend) spaceWhole(ctx context.Context, site int64, s content.Space) (spaceView, error) {
	v := showSpace(s)
	labels, err := b.Content.Labels(ctx, site, content.OnSpace, []int64{s.ID}, content.MaxLabels)
	if err != nil {
		return v, err
	}
	for _, l := range labels[s.ID] {
		v.Labels = append(v.Labels, l.String())
	}
	permissions, err := b.Content.Permissions(ctx, site, []int64{s.ID}, content.MaxPermissions)
	for _, p := range permissions[s.ID] {
		v.Permissions = append(v.Permissions, spacePermissionTexts(p)...)
	}
	return v, err
}

// spacePermissionTexts writes a permission as roster space permit takes it, once for each that has it.
func spacePermissionTexts(p content.Permission) (texts []string) {
	what := p.Name + "="
	if p.Target != "space" {
		what = p.Name + ":" + p.Target + "="
	}
	if p.Subject.Kind != "" {
		texts = append(texts, what+string(p.Subject.Kind)+":"+cmp.Or(p.Subject.Name, p.Subject.ID))
	}
	if p.Anonymous {
		texts = append(texts, what+"anonymous")
	}
	if p.Unlicensed {
		texts = append(texts, what+"unlicensed")
	}
	return texts
}

// contentText is the ID of content, empty for none.
func contentText(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}
