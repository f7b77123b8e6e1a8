package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

// settingView is a row of what roster settings prints.
type settingView struct {
	Command string `json:"command"`
	Name    string `json:"setting"`
	Env     string `json:"environmentVariable,omitempty"`
	Value   string `json:"value"`
	From    string `json:"from"`
	Default string `json:"default"`
	Help    string `json:"help"`
}

func newSettingsCommand(e *env) *cobra.Command {
	return withJSON(&cobra.Command{
		Use:   "settings",
		Short: "Print every setting, its value and where that comes from",
		Long: "Print every setting of this program, its value and where that comes from, and those of the site.\n" +
			"A database that does not exist is not made; then the site's settings are those of a new site.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := config.CheckEnvironment(e.Environ()); err != nil {
				return err
			}
			rows, missing := e.siteSettings(cmd)
			out := newListing(e, cmd, func(s settingView) []string {
				return []string{s.Command, s.Name, s.Env, s.Value, s.From, s.Default, s.Help}
			}, "command", "setting", "environment variable", "value", "from", "default", "help")
			if err := out.all(append(e.ownSettings(cmd), rows...)); err != nil {
				return err
			}
			return missing
		},
	})
}

// ownSettings are the rows of the program itself.
func (e *env) ownSettings(cmd *cobra.Command) []settingView {
	var rows []settingView
	for _, part := range config.Table() {
		var flags config.Flags
		if part.Command == config.Managing {
			flags = cmd.Flags()
		}
		for _, s := range part.Settings {
			value, from := config.Value(flags, e.Environ(), s)
			rows = append(rows, settingView{part.Command, "--" + s.Name, s.Env, value, string(from), s.Default, s.Help})
		}
	}
	return rows
}

// siteSettings are the rows of the site that --site names in the database that --db names; without a
// database or a site in it, those of a new site.
func (e *env) siteSettings(cmd *cobra.Command) ([]settingView, error) {
	c, err := e.manage(cmd)
	if err != nil {
		return nil, err
	}
	s, found, err := e.existing(cmd.Context(), c)
	if err != nil {
		return nil, err
	}
	var rows []settingView
	for _, row := range site.SettingsTable {
		value, from := row.Get(&s.Settings), "default"
		if found && value != row.Default {
			from = "site " + s.Name
		}
		rows = append(rows, settingView{"site set", row.Name, "", value, from, row.Default, row.Help + " (" + row.Values + ")"})
	}
	return rows, nil
}

// existing returns the site of c, or a new one where there is no database and where it has no site.
func (e *env) existing(ctx context.Context, c config.Manage) (s site.Site, found bool, err error) {
	s.Settings = site.DefaultSettings()
	if !exists(ctx, c.DB) {
		if c.Site != "" {
			err = fmt.Errorf("there is no site %q, as there is no database yet", c.Site)
		}
		return s, false, err
	}
	b, err := e.connect(ctx, c)
	if err != nil {
		return s, false, err
	}
	defer b.closing(&err)
	named, err := b.site(ctx)
	if kind, _ := failure.Of(err); kind == failure.NotFound && c.Site == "" {
		return s, false, nil
	}
	return named, err == nil, err
}
