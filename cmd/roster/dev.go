package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/seed"
)

func newDevCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "dev",
		Short: "Run a stand-in for Confluence's user API",
		Long: `Run a stand-in for people who build and test integrations: sites that are the same every time, with people and
tokens that everybody knows. Never show it to a network that you do not trust; roster serve is for that.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var c config.Dev
			if err := config.Load(cmd.Flags(), e.Environ(), c.Settings()); err != nil {
				return err
			}
			return e.dev(cmd.Context(), c)
		},
	}
	config.Bind(cmd.Flags(), new(config.Dev).Settings())
	return cmd
}

func (e *env) dev(ctx context.Context, c config.Dev) (err error) {
	plan, err := readSeed(c.Seed)
	if err != nil {
		return err
	}
	if err := app.ForgetReady(c.ReadyFile); err != nil {
		return err
	}
	throwaway := c.DB == ""
	if throwaway {
		folder, err := os.MkdirTemp("", "roster-dev-")
		if err != nil {
			return fmt.Errorf("make a temporary folder: %w", err)
		}
		defer os.RemoveAll(folder)
		c.DB = filepath.Join(folder, "roster.db")
	}
	a, err := app.New(ctx, app.Options{
		DB: c.DB, Throwaway: throwaway, PublicURL: c.PublicURL, StandIn: true, Now: e.Now,
		SMTP: c.SMTP, MailFrom: c.MailFrom, MailLog: e.Stderr,
		Log: slog.New(slog.NewTextHandler(e.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	l, err := app.Listen(ctx, c.Listen)
	if err != nil {
		return err
	}
	defer l.Close()
	sites, err := seed.Ensure(ctx, a.Changes, plan)
	if err != nil && c.Seed != "" {
		err = fmt.Errorf("the seed file %s: %w", c.Seed, err)
	}
	if err != nil {
		return err
	}
	serverURL := app.URL(l)
	if c.PublicURL != "" {
		serverURL = c.PublicURL
	}
	// The listener takes connections from here on; what arrives before Serve waits for it.
	if err := app.WriteReady(c.ReadyFile, app.Ready(serverURL, c.DB, sites)); err != nil {
		return err
	}
	// A reader that goes away, such as head, ends the stand-in in order: there is a folder to remove.
	signal.Ignore(syscall.SIGPIPE)
	if _, err := io.WriteString(e.Stdout, introduction(serverURL, sites)); err != nil {
		return fmt.Errorf("say where the stand-in listens: %w", err)
	}
	return a.Serve(ctx, l)
}

func readSeed(path string) (*seed.Seed, error) {
	if path == "" {
		return seed.Demo()
	}
	return seed.Read(path)
}

// introduction says where the stand-in listens, how to call it, and whom one can be.
func introduction(serverURL string, sites []seed.Applied) string {
	w := new(strings.Builder)
	first := sites[0]
	url := first.Site.URL(serverURL, true)
	fmt.Fprintf(w, "Roster stands in for Confluence at %s\n\n", url)
	if admin := first.Admin; len(admin.Tokens) > 0 {
		who := "-u '" + admin.Email + ":" + admin.Tokens[0].Text + "'"
		other := first.People[min(2, len(first.People)-1)]
		fmt.Fprintf(w, "  curl %s %s/wiki/rest/api/user/current\n", who, url)
		fmt.Fprintf(w, "  curl %s '%s/wiki/rest/api/user?accountId=%s&expand=operations,personalSpace.homepage'\n", who, url, other.AccountID)
		fmt.Fprintf(w, "  curl %s '%s/wiki/rest/api/user/bulk?accountId=%s&accountId=%s'\n\n", who, url, admin.AccountID, other.AccountID)
	}
	for _, s := range sites {
		fmt.Fprintf(w, "%s (%s, gateway %s)\n", s.Site.URL(serverURL, true), s.Site.Name, s.Site.GatewayURL(serverURL))
		for _, p := range s.People {
			for _, t := range p.Tokens {
				fmt.Fprintf(w, "  %s  %s  %s  %s  %s\n", text.Pad(p.Name, 24, ' '), text.Pad(p.Email, 32, ' '), text.Pad(p.Role, 24, ' '), t.Text, p.AccountID)
			}
		}
	}
	return w.String()
}
