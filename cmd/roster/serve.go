package main

import (
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/config"
)

func newServeCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve a directory",
		Long: `Serve the sites of a database until the process is told to stop (SIGTERM or SIGINT); then requests that are
under way are answered first. On an empty database it makes the first site and prints, once, a token for its first
administrator. /healthz answers while the process lives, /readyz while the database can be reached.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			var c config.Serve
			if err := config.Load(cmd.Flags(), e.Environ(), c.Settings()); err != nil {
				return err
			}
			a, err := app.New(cmd.Context(), app.Options{
				DB: c.DB, Version: version, PublicURL: c.PublicURL, Now: e.Now, SMTP: c.SMTP, MailFrom: c.MailFrom, MailLog: e.Stderr, Cache: c.Cache, Allow: c.Allow, HTTPHosts: c.Hosts,
				Log: slog.New(slog.NewJSONHandler(e.Stderr, &slog.HandlerOptions{Level: c.LogLevel})),
			})
			if err != nil {
				return err
			}
			defer func() {
				if closed := a.Close(); err == nil {
					err = closed
				}
			}()
			// The address is taken before anything is made, so that a taken port leaves no half-begun site.
			l, err := app.Listen(cmd.Context(), c.Listen)
			if err != nil {
				return err
			}
			defer l.Close()
			if err := a.ListenForMetrics(cmd.Context(), c.MetricsListen); err != nil {
				return err
			}
			token, err := a.Bootstrap(cmd.Context())
			if err != nil {
				return err
			}
			if token != "" {
				fmt.Fprintf(e.Stdout, `This database was empty. Its first site is "main"; here is a token of its first administrator, good for a day.
It is shown only now: use it to make a lasting one, or roster token add.

  %s

  curl -H 'Authorization: Bearer %[1]s' %s/wiki/rest/api/user/current

`, token, app.URL(l))
			}
			fmt.Fprintf(e.Stdout, "Roster serves %s on %s\n", a.DB.Name, app.URL(l))
			if a.MetricsListener != nil {
				fmt.Fprintf(e.Stdout, "Metrics are at %s/metrics\n", app.URL(a.MetricsListener))
			}
			return a.Serve(cmd.Context(), l)
		},
	}
	config.Bind(cmd.Flags(), new(config.Serve).Settings())
	return cmd
}
