package main

import (
	"cmp"
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
	"github.com/rosterhq/roster/internal/emulate"
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
	cmd.AddCommand(newDevCACommand(e))
	return cmd
}

func (e *env) dev(ctx context.Context, c config.Dev) (err error) {
	if err := standAs(&c); err != nil {
		return err
	}
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
		DB: c.DB, Version: version, Throwaway: throwaway, PublicURL: c.PublicURL, StandIn: true, Now: e.Now,
		SMTP: c.SMTP, MailFrom: c.MailFrom, MailLog: e.Stderr, Cache: c.Cache, HTTPHosts: c.Hosts,
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
	front, err := app.OpenFront(ctx, app.FrontOptions{As: c.As, TLSListen: c.TLSListen, Proxy: c.Proxy, CAFolder: c.CAFolder, Now: e.Now})
	if err != nil {
		return err
	}
	defer front.Close()
	sites, err := fill(ctx, a, plan, c)
	if err != nil {
		return err
	}
	a.ControlSites(plan)
	serverURL := app.URL(l)
	if c.PublicURL != "" {
		serverURL = c.PublicURL
	}
	ready := app.Ready(serverURL, c.DB, sites)
	ready.Through(front)
	if c.As != "" {
		ready.URL = app.URL(l) // needs neither the name nor the certificate
	}
	if err := e.announce(c.ReadyFile, ready, sites, front); err != nil {
		return err
	}
	return a.Serve(ctx, l, front)
}

// announce tells scripts and people how to reach a stand-in. Its listeners take connections already; what arrives
// before they are served waits for that.
func (e *env) announce(file string, ready app.Readiness, sites []seed.Applied, front *emulate.Front) error {
	if err := app.WriteReady(file, ready); err != nil {
		return err
	}
	// A reader that goes away, such as head, ends the stand-in in order: there is a folder to remove.
	signal.Ignore(syscall.SIGPIPE)
	if _, err := io.WriteString(e.Stdout, introduction(ready, sites, front)); err != nil {
		return fmt.Errorf("say where the stand-in listens: %w", err)
	}
	return nil
}

// standAs fills in what follows from --as.
func standAs(c *config.Dev) error {
	if c.As == "" {
		return nil
	}
	if c.PublicURL != "" {
		return misuse("--as says how clients reach the default site, and so does --public-url: give one of them")
	}
	c.PublicURL = "https://" + c.As
	c.TLSListen = cmp.Or(c.TLSListen, "127.0.0.1:8443")
	return nil
}

// fill makes the sites of a seed, and returns them as they are served.
func fill(ctx context.Context, a *app.App, plan *seed.Seed, c config.Dev) ([]seed.Applied, error) {
	sites, err := seed.Ensure(ctx, a.Changes, plan)
	if err != nil && c.Seed != "" {
		err = fmt.Errorf("the seed file %s: %w", c.Seed, err)
	}
	if err == nil {
		err = a.StandAs(ctx, c.As, sites)
	}
	return sites, err
}

func readSeed(path string) (*seed.Seed, error) {
	if path == "" {
		return seed.Demo()
	}
	return seed.Read(path)
}

// introduction says where the stand-in listens, how to call it, and whom one can be.
func introduction(ready app.Readiness, sites []seed.Applied, front *emulate.Front) string {
	w := new(strings.Builder)
	first, url := sites[0], ready.Sites[0].URL
	fmt.Fprintf(w, "Roster stands in for Confluence at %s\n\n", url)
	if admin := first.Admin; len(admin.Tokens) > 0 {
		who := "-u '" + admin.Email + ":" + admin.Tokens[0].Text + "'"
		if front != nil && front.Names.As != "" {
			who = "--cacert " + quoted(ready.CAFile) + " --connect-to ::" + strings.TrimPrefix(ready.TLSURL, "https://") + " " + who
		}
		other := first.People[min(2, len(first.People)-1)]
		fmt.Fprintf(w, "  curl %s %s/wiki/rest/api/user/current\n", who, url)
		fmt.Fprintf(w, "  curl %s '%s/wiki/rest/api/user?accountId=%s&expand=operations,personalSpace.homepage'\n", who, url, other.AccountID)
		fmt.Fprintf(w, "  curl %s '%s/wiki/rest/api/user/bulk?accountId=%s&accountId=%s'\n\n", who, url, admin.AccountID, other.AccountID)
	}
	waysIn(w, ready, front)
	for i, s := range sites {
		fmt.Fprintf(w, "%s (%s, gateway %s)\n", ready.Sites[i].URL, s.Site.Name, ready.Sites[i].GatewayURL)
		for _, p := range s.People {
			for _, t := range p.Tokens {
				fmt.Fprintf(w, "  %s  %s  %s  %s  %s\n", text.Pad(p.Name, 24, ' '), text.Pad(p.Email, 32, ' '), text.Pad(p.Role, 24, ' '), t.Text, p.AccountID)
			}
		}
		introduceApps(w, ready.Sites[i].Apps)
	}
	return w.String()
}
