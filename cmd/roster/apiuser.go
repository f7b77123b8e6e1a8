package main

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/confluence"
)

func userCalls(e *env) []*cobra.Command {
	get := &query{}
	getCommand := one(e, &cobra.Command{Use: "get ACCOUNT-ID", Short: "One user", Args: cobra.ExactArgs(1)},
		func(ctx context.Context, c *confluence.Client, args []string) (*confluence.User, error) {
			return c.Users.Get(ctx, args[0], get.expand...)
		})
	get.bindExpand(getCommand)

	current := &query{}
	currentCommand := one(e, &cobra.Command{Use: "current", Short: "The user who calls"},
		func(ctx context.Context, c *confluence.Client, _ []string) (*confluence.User, error) {
			return c.Users.Current(ctx, current.expand...)
		})
	current.bindExpand(currentCommand)

	anonymous := &query{}
	anonymousCommand := one(e, &cobra.Command{Use: "anonymous", Short: "What stands for users without an account"},
		func(ctx context.Context, c *confluence.Client, _ []string) (*confluence.UserAnonymous, error) {
			return c.Users.Anonymous(ctx, anonymous.expand...)
		})
	anonymous.bindExpand(anonymousCommand)

	bulk := &query{}
	bulkCommand := one(e, &cobra.Command{Use: "bulk ACCOUNT-ID…", Short: "Any number of users", Args: cobra.MinimumNArgs(1)},
		func(ctx context.Context, c *confluence.Client, args []string) ([]confluence.User, error) {
			return c.Users.Bulk(ctx, args, bulk.expand...)
		})
	bulk.bindExpand(bulkCommand)

	email := one(e, &cobra.Command{Use: "email ACCOUNT-ID", Short: "A user's e-mail address, for approved apps", Args: cobra.ExactArgs(1)},
		func(ctx context.Context, c *confluence.Client, args []string) (*confluence.AccountIDEmailRecord, error) {
			return c.Users.Email(ctx, args[0])
		})
	emailBulk := one(e, &cobra.Command{Use: "email-bulk ACCOUNT-ID…", Short: "The e-mail addresses of any number of users, for approved apps", Args: cobra.MinimumNArgs(1)},
		func(ctx context.Context, c *confluence.Client, args []string) ([]confluence.AccountIDEmailRecord, error) {
			return c.Users.EmailBulk(ctx, args)
		})
	return []*cobra.Command{getCommand, currentCommand, anonymousCommand, newMemberOf(e), bulkCommand, email, emailBulk, newUserSearch(e)}
}

func newMemberOf(e *env) *cobra.Command {
	q := &query{}
	return many(e, q, &cobra.Command{Use: "memberof ACCOUNT-ID", Short: "The groups of a user", Args: cobra.ExactArgs(1)},
		func(ctx context.Context, c *confluence.Client, args []string) (*confluence.GroupArray, error) {
			return c.Users.MemberOfPage(ctx, args[0], q.page())
		},
		func(ctx context.Context, c *confluence.Client, args []string) iter.Seq2[confluence.Group, error] {
			return c.Users.MemberOf(ctx, args[0], q.page())
		})
}

func newUserSearch(e *env) *cobra.Command {
	q := &query{}
	options := func() confluence.SearchOptions {
		return confluence.SearchOptions{Start: q.start, Limit: q.limit, Expand: q.expand, SitePermissionTypeFilter: q.only}
	}
	cmd := many(e, q, &cobra.Command{Use: "search CQL", Short: `The users that match a query such as 'user.fullname ~ "ada"'`, Args: cobra.ExactArgs(1)},
		func(ctx context.Context, c *confluence.Client, args []string) (*confluence.SearchPage, error) {
			return c.Users.SearchPage(ctx, args[0], options())
		},
		func(ctx context.Context, c *confluence.Client, args []string) iter.Seq2[confluence.SearchResult, error] {
			return c.Users.Search(ctx, args[0], options())
		})
	q.bindExpand(cmd)
	cmd.Flags().StringVar(&q.only, "site-permission-type", "", "all, externalCollaborator or none")
	return cmd
}

func newUsersBulk(e *env) *cobra.Command {
	return one(e, &cobra.Command{Use: "users-bulk ACCOUNT-ID…", Short: "Any number of users, by API version 2", Args: cobra.MinimumNArgs(1)},
		func(ctx context.Context, c *confluence.Client, args []string) ([]confluence.UserV2, error) {
			return c.Users.BulkV2(ctx, args)
		})
}

func newCheckAccess(e *env) *cobra.Command {
	return one(e, &cobra.Command{Use: "check-access EMAIL…", Short: "Which addresses have no access to the site", Args: cobra.MinimumNArgs(1)},
		func(ctx context.Context, c *confluence.Client, args []string) (*confluence.CheckAccess, error) {
			return c.Users.CheckAccess(ctx, args)
		})
}
