package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/admin"
	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/event"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/webhook"
	"github.com/rosterhq/roster/rosteradmin"
)

func newWebhookCommand(e *env) *cobra.Command {
	f := family("webhook", "Tell other programs what happens on the site",
		newWebhookAdd(e), newWebhookList(e), newWebhookShow(e), newWebhookRemove(e), newWebhookEnable(e, true), newWebhookEnable(e, false),
		newWebhookRotate(e), newWebhookDeliveries(e), newWebhookReplay(e))
	config.Bind(f.PersistentFlags(), new(config.Outgoing).Settings())
	return withJSON(f)
}

// onWebhooks is a command on the webhooks of a site.
func (e *env) onWebhooks(do func(cmd *cobra.Command, args []string, b *backend, hooks *webhook.Store, s site.Site) error) func(*cobra.Command, []string) error {
	return e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
		var c config.Outgoing
		if err := config.Load(cmd.Flags(), e.Environ(), c.Settings()); err != nil {
			return err
		}
		return do(cmd, args, b, webhook.NewStore(b.Changes, c.Allow), s)
	})
}

func newWebhookAdd(e *env) *cobra.Command {
	var description string
	var events []string
	cmd := &cobra.Command{
		Use:   "add URL",
		Short: "Have events be posted to a URL, and print the secret that signs them, which is never shown again",
		Args:  cobra.ExactArgs(1),
		RunE: e.onWebhooks(func(cmd *cobra.Command, args []string, b *backend, hooks *webhook.Store, s site.Site) error {
			w, secret, err := hooks.Add(cmd.Context(), s.ID, b.By, webhook.Webhook{
				URL: args[0], Description: description, Events: admin.EventTypes(events), Enabled: true,
			})
			if err != nil {
				return err
			}
			return e.showWebhookSecret(cmd, w, secret)
		}),
	}
	cmd.Flags().StringArrayVar(&events, "event", nil, "only events of this type (may be repeated): "+event.Names())
	cmd.Flags().StringVar(&description, "description", "", "what it is for")
	return cmd
}

// showWebhookSecret prints a secret alone on standard output, so that a script can take it from there.
func (e *env) showWebhookSecret(cmd *cobra.Command, w webhook.Webhook, secret string) error {
	if asJSON(cmd) {
		return writeJSON(e.Stdout, rosteradmin.WebhookWithSecret{Webhook: admin.Webhook(w), Secret: secret})
	}
	fmt.Fprintf(e.Stderr, "The webhook %s signs by this secret, which is shown only now:\n", w.ID)
	_, err := fmt.Fprintln(e.Stdout, secret)
	return err
}

func newWebhookList(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the webhooks of the site",
		RunE: e.onWebhooks(func(cmd *cobra.Command, _ []string, _ *backend, hooks *webhook.Store, s site.Site) error {
			all, err := hooks.List(cmd.Context(), s.ID)
			if err != nil {
				return err
			}
			out := newListing(e, cmd, func(w rosteradmin.Webhook) []string {
				return []string{w.ID, w.URL, eventList(w), yes(w.Enabled), w.Description}
			}, "ID", "URL", "events", "enabled", "description")
			for _, w := range all {
				if err := out.add(admin.Webhook(w)); err != nil {
					return err
				}
			}
			return out.flush()
		}),
	}
}

// eventList is the events of a webhook as they are printed.
func eventList(w rosteradmin.Webhook) string { return cmp.Or(strings.Join(w.Events, " "), "all") }

func newWebhookShow(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "show WEBHOOK",
		Short: "Show a webhook, by its ID",
		Args:  cobra.ExactArgs(1),
		RunE: e.onWebhooks(func(cmd *cobra.Command, args []string, _ *backend, hooks *webhook.Store, s site.Site) error {
			found, err := hooks.Show(cmd.Context(), s.ID, args[0])
			if err != nil {
				return err
			}
			w := admin.Webhook(found)
			return e.describe(cmd, w, []fact{
				{"ID", w.ID},
				{"URL", w.URL},
				{"description", w.Description},
				{"events", eventList(w)},
				{"enabled", yes(w.Enabled)},
				{"disabled because", w.DisabledWhy},
				{"former secret signs until", moment(w.FormerUntil)},
				{"created", moment(w.CreatedAt)},
				{"updated", moment(w.UpdatedAt)},
			})
		}),
	}
}

func newWebhookRemove(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "remove WEBHOOK",
		Short: "Remove a webhook with all that waits for it",
		Args:  cobra.ExactArgs(1),
		RunE: e.onWebhooks(func(cmd *cobra.Command, args []string, b *backend, hooks *webhook.Store, s site.Site) error {
			if err := hooks.Remove(cmd.Context(), s.ID, b.By, args[0]); err != nil {
				return err
			}
			return e.report(cmd, map[string]string{"id": args[0]}, "The webhook %s is removed.", args[0])
		}),
	}
}

func newWebhookEnable(e *env, enabled bool) *cobra.Command {
	cmd := &cobra.Command{Use: "enable WEBHOOK", Short: "Send what waits, and what happens from now on", Args: cobra.ExactArgs(1)}
	done := "enabled"
	if !enabled {
		cmd.Use, cmd.Short, done = "disable WEBHOOK", "Send nothing more; what happens meanwhile is lost to the webhook", "disabled"
	}
	cmd.RunE = e.onWebhooks(func(cmd *cobra.Command, args []string, b *backend, hooks *webhook.Store, s site.Site) error {
		w, err := hooks.Change(cmd.Context(), s.ID, b.By, args[0], func(w *webhook.Webhook) { w.Enabled = enabled })
		if err != nil {
			return err
		}
		return e.report(cmd, admin.Webhook(w), "The webhook %s is %s.", w.ID, done)
	})
	return cmd
}

func newWebhookRotate(e *env) *cobra.Command {
	var now bool
	cmd := &cobra.Command{
		Use:   "rotate WEBHOOK",
		Short: "Give a webhook a new secret, and print it; the old one signs beside it for a day",
		Args:  cobra.ExactArgs(1),
		RunE: e.onWebhooks(func(cmd *cobra.Command, args []string, b *backend, hooks *webhook.Store, s site.Site) error {
			overlap := webhook.Overlap
			if now {
				overlap = 0
			}
			w, secret, err := hooks.Rotate(cmd.Context(), s.ID, b.By, args[0], overlap)
			if err != nil {
				return err
			}
			return e.showWebhookSecret(cmd, w, secret)
		}),
	}
	cmd.Flags().BoolVar(&now, "now", false, "end the old secret at once")
	return cmd
}

// answered is the status of an answer as it is printed.
func answered(status int) string {
	if status == 0 {
		return ""
	}
	return strconv.Itoa(status)
}
