package main

import (
	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/install"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/rosteradmin"
)

// onApp is a command on one app of a site.
func (e *env) onApp(do func(*cobra.Command, *backend, *install.Installer, site.Site, directory.Registration) error) func(*cobra.Command, []string) error {
	return e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
		installer, err := e.installer(cmd, b)
		if err != nil {
			return err
		}
		r, err := b.Directory.Registration(cmd.Context(), s.ID, args[0])
		if err != nil {
			return err
		}
		return do(cmd, b, installer, s, r)
	})
}

func newAppInstall(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "install CLIENT-ID",
		Short: "Register an OAuth or Forge app of another site on this one too, with the same ID and secret",
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			r, err := b.Directory.CopyApp(cmd.Context(), s.ID, b.By, args[0])
			if err != nil {
				return err
			}
			view, err := viewApp(cmd, b, s, r)
			if err != nil {
				return err
			}
			return e.report(cmd, view, "The app %s is registered on the site %s too, with the account %s.", r.Name, s.Name, r.AccountID)
		}),
	}
}

func newAppApprove(e *env) *cobra.Command {
	var withdraw bool
	cmd := &cobra.Command{
		Use:   "approve-email CLIENT-ID",
		Short: "Let an app read addresses by the e-mail operations",
		Args:  cobra.ExactArgs(1),
		RunE: e.onApp(func(cmd *cobra.Command, b *backend, _ *install.Installer, s site.Site, r directory.Registration) error {
			if err := approveEmail(cmd, b, s, r, !withdraw); err != nil {
				return err
			}
			view, err := viewApp(cmd, b, s, r)
			if err != nil {
				return err
			}
			if withdraw {
				return e.report(cmd, view, "The app %s may no longer read e-mail addresses.", r.Name)
			}
			return e.report(cmd, view, "The app %s may read e-mail addresses.", r.Name)
		}),
	}
	cmd.Flags().BoolVar(&withdraw, "withdraw", false, "take it back")
	return cmd
}

func approveEmail(cmd *cobra.Command, b *backend, s site.Site, r directory.Registration, approved bool) error {
	_, err := b.Directory.Change(cmd.Context(), s.ID, b.By, r.AccountID, func(a *directory.Account) error {
		a.EmailApproved = approved
		return nil
	})
	return err
}

func newAppBlock(e *env, blocked bool) *cobra.Command {
	cmd := &cobra.Command{Use: "block CLIENT-ID", Short: "Refuse every credential of an app until it is unblocked", Args: cobra.ExactArgs(1)}
	done := "blocked"
	if !blocked {
		cmd.Use, cmd.Short, done = "unblock CLIENT-ID", "Take the credentials of a blocked app again", "no longer blocked"
	}
	cmd.RunE = e.onApp(func(cmd *cobra.Command, b *backend, installer *install.Installer, s site.Site, r directory.Registration) error {
		r, untold, err := installer.Block(cmd.Context(), s, b.By, r.ClientID, blocked)
		if err != nil {
			return err
		}
		e.warnUntold(untold)
		view, err := viewApp(cmd, b, s, r)
		if err != nil {
			return err
		}
		return e.report(cmd, view, "The app %s is %s.", r.Name, done)
	})
	return cmd
}

func newAppRotate(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "rotate CLIENT-ID",
		Short: "Give an app a new secret on this site, and print it; the old one is no good any more",
		Args:  cobra.ExactArgs(1),
		RunE: e.onApp(func(cmd *cobra.Command, b *backend, installer *install.Installer, s site.Site, r directory.Registration) error {
			secrets, untold, err := installer.Rotate(cmd.Context(), s, b.By, r.ClientID)
			if err != nil {
				return err
			}
			e.warnUntold(untold)
			view, err := viewApp(cmd, b, s, r)
			if err != nil {
				return err
			}
			return e.showSecret(cmd, rosteradmin.AppWithSecret{App: view, ClientSecret: secrets.Client, SharedSecret: secrets.Shared}, "given a new secret")
		}),
	}
}

func newAppRevoke(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "revoke CLIENT-ID",
		Short: "Remove an app with all its credentials, and deactivate its account",
		Args:  cobra.ExactArgs(1),
		RunE: e.onApp(func(cmd *cobra.Command, b *backend, installer *install.Installer, s site.Site, r directory.Registration) error {
			r, untold, err := installer.Remove(cmd.Context(), s, b.By, r.ClientID)
			if err != nil {
				return err
			}
			e.warnUntold(untold)
			return e.report(cmd, map[string]string{"clientId": r.ClientID}, "The app %s is removed.", r.Name)
		}),
	}
}
