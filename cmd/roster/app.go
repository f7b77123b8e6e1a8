package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/admin"
	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/install"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/rosteradmin"
)

func newAppCommand(e *env) *cobra.Command {
	f := family("app", "Register apps, and decide what they may do",
		newAppAdd(e), newAppInstall(e), newAppList(e), newAppShow(e), newAppApprove(e), newAppBlock(e, true), newAppBlock(e, false),
		newAppRotate(e), newAppRevoke(e), newAppToken(e))
	config.Bind(f.PersistentFlags(), new(config.Outgoing).Settings())
	return withJSON(f)
}

// installer tells Connect apps what happens to them.
func (e *env) installer(cmd *cobra.Command, b *backend) (*install.Installer, error) {
	var c config.Outgoing
	if err := config.Load(cmd.Flags(), e.Environ(), c.Settings()); err != nil {
		return nil, err
	}
	return &install.Installer{Directory: b.Directory, Sites: b.Sites, Client: install.Client(c.Allow)}, nil
}

// viewApp is an app as it is printed.
func viewApp(cmd *cobra.Command, b *backend, s site.Site, r directory.Registration) (rosteradmin.App, error) {
	a, err := b.Directory.Account(cmd.Context(), s.ID, r.AccountID)
	return admin.App(r, a.EmailApproved), err
}

func newAppList(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the apps of the site",
		RunE: e.onSite(func(cmd *cobra.Command, _ []string, b *backend, s site.Site) error {
			all, err := b.Directory.Registrations(cmd.Context(), s.ID)
			if err != nil {
				return err
			}
			out := newListing(e, cmd, func(a rosteradmin.App) []string {
				return []string{a.ClientID, string(a.Kind), a.Name, a.AccountID, strings.Join(a.Scopes, " "), yes(a.EmailApproved), yes(a.Blocked)}
			}, "client ID", "kind", "name", "account ID", "scopes", "e-mail", "blocked")
			for _, r := range all {
				view, err := viewApp(cmd, b, s, r)
				if err == nil {
					err = out.add(view)
				}
				if err != nil {
					return err
				}
			}
			return out.flush()
		}),
	}
}

func newAppShow(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "show CLIENT-ID",
		Short: "Show an app, by its client ID or a Connect app's key",
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			r, err := b.Directory.Registration(cmd.Context(), s.ID, args[0])
			if err != nil {
				return err
			}
			a, err := viewApp(cmd, b, s, r)
			if err != nil {
				return err
			}
			return e.describe(cmd, a, []fact{
				{"client ID", a.ClientID},
				{"kind", string(a.Kind)},
				{"name", a.Name},
				{"account ID", a.AccountID},
				{"public", yes(a.Public)},
				{"redirect URIs", strings.Join(a.RedirectURIs, " ")},
				{"scopes", strings.Join(a.Scopes, " ")},
				{"key", a.Key},
				{"client key", a.ClientKey},
				{"approved for e-mail", yes(a.EmailApproved)},
				{"blocked", yes(a.Blocked)},
				{"created", moment(a.CreatedAt)},
			})
		}),
	}
}
