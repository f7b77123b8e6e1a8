package main

import (
	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/admin"
	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/rosteradmin"
)

func newWorkflowCommand(e *env) *cobra.Command {
	f := family("workflow", "Check, store and run workflows",
		newWorkflowValidate(e), newWorkflowRun(e), newWorkflowResume(e), newWorkflowLibrary(e),
		newWorkflowAdd(e), newWorkflowList(e), newWorkflowEnable(e, true), newWorkflowEnable(e, false), newWorkflowRemove(e), newWorkflowStart(e),
		newRunList(e), newRunShow(e), newRunCancel(e), newRunResend(e),
		newConnectionCommand(e), newSecretCommand(e))
	config.Bind(f.PersistentFlags(), new(config.Journal).Settings())
	return withJSON(f)
}

// onFlows is a command on the workflows of one site: of the server whose database is named, else of the user's own journal.
func (e *env) onFlows(do func(cmd *cobra.Command, args []string, b *flows, s site.Site) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) (err error) {
		b, s, err := e.openFlows(cmd, false)
		if err != nil {
			return err
		}
		defer b.closing(&err)
		return do(cmd, args, b, s)
	}
}

func newWorkflowAdd(e *env) *cobra.Command {
	var connection string
	var disabled bool
	cmd := &cobra.Command{
		Use:   "add FILE",
		Short: "Store a workflow, in the place of one of its name; - reads it from standard input",
		Args:  cobra.ExactArgs(1),
		RunE: e.onFlows(func(cmd *cobra.Command, args []string, b *flows, s site.Site) error {
			text, err := e.workflowText(args[0])
			if err != nil {
				return err
			}
			w, err := b.Workflows.Put(cmd.Context(), s.ID, b.By, workflow.Draft{Text: text, Connection: connection, Enabled: !disabled})
			if err != nil {
				return err
			}
			return e.report(cmd, admin.Workflow(w), "Workflow %s is stored%s.", w.Name, startsAt(w))
		}),
	}
	cmd.Flags().StringVar(&connection, "connection", "", "the connection whose account its steps use (roster workflow connection)")
	cmd.Flags().BoolVar(&disabled, "disabled", false, "it may not be started yet")
	return cmd
}

// startsAt tells what starts a workflow by itself.
func startsAt(w workflow.Workflow) string {
	switch {
	case !w.NextAt.IsZero():
		return ", and starts at " + moment(w.NextAt)
	case w.Event != "":
		return ", and starts on " + w.Event
	}
	return ""
}

func newWorkflowList(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the stored workflows",
		Args:  cobra.NoArgs,
		RunE: e.onFlows(func(cmd *cobra.Command, _ []string, b *flows, s site.Site) error {
			all, err := b.Workflows.Workflows(cmd.Context(), s.ID)
			if err != nil {
				return err
			}
			out := newListing(e, cmd, func(w rosteradmin.Workflow) []string {
				return []string{w.Name, w.Title, w.Version, yes(w.Enabled), w.Connection, w.Event, moment(w.NextAt)}
			}, "name", "title", "version", "enabled", "connection", "starts on", "next")
			for _, w := range all {
				if err := out.add(admin.Workflow(w)); err != nil {
					return err
				}
			}
			return out.flush()
		}),
	}
}

func newWorkflowEnable(e *env, enabled bool) *cobra.Command {
	cmd := &cobra.Command{Use: "enable NAME", Short: "Let a workflow be started", Args: cobra.ExactArgs(1)}
	done := "may be started"
	if !enabled {
		cmd.Use, cmd.Short, done = "disable NAME", "Keep a workflow from being started, whatever would", "is switched off"
	}
	cmd.RunE = e.onFlows(func(cmd *cobra.Command, args []string, b *flows, s site.Site) error {
		if err := b.Workflows.SetEnabled(cmd.Context(), s.ID, b.By, args[0], enabled); err != nil {
			return err
		}
		w, err := b.Workflows.Workflow(cmd.Context(), s.ID, args[0])
		if err != nil {
			return err
		}
		return e.report(cmd, admin.Workflow(w), "Workflow %s %s%s.", w.Name, done, startsAt(w))
	})
	return cmd
}

func newWorkflowRemove(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "remove NAME",
		Short: "Delete a workflow; its runs stay",
		Args:  cobra.ExactArgs(1),
		RunE: e.onFlows(func(cmd *cobra.Command, args []string, b *flows, s site.Site) error {
			if err := b.Workflows.Remove(cmd.Context(), s.ID, b.By, args[0]); err != nil {
				return err
			}
			return e.report(cmd, map[string]string{"removed": args[0]}, "Workflow %s is deleted.", args[0])
		}),
	}
}

func newWorkflowStart(e *env) *cobra.Command {
	var in inputs
	var key string
	cmd := &cobra.Command{
		Use:   "start NAME",
		Short: "Queue a run of a stored workflow, which the server then runs",
		Args:  cobra.ExactArgs(1),
		RunE: e.onFlows(func(cmd *cobra.Command, args []string, b *flows, s site.Site) error {
			w, err := b.Workflows.Workflow(cmd.Context(), s.ID, args[0])
			if err != nil {
				return err
			}
			text, err := b.Workflows.Text(cmd.Context(), s.ID, w.Hash)
			if err != nil {
				return err
			}
			input, err := in.read(e, []byte(text))
			if err != nil {
				return err
			}
			r, again, err := b.Workflows.Start(cmd.Context(), s.ID, b.By, workflow.Start{Workflow: w.Name, Input: input, Key: key})
			if err != nil {
				return err
			}
			view, err := admin.Run(r)
			if err != nil {
				return err
			}
			if again {
				return e.report(cmd, view, "Run %s was started with this key before; it is %s.", r.ID, r.State)
			}
			return e.report(cmd, view, "Run %s is queued.", r.ID)
		}),
	}
	in.bind(cmd)
	cmd.Flags().StringVar(&key, "key", "", "an idempotency key: who starts with one again gets the run that there is")
	return cmd
}
