package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/site"
)

// restricted is whom one operation on content is left to, as given.
type restricted struct {
	operation     string
	users, groups []string
}

func newContentRestrict(e *env) *cobra.Command {
	given := []*restricted{{operation: "read"}, {operation: "update"}}
	cmd := &cobra.Command{
		Use:   "restrict ID",
		Short: "Leave content to some users and groups, in place of all restrictions it has; without any, to everyone",
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			id, err := contentNumber(args[0])
			if err != nil {
				return err
			}
			restrictions, err := b.restrictions(cmd.Context(), s.ID, given)
			if err != nil {
				return err
			}
			if err := b.Content.Restrict(cmd.Context(), s.ID, b.By, id, restrictions); err != nil {
				return err
			}
			v, err := b.contentNamed(cmd.Context(), s.ID, args[0])
			if err != nil {
				return err
			}
			return e.report(cmd, v, "Content %q has %s.", v.Title, counted(int64(len(v.Restrictions)), "restriction", "restrictions"))
		}),
	}
	for _, g := range given {
		cmd.Flags().StringSliceVar(&g.users, g.operation+"-user", nil, "account IDs or e-mail addresses of those who may "+g.operation)
		cmd.Flags().StringSliceVar(&g.groups, g.operation+"-group", nil, "names or IDs of the groups that may "+g.operation)
	}
	return cmd
}

// restrictions looks up whom the command line names.
func (b *backend) restrictions(ctx context.Context, site int64, given []*restricted) (all []content.Restriction, err error) {
	for _, g := range given {
		for _, ref := range g.users {
			a, err := b.Directory.Account(ctx, site, ref)
			if err != nil {
				return nil, err
			}
			all = append(all, content.Restriction{Operation: g.operation, Subject: content.Subject{Kind: content.User, ID: a.ID}})
		}
		for _, ref := range g.groups {
			group, err := b.Directory.GroupNamed(ctx, site, ref)
			if err != nil {
				return nil, err
			}
			all = append(all, content.Restriction{Operation: g.operation, Subject: content.Subject{Kind: content.Group, ID: group.ID}})
		}
	}
	return all, nil
}
