package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// membershipView is what became of one account's membership.
type membershipView struct {
	GroupID   string `json:"groupId"`
	AccountID string `json:"accountId"`
	Changed   bool   `json:"changed"`
}

// newMemberChange is a command that changes the membership of each account it is given, one after the other.
func newMemberChange(e *env, name, short, outcome string,
	do func(d *directory.Directory, ctx context.Context, site int64, by change.Actor, group, account string) (bool, error),
) *cobra.Command {
	return &cobra.Command{
		Use:   name + " GROUP ACCOUNT…",
		Short: short,
		Args:  cobra.MinimumNArgs(2),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			ctx := cmd.Context()
			g, err := b.Directory.GroupNamed(ctx, s.ID, args[0])
			if err != nil {
				return err
			}
			for _, ref := range args[1:] {
				a, err := b.Directory.Account(ctx, s.ID, ref)
				if err != nil {
					return err
				}
				changed, err := do(b.Directory, ctx, s.ID, b.By, g.ID, a.ID)
				if err != nil {
					return err
				}
				if err := e.report(cmd, membershipView{g.ID, a.ID, changed}, outcome, a.ID, g.Name); err != nil {
					return err
				}
			}
			return nil
		}),
	}
}

// newGrant is a command that gives a group a permission or takes it away.
func newGrant(e *env, name, short string, grant bool) *cobra.Command {
	return &cobra.Command{
		Use:   name + " GROUP PERMISSION",
		Short: short + ": " + permissionNames(),
		Args:  cobra.ExactArgs(2),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			p, err := directory.ParsePermission(args[1])
			if err != nil {
				return err
			}
			g, err := b.Directory.GroupNamed(cmd.Context(), s.ID, args[0])
			if err != nil {
				return err
			}
			if _, err := b.Directory.Grant(cmd.Context(), s.ID, b.By, g.ID, p, grant); err != nil {
				return err
			}
			v, outcome := showGroup(g), "Group %s holds %s."
			if !grant {
				outcome = "Group %s does not hold %s."
			}
			if v.Permissions, err = b.permissionsOf(cmd.Context(), s.ID, g.ID); err != nil {
				return err
			}
			return e.report(cmd, v, outcome, g.Name, p)
		}),
	}
}
