package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/confluence"
)

func newInvite(e *env) *cobra.Command {
	return quiet(e, &cobra.Command{Use: "invite EMAIL…", Short: "Ask people into the site by mail", Args: cobra.MinimumNArgs(1)},
		func(ctx context.Context, c *confluence.Client, args []string) (string, error) {
			return fmt.Sprintf("Whoever of the %d has no access to the site is invited.", len(args)), c.Users.Invite(ctx, args)
		})
}
