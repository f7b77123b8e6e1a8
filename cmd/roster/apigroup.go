package main

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/confluence"
)

func groupCalls(e *env) []*cobra.Command {
	get := one(e, &cobra.Command{Use: "get GROUP-ID", Short: "One group", Args: cobra.ExactArgs(1)},
		func(ctx context.Context, c *confluence.Client, args []string) (*confluence.Group, error) {
			return c.Groups.Get(ctx, args[0])
		})
	return []*cobra.Command{newGroupsList(e), get, newGroupPicker(e), newGroupMembersCall(e)}
}

func newGroupsList(e *env) *cobra.Command {
	q := &query{}
	options := func() confluence.GroupListOptions {
		return confluence.GroupListOptions{Start: q.start, Limit: q.limit, AccessType: q.only}
	}
	cmd := many(e, q, &cobra.Command{Use: "list", Short: "The site's groups, by name"},
		func(ctx context.Context, c *confluence.Client, _ []string) (*confluence.GroupArray, error) {
			return c.Groups.ListPage(ctx, options())
		},
		func(ctx context.Context, c *confluence.Client, _ []string) iter.Seq2[confluence.Group, error] {
			return c.Groups.List(ctx, options())
		})
	cmd.Flags().StringVar(&q.only, "access-type", "", "only groups that give user, admin or site-admin access")
	return cmd
}

func newGroupPicker(e *env) *cobra.Command {
	q := &query{}
	return many(e, q, &cobra.Command{Use: "picker TEXT", Short: "The groups whose name contains a text", Args: cobra.ExactArgs(1)},
		func(ctx context.Context, c *confluence.Client, args []string) (*confluence.GroupArray, error) {
			return c.Groups.PickerPage(ctx, args[0], q.page())
		},
		func(ctx context.Context, c *confluence.Client, args []string) iter.Seq2[confluence.Group, error] {
			return c.Groups.Picker(ctx, args[0], q.page())
		})
}

func newGroupMembersCall(e *env) *cobra.Command {
	q := &query{}
	cmd := many(e, q, &cobra.Command{Use: "members GROUP-ID", Short: "The members of a group", Args: cobra.ExactArgs(1)},
		func(ctx context.Context, c *confluence.Client, args []string) (*confluence.UserArray, error) {
			return c.Groups.MembersPage(ctx, args[0], q.page())
		},
		func(ctx context.Context, c *confluence.Client, args []string) iter.Seq2[confluence.User, error] {
			return c.Groups.Members(ctx, args[0], q.page())
		})
	q.bindExpand(cmd)
	return cmd
}
