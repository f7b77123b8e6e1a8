package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/confluence"
)

func adminKeyCalls(e *env) []*cobra.Command {
	var minutes int
	enable := one(e, &cobra.Command{Use: "enable", Short: "Enable the caller's admin key, or make it last longer"},
		func(ctx context.Context, c *confluence.Client, _ []string) (*confluence.AdminKeyResponse, error) {
			return c.AdminKey.Enable(ctx, minutes)
		})
	enable.Flags().IntVar(&minutes, "minutes", 0, "how long it is good, at most 60; 10 unless given")
	return []*cobra.Command{
		one(e, &cobra.Command{Use: "get", Short: "The caller's admin key, while it is good"},
			func(ctx context.Context, c *confluence.Client, _ []string) (*confluence.AdminKeyResponse, error) {
				return c.AdminKey.Get(ctx)
			}),
		enable,
		quiet(e, &cobra.Command{Use: "disable", Short: "Disable the caller's admin key"},
			func(ctx context.Context, c *confluence.Client, _ []string) (string, error) {
				return "There is no admin key.", c.AdminKey.Disable(ctx)
			}),
	}
}
