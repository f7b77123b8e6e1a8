package main

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/admin"
	"github.com/rosterhq/roster/internal/event"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/webhook"
	"github.com/rosterhq/roster/rosteradmin"
)

// deliveriesAtATime is how many deliveries are read at once.
const deliveriesAtATime = 500

func newWebhookDeliveries(e *env) *cobra.Command {
	var state string
	var limit int
	cmd := &cobra.Command{
		Use:   "deliveries WEBHOOK",
		Short: "List what a webhook is or was sent, roughly the newest first",
		Args:  cobra.ExactArgs(1),
		RunE: e.onWebhooks(func(cmd *cobra.Command, args []string, _ *backend, hooks *webhook.Store, s site.Site) error {
			if !slices.Contains([]string{"", "queued", "delivered", "dead"}, state) {
				return misuse("--state is queued, delivered or dead, not %q", state)
			}
			if limit < 0 {
				return misuse("--limit is no number of deliveries")
			}
			out := newListing(e, cmd, deliveryRow, "event", "what", "account", "state", "attempts", "status", "error", "next try")
			f := webhook.Filter{State: webhook.State(state), Limit: deliveriesAtATime}
			for left := limit; ; {
				if limit > 0 {
					f.Limit = min(left, deliveriesAtATime)
				}
				page, err := hooks.Deliveries(cmd.Context(), s.ID, args[0], f)
				if err != nil {
					return err
				}
				for _, d := range page {
					if err := out.add(admin.Delivery(d)); err != nil {
						return err
					}
				}
				if left -= len(page); len(page) < f.Limit || left == 0 {
					return out.flush()
				}
				f.Below = page[len(page)-1].EventID
			}
		}),
	}
	cmd.Flags().StringVar(&state, "state", "", "only those that are queued, delivered or dead")
	cmd.Flags().IntVar(&limit, "limit", 0, "at most so many; 0 for all")
	return cmd
}

func deliveryRow(d rosteradmin.Delivery) []string {
	var of event.Event
	_ = json.Unmarshal(d.Event, &of) // which we wrote
	return []string{d.EventID, string(of.Type), of.AccountID, string(d.State), strconv.Itoa(d.Attempts), answered(d.Status), d.Error, moment(d.DueAt)}
}

func newWebhookReplay(e *env) *cobra.Command {
	var since string
	cmd := &cobra.Command{
		Use:   "replay WEBHOOK [EVENT]",
		Short: "Send a delivery once more, or all dead ones since a time",
		Args:  cobra.RangeArgs(1, 2),
		RunE: e.onWebhooks(func(cmd *cobra.Command, args []string, b *backend, hooks *webhook.Store, s site.Site) error {
			if (len(args) == 2) == (since != "") {
				return misuse("say which EVENT, or --since when")
			}
			if len(args) == 2 {
				if err := hooks.Replay(cmd.Context(), s.ID, b.By, args[0], args[1]); err != nil {
					return err
				}
				return e.report(cmd, rosteradmin.Replayed{Queued: 1}, "The delivery is queued again.")
			}
			from, err := point(e.Now(), "since", since)
			if err != nil {
				return err
			}
			n, err := hooks.ReplaySince(cmd.Context(), s.ID, b.By, args[0], from)
			if err != nil {
				return err
			}
			return e.report(cmd, rosteradmin.Replayed{Queued: n}, "%d deliveries are queued again.", n)
		}),
	}
	cmd.Flags().StringVar(&since, "since", "", "dead deliveries of events from this time on: 90d or 12h ago, 2026-12-31 or 2026-12-31T12:00:00Z")
	return cmd
}
