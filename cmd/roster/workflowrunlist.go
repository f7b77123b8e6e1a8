package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/admin"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/rosteradmin"
)

func newRunList(e *env) *cobra.Command {
	var f workflow.Filter
	var state string
	cmd := &cobra.Command{
		Use:   "runs",
		Short: "List runs, the newest first",
		Args:  cobra.NoArgs,
		RunE: e.onFlows(func(cmd *cobra.Command, _ []string, b *flows, s site.Site) error {
			f.State = workflow.State(state)
			out := newListing(e, cmd, func(r rosteradmin.Run) []string {
				return []string{r.ID, r.Workflow, string(r.State), r.Cause.Kind, moment(r.CreatedAt), moment(r.EndedAt), because(r.Error)}
			}, "run", "workflow", "state", "started by", "created", "ended", "error")
			all, err := b.Workflows.Runs(cmd.Context(), s.ID, f)
			for _, r := range all {
				view, bad := admin.Run(r)
				if bad != nil {
					return bad
				}
				if err := out.add(view); err != nil {
					return err
				}
			}
			if err != nil {
				return err
			}
			return out.flush()
		}),
	}
	cmd.Flags().StringVar(&f.Workflow, "workflow", "", "only runs of this workflow")
	cmd.Flags().StringVar(&state, "state", "", "only runs in this state: queued, running, waiting, uncertain, succeeded, failed or cancelled")
	cmd.Flags().IntVar(&f.Limit, "limit", 100, "how many to list")
	cmd.Flags().StringVar(&f.Below, "before", "", "only runs that began before this one")
	return cmd
}

func because(e *rosteradmin.RunError) string {
	switch {
	case e == nil:
		return ""
	case e.Detail != "":
		return e.Detail
	}
	return e.Title
}

func newRunShow(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "show RUN",
		Short: "Show a run with its steps",
		Args:  cobra.ExactArgs(1),
		RunE: e.onFlows(func(cmd *cobra.Command, args []string, b *flows, s site.Site) error {
			r, err := b.Workflows.Run(cmd.Context(), s.ID, args[0])
			if err != nil {
				return err
			}
			return e.showRun(cmd, r)
		}),
	}
}

// showRun answers with a run and its steps.
func (e *env) showRun(cmd *cobra.Command, run workflow.Run) error {
	r, err := admin.Run(run)
	if err != nil {
		return err
	}
	err = e.describe(cmd, r, []fact{
		{"run", r.ID},
		{"workflow", r.Workflow},
		{"state", string(r.State)},
		{"started by", r.Cause.Kind},
		{"error", because(r.Error)},
		{"connection", r.Connection},
		{"input", string(r.Input)},
		{"output", shortened(r.Output, 100)},
		{"created", moment(r.CreatedAt)},
		{"started", moment(r.StartedAt)},
		{"goes on", moment(r.DueAt)},
		{"ended", moment(r.EndedAt)},
		{"erased", map[bool]string{true: "because an account that it speaks of was closed"}[r.Erased]},
	})
	if err != nil || asJSON(cmd) || len(r.Steps) == 0 {
		return err
	}
	fmt.Fprintln(e.Stdout)
	out := newListing(e, cmd, func(s rosteradmin.RunStep) []string {
		return []string{s.Place, s.Task, s.Kind, s.State, fmt.Sprint(s.Attempt), moment(s.StartedAt), took(s), shortened(s.Input, 60), cmp.Or(because(s.Error), shortened(s.Output, 100))}
	}, "place", "task", "kind", "state", "attempt", "started", "took", "input", "result")
	return out.all(r.Steps)
}

func took(s rosteradmin.RunStep) string {
	if s.EndedAt.IsZero() {
		return ""
	}
	return s.EndedAt.Sub(s.StartedAt).String()
}

// shortened is the beginning of JSON, of at most so many characters.
func shortened(text json.RawMessage, most int) string {
	var b bytes.Buffer
	if json.Compact(&b, text) != nil {
		return ""
	}
	if runes := []rune(b.String()); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return b.String()
}

func newRunCancel(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "cancel RUN",
		Short: "End a run before its next step",
		Args:  cobra.ExactArgs(1),
		RunE: e.onFlows(func(cmd *cobra.Command, args []string, b *flows, s site.Site) error {
			return e.decide(cmd, b, s, args[0], b.Workflows.Cancel, "is cancelled")
		}),
	}
}

func newRunResend(e *env) *cobra.Command {
	var sent bool
	cmd := &cobra.Command{
		Use:   "resend RUN",
		Short: "Have what is uncertain in a run done again, or say that it was done",
		Args:  cobra.ExactArgs(1),
		RunE: e.onFlows(func(cmd *cobra.Command, args []string, b *flows, s site.Site) error {
			about, said := b.Workflows.Resend, "does again what was uncertain"
			if sent {
				about, said = b.Workflows.MarkSent, "goes on: what was uncertain was done"
			}
			outbox := mail.NewOutbox(b.Changes)
			return e.decide(cmd, b, s, args[0], func(ctx context.Context, site int64, by change.Actor, id string) error {
				return about(ctx, site, by, id, outbox)
			}, said)
		}),
	}
	cmd.Flags().BoolVar(&sent, "sent", false, "it was done: do not do it again")
	return cmd
}

// decide has a person's word about a run done, and answers with the run.
func (e *env) decide(cmd *cobra.Command, b *flows, s site.Site, id string, do func(context.Context, int64, change.Actor, string) error, said string) error {
	if err := do(cmd.Context(), s.ID, b.By, id); err != nil {
		return err
	}
	r, err := b.Workflows.Run(cmd.Context(), s.ID, id)
	if err != nil {
		return err
	}
	view, err := admin.Run(r)
	if err != nil {
		return err
	}
	return e.report(cmd, view, "Run %s %s.", id, said)
}
