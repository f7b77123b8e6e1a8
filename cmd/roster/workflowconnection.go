package main

import (
	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/admin"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/rosteradmin"
)

func newConnectionCommand(e *env) *cobra.Command {
	return family("connection", "Store the accounts as which workflows call a site", newConnectionAdd(e), newConnectionList(e), newConnectionRemove(e))
}

func newConnectionAdd(e *env) *cobra.Command {
	var c workflow.Connection
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Store a connection, in the place of one of its name; its token is read from standard input",
		Long: "Store a connection, in the place of one of its name. Its API token is read from standard input, is kept in the database, and is never shown.\n\n" +
			"Without --base-url it leads to this server's own site.",
		Args: cobra.ExactArgs(1),
		RunE: e.onFlows(func(cmd *cobra.Command, args []string, b *flows, s site.Site) error {
			secret, err := e.readLine("token")
			if err != nil {
				return err
			}
			c.Name, c.Kind = args[0], workflow.Local
			if c.BaseURL != "" {
				c.Kind = workflow.Remote
			}
			if err := b.Workflows.PutConnection(cmd.Context(), s.ID, b.By, c, secret); err != nil {
				return err
			}
			return e.report(cmd, admin.Connection(c), "Connection %s is stored.", c.Name)
		}),
	}
	cmd.Flags().StringVar(&c.BaseURL, "base-url", "", "URL of another site, such as https://acme.atlassian.net; this server's own unless given")
	cmd.Flags().StringVar(&c.Email, "email", "", "e-mail address of the token's account; without one the token is shown as a bearer's")
	return cmd
}

func newConnectionList(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List connections, without their tokens",
		Args:  cobra.NoArgs,
		RunE: e.onFlows(func(cmd *cobra.Command, _ []string, b *flows, s site.Site) error {
			all, err := b.Workflows.Connections(cmd.Context(), s.ID)
			if err != nil {
				return err
			}
			out := newListing(e, cmd, func(c rosteradmin.Connection) []string {
				return []string{c.Name, c.Kind, c.BaseURL, c.Email, moment(c.UpdatedAt)}
			}, "name", "kind", "base URL", "e-mail address", "changed")
			for _, c := range all {
				if err := out.add(admin.Connection(c)); err != nil {
					return err
				}
			}
			return out.flush()
		}),
	}
}

func newConnectionRemove(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "remove NAME",
		Short: "Delete a connection that no workflow uses",
		Args:  cobra.ExactArgs(1),
		RunE: e.onFlows(func(cmd *cobra.Command, args []string, b *flows, s site.Site) error {
			if err := b.Workflows.RemoveConnection(cmd.Context(), s.ID, b.By, args[0]); err != nil {
				return err
			}
			return e.report(cmd, map[string]string{"removed": args[0]}, "Connection %s is deleted.", args[0])
		}),
	}
}

func newSecretCommand(e *env) *cobra.Command {
	return family("secret", "Store what workflows know and nobody is shown", newSecretSet(e), newSecretList(e), newSecretRemove(e))
}

func newSecretSet(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "set NAME",
		Short: "Store a secret, in the place of one of its name; its value is read from standard input",
		Args:  cobra.ExactArgs(1),
		RunE: e.onFlows(func(cmd *cobra.Command, args []string, b *flows, s site.Site) error {
			value, err := e.readLine("value")
			if err != nil {
				return err
			}
			if err := b.Workflows.PutSecret(cmd.Context(), s.ID, b.By, args[0], value); err != nil {
				return err
			}
			return e.report(cmd, map[string]string{"stored": args[0]}, "Secret %s is stored.", args[0])
		}),
	}
}

func newSecretList(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the names of secrets",
		Args:  cobra.NoArgs,
		RunE: e.onFlows(func(cmd *cobra.Command, _ []string, b *flows, s site.Site) error {
			all, err := b.Workflows.Secrets(cmd.Context(), s.ID)
			if err != nil {
				return err
			}
			out := newListing(e, cmd, func(s rosteradmin.WorkflowSecret) []string { return []string{s.Name, moment(s.UpdatedAt)} }, "name", "changed")
			for _, one := range all {
				if err := out.add(rosteradmin.WorkflowSecret{Name: one.Name, UpdatedAt: one.UpdatedAt}); err != nil {
					return err
				}
			}
			return out.flush()
		}),
	}
}

func newSecretRemove(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "remove NAME",
		Short: "Delete a secret",
		Args:  cobra.ExactArgs(1),
		RunE: e.onFlows(func(cmd *cobra.Command, args []string, b *flows, s site.Site) error {
			if err := b.Workflows.RemoveSecret(cmd.Context(), s.ID, b.By, args[0]); err != nil {
				return err
			}
			return e.report(cmd, map[string]string{"removed": args[0]}, "Secret %s is deleted.", args[0])
		}),
	}
}
