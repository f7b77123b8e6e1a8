package main

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/config"
)

func newAPICommand(e *env) *cobra.Command {
	api := family("api", "Call a site's API, as any client would",
		family("user", "The operations on users", userCalls(e)...),
		family("group", "The operations on groups", append(groupCalls(e), groupWriteCalls(e)...)...),
		family("property", "The operations on the properties of users", propertyCalls(e)...),
		family("watch", "The operations on what users watch", watchCalls(e)...),
		family("admin-key", "The operations on the key that lets a site administrator see everything for a while", adminKeyCalls(e)...),
		newUsersBulk(e), newCheckAccess(e), newInvite(e))
	config.Bind(api.PersistentFlags(), new(config.API).Settings())
	api.PersistentFlags().Bool("bearer", false, "the token is an OAuth 2.0 access token or a scoped API token, so it needs no e-mail address")
	return api
}

// client returns a client for the site and the account that the flags of cmd name.
func (e *env) client(cmd *cobra.Command) (*confluence.Client, error) {
	var c config.API
	if err := config.Load(cmd.Flags(), e.Environ(), c.Settings()); err != nil {
		return nil, err
	}
	bearer, err := cmd.Flags().GetBool("bearer")
	if err != nil {
		return nil, err
	}
	agent := confluence.WithUserAgent("roster/" + version)
	switch {
	case c.Token == "" && (bearer || c.Email != ""):
		return nil, misuse("there is no token: say --token or set ROSTER_TOKEN")
	case c.Token == "":
		return confluence.NewClient(c.URL, agent)
	case bearer:
		return confluence.NewClient(c.URL, agent, confluence.WithBearer(c.Token))
	case c.Email == "":
		return nil, misuse("the token needs its account's e-mail address: say --email or set ROSTER_EMAIL, or say --bearer")
	}
	return confluence.NewClient(c.URL, agent, confluence.WithBasicAuth(c.Email, c.Token))
}

// query is what a call of the API can be told besides its arguments.
type query struct {
	expand       []string
	start, limit int
	all          bool
	only         string
}

func (q *query) page() confluence.PageOptions {
	return confluence.PageOptions{Start: q.start, Limit: q.limit, Expand: q.expand}
}

// bindExpand gives a call the flag that names what is inlined.
func (q *query) bindExpand(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&q.expand, "expand", nil, "parts to inline, such as operations or personalSpace (separated by commas)")
}

// one is a command for a call that has one answer.
func one[T any](e *env, cmd *cobra.Command, do func(ctx context.Context, c *confluence.Client, args []string) (T, error)) *cobra.Command {
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := e.client(cmd)
		if err != nil {
			return err
		}
		answer, err := do(cmd.Context(), c, args)
		if err != nil {
			return err
		}
		return e.indented(answer)
	}
	return cmd
}

// many is a command for a call that answers page by page: with one page, or with --all the entries of all
// pages, one a line.
func many[P, T any](e *env, q *query, cmd *cobra.Command,
	page func(ctx context.Context, c *confluence.Client, args []string) (P, error),
	all func(ctx context.Context, c *confluence.Client, args []string) iter.Seq2[T, error],
) *cobra.Command {
	one(e, cmd, page)
	onePage := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if !q.all {
			return onePage(cmd, args)
		}
		c, err := e.client(cmd)
		if err != nil {
			return err
		}
		for entry, err := range all(cmd.Context(), c, args) {
			if err != nil {
				return err
			}
			if err := writeJSON(e.Stdout, entry); err != nil {
				return err
			}
		}
		return nil
	}
	cmd.Flags().IntVar(&q.start, "start", 0, "how many entries to skip")
	cmd.Flags().IntVar(&q.limit, "limit", 0, "how many entries a page may hold; the site's choice unless given")
	cmd.Flags().BoolVar(&q.all, "all", false, "go on to the last page and print one entry a line")
	return cmd
}

// indented writes one answer for people and programs to read.
func (e *env) indented(v any) error {
	encoder := json.NewEncoder(e.Stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}
