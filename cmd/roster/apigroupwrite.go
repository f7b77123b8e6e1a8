package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/confluence"
)

// groupWriteCalls are the calls that change groups, which take a site administrator.
func groupWriteCalls(e *env) []*cobra.Command {
	return []*cobra.Command{
		one(e, &cobra.Command{Use: "create NAME", Short: "Make a group", Args: cobra.ExactArgs(1)},
			func(ctx context.Context, c *confluence.Client, args []string) (*confluence.Group, error) {
				return c.Groups.Create(ctx, args[0])
			}),
		quiet(e, &cobra.Command{Use: "delete GROUP-ID", Short: "Remove a group, its memberships and its permissions", Args: cobra.ExactArgs(1)},
			func(ctx context.Context, c *confluence.Client, args []string) (string, error) {
				return "Group " + args[0] + " is deleted.", c.Groups.Delete(ctx, args[0])
			}),
		quiet(e, &cobra.Command{Use: "add-member GROUP-ID ACCOUNT-ID", Short: "Put a user into a group", Args: cobra.ExactArgs(2)},
			func(ctx context.Context, c *confluence.Client, args []string) (string, error) {
				return args[1] + " is in the group.", c.Groups.AddMember(ctx, args[0], args[1])
			}),
		quiet(e, &cobra.Command{Use: "remove-member GROUP-ID ACCOUNT-ID", Short: "Take a user out of a group", Args: cobra.ExactArgs(2)},
			func(ctx context.Context, c *confluence.Client, args []string) (string, error) {
				return args[1] + " is not in the group.", c.Groups.RemoveMember(ctx, args[0], args[1])
			}),
	}
}
