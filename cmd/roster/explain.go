package main

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/rosteradmin"
)

func newExplainCommand(e *env) *cobra.Command {
	cmd := calling(&cobra.Command{
		Use:   "explain ID",
		Short: "Why a site refused a request, by the X-Roster-Explain of its answer, and why a field is hidden",
		Args:  cobra.ExactArgs(1),
	})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var r refusal
		if err := e.fetch(cmd, "/_roster/explain/"+url.PathEscape(args[0]), nil, &r); err != nil {
			return err
		}
		return e.describe(cmd, r, r.facts())
	}
	field := newExplainField(e)
	config.Bind(field.Flags(), new(config.Manage).Settings())
	cmd.AddCommand(newExplainList(e), field)
	return withJSON(cmd)
}

// calling gives a command the flags that say which site to call, and as whom.
func calling(cmd *cobra.Command) *cobra.Command {
	config.Bind(cmd.Flags(), new(config.API).Settings())
	cmd.Flags().Bool("bearer", false, "send the token as Bearer, so that it needs no e-mail address")
	return cmd
}

func newExplainList(e *env) *cobra.Command {
	cmd := calling(&cobra.Command{Use: "list", Short: "The last requests that a site refused, the newest first"})
	filters := map[string]*string{}
	for _, f := range []struct{ flag, name, help string }{
		{"token-id", "tokenId", "only those of this token"},
		{"account", "accountId", "only those of the account with this ID"},
		{"operation", "operation", "only those of this operation, such as getUser"},
		{"check", "check", "only those by this check, such as scope or \"can use\""},
	} {
		filters[f.name] = cmd.Flags().String(f.flag, "", f.help)
	}
	limit := cmd.Flags().Int("limit", 50, "the most to list, from 1 to 1000")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		query := url.Values{"limit": {strconv.Itoa(*limit)}}
		for name, value := range filters {
			if *value != "" {
				query.Set(name, *value)
			}
		}
		var page struct {
			Results []refusal `json:"results"`
		}
		if err := e.fetch(cmd, "/_roster/explain", query, &page); err != nil {
			return err
		}
		return newListing(e, cmd, func(r refusal) []string {
			return []string{r.ID, r.At, strconv.Itoa(r.Status), r.asked(), r.Check, r.AccountID, r.Reason}
		}, "ID", "time", "status", "request", "check", "account ID", "reason").all(page.Results)
	}
	return cmd
}

// refusal is what a site says about a request that it refused.
type refusal struct{ rosteradmin.Refusal }

// asked is the request, as far as it is known.
func (r refusal) asked() string { return strings.TrimSpace(r.Method + " " + r.Route) }

func (r refusal) facts() []fact {
	return []fact{
		{"refused by the check", r.Check},
		{"reason", r.Reason},
		{"what would help", r.Remedy},
		{"status", strconv.Itoa(r.Status)},
		{"kind of failure", r.Kind},
		{"operation", r.Operation},
		{"request", r.asked()},
		{"caller", r.CallerKind},
		{"account ID", r.AccountID},
		{"token ID", r.TokenID},
		{"time", r.At},
		{"request ID", r.RequestID},
		{"node", r.Node},
		{"ID", r.ID},
	}
}
