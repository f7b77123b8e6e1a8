package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

func newGroupCommand(e *env) *cobra.Command {
	return withJSON(family("group", "Make and change groups, their members and their permissions",
		newGroupAdd(e), newGroupList(e), newGroupShow(e), newGroupDelete(e), newGroupMembers(e),
		newMemberChange(e, "add-member", "Put accounts into a group", "%s is in %s.", (*directory.Directory).AddMember),
		newMemberChange(e, "remove-member", "Take accounts out of a group", "%s is not in %s.", (*directory.Directory).RemoveMember),
		newGrant(e, "grant", "Give a group a permission", true),
		newGrant(e, "revoke", "Take a permission from a group", false)))
}

func newGroupAdd(e *env) *cobra.Command {
	var g directory.Group
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Make a group",
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			g.Name = args[0]
			g, err := b.Directory.AddGroup(cmd.Context(), s.ID, b.By, g)
			if err != nil {
				return err
			}
			return e.report(cmd, showGroup(g), "Group %s has ID %s.", g.Name, g.ID)
		}),
	}
	cmd.Flags().StringVar(&g.ID, "id", "", "lower-case UUID; a new one unless given")
	cmd.Flags().StringVar(&g.UsageType, "usage-type", "USERBASE_GROUP", "USERBASE_GROUP or TEAM_COLLABORATION")
	cmd.Flags().StringVar(&g.ManagedBy, "managed-by", "ADMINS", "ADMINS, EXTERNAL, TEAM_MEMBERS or OPEN")
	return cmd
}

func newGroupList(e *env) *cobra.Command {
	var permission string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List groups by name",
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			var p directory.Permission
			var err error
			if permission != "" {
				if p, err = directory.ParsePermission(permission); err != nil {
					return err
				}
			}
			out := newListing(e, cmd, func(g groupView) []string { return []string{g.ID, g.Name, g.UsageType, g.ManagedBy} },
				"group ID", "name", "usage type", "managed by")
			const page = 500
			for start := 0; ; start += page {
				groups, _, err := b.Directory.Groups(cmd.Context(), s.ID, p, start, page)
				if err != nil {
					return err
				}
				for _, g := range groups {
					if err := out.add(showGroup(g)); err != nil {
						return err
					}
				}
				if len(groups) < page {
					return out.flush()
				}
			}
		}),
	}
	cmd.Flags().StringVar(&permission, "permission", "", "only groups that hold "+permissionNames())
	return cmd
}

func newGroupShow(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "show GROUP",
		Short: "Show a group, given by its name or ID, with its permissions",
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			g, err := b.Directory.GroupNamed(cmd.Context(), s.ID, args[0])
			if err != nil {
				return err
			}
			v := showGroup(g)
			if v.Permissions, err = b.permissionsOf(cmd.Context(), s.ID, g.ID); err != nil {
				return err
			}
			return e.describe(cmd, v, []fact{
				{"group ID", v.ID},
				{"name", v.Name},
				{"usage type", v.UsageType},
				{"managed by", v.ManagedBy},
				{"permissions", strings.Join(v.Permissions, " ")},
				{"created", v.CreatedAt},
			})
		}),
	}
}

func newGroupDelete(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "delete GROUP",
		Short: "Delete a group with its memberships and permissions",
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			g, err := b.Directory.GroupNamed(cmd.Context(), s.ID, args[0])
			if err != nil {
				return err
			}
			if err := b.Directory.DeleteGroup(cmd.Context(), s.ID, b.By, g.ID); err != nil {
				return err
			}
			return e.report(cmd, showGroup(g), "Group %s is deleted.", g.Name)
		}),
	}
}

func newGroupMembers(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "members GROUP",
		Short: "List all members of a group by account ID, suspended people included",
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			g, err := b.Directory.GroupNamed(cmd.Context(), s.ID, args[0])
			if err != nil {
				return err
			}
			return e.listAccounts(cmd, b, s.ID, directory.Filter{GroupID: g.ID})
		}),
	}
}

func (b *backend) permissionsOf(ctx context.Context, site int64, groupID string) ([]string, error) {
	held, err := b.Directory.Granted(ctx, site, groupID)
	names := []string{}
	for _, p := range held {
		names = append(names, string(p))
	}
	return names, err
}

func permissionNames() string {
	var names []string
	for _, p := range directory.Permissions {
		names = append(names, string(p))
	}
	return strings.Join(names, ", ")
}

// groupView is a group as it is printed.
type groupView struct {
	ID          string   `json:"groupId"`
	Name        string   `json:"name"`
	UsageType   string   `json:"usageType"`
	ManagedBy   string   `json:"managedBy"`
	Permissions []string `json:"permissions,omitzero"` // only of a group that is shown alone
	CreatedAt   string   `json:"createdAt"`
}

func showGroup(g directory.Group) groupView {
	return groupView{ID: g.ID, Name: g.Name, UsageType: g.UsageType, ManagedBy: g.ManagedBy, CreatedAt: moment(g.CreatedAt)}
}
