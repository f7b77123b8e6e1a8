package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/admin"
	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/install"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/rosteradmin"
)

// appFlags are what the command line says of a new app.
type appFlags struct {
	kind, clientID, descriptor string
	redirects, scopes          []string
	public, approved           bool
}

func newAppAdd(e *env) *cobra.Command {
	var f appFlags
	cmd := &cobra.Command{
		Use:   "add [NAME]",
		Short: "Register an app and print its secret, which is never shown again",
		Long: `Register an app and print its secret, which is never shown again. An OAuth or Forge app has a NAME. A Connect app is
installed by its descriptor, which names it; one that is installed already becomes what the descriptor says now.`,
		Args: cobra.MaximumNArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			if f.kind == string(directory.ConnectApp) {
				return e.installApp(cmd, b, s, f, args)
			}
			return e.registerApp(cmd, b, s, f, args)
		}),
	}
	cmd.Flags().StringVar(&f.kind, "kind", "oauth", "oauth, connect or forge")
	cmd.Flags().StringArrayVar(&f.redirects, "redirect-uri", nil, "where an OAuth app may send people back to, exactly (may be repeated)")
	cmd.Flags().StringArrayVar(&f.scopes, "scope", nil, "what an OAuth or Forge app may ask for (may be repeated)")
	cmd.Flags().BoolVar(&f.public, "public", false, "an OAuth app that can keep no secret, such as one on a phone")
	cmd.Flags().StringVar(&f.clientID, "client-id", "", "the client ID of an OAuth or Forge app; made unless given")
	cmd.Flags().StringVar(&f.descriptor, "descriptor", "", "file or http(s) address of a Connect app's descriptor")
	cmd.Flags().BoolVar(&f.approved, "approve-email", false, "let the app read addresses by the e-mail operations")
	return cmd
}

// registerApp registers an OAuth or Forge app.
func (e *env) registerApp(cmd *cobra.Command, b *backend, s site.Site, f appFlags, args []string) error {
	switch {
	case f.kind != string(directory.OAuthApp) && f.kind != string(directory.ForgeApp):
		return misuse("--kind is oauth, connect or forge, not %q", f.kind)
	case len(args) == 0:
		return misuse("an app of the kind %s needs a NAME", f.kind)
	case f.descriptor != "":
		return misuse("--descriptor is for a Connect app: say --kind connect")
	}
	for _, scope := range f.scopes {
		if !slices.Contains(app.AppScopes(), scope) {
			return misuse("no operation asks for the scope %q; there is %s", scope, strings.Join(app.AppScopes(), ", "))
		}
	}
	r, secrets, err := b.Directory.AddApp(cmd.Context(), s.ID, s.CloudID, b.By, directory.Registration{
		ClientID: f.clientID, Kind: directory.AppKind(f.kind), Name: args[0], Public: f.public, RedirectURIs: f.redirects, Scopes: f.scopes,
	}, directory.AppSecrets{}, f.approved)
	if err != nil {
		return err
	}
	return e.showSecret(cmd, rosteradmin.AppWithSecret{App: admin.App(r, f.approved), ClientSecret: secrets.Client}, "registered")
}

// installApp installs a Connect app by its descriptor.
func (e *env) installApp(cmd *cobra.Command, b *backend, s site.Site, f appFlags, args []string) error {
	if len(args) > 0 || len(f.scopes)+len(f.redirects) > 0 || f.public || f.clientID != "" {
		return misuse("a Connect app takes --descriptor only, which tells its name and scopes")
	}
	if f.descriptor == "" {
		return misuse("a Connect app needs --descriptor, the file or address of its descriptor")
	}
	installer, err := e.installer(cmd, b)
	if err != nil {
		return err
	}
	got, err := installDescriptor(cmd, installer, s, b, f.descriptor)
	if err != nil {
		return err
	}
	if f.approved {
		if err := approveEmail(cmd, b, s, got.Registration, true); err != nil {
			return err
		}
	}
	view, err := viewApp(cmd, b, s, got.Registration)
	if err != nil {
		return err
	}
	e.warnUntold(got.Untold)
	return e.showSecret(cmd, rosteradmin.AppWithSecret{App: view, SharedSecret: got.Shared}, "installed")
}

func installDescriptor(cmd *cobra.Command, installer *install.Installer, s site.Site, b *backend, from string) (install.Installation, error) {
	if strings.HasPrefix(from, "https://") || strings.HasPrefix(from, "http://") {
		return installer.InstallConnectFrom(cmd.Context(), s, b.By, from)
	}
	raw, err := os.ReadFile(from)
	if err != nil {
		return install.Installation{}, fmt.Errorf("read the descriptor: %w", err)
	}
	return installer.InstallConnect(cmd.Context(), s, b.By, raw)
}

// showSecret prints what an app proves itself with. It stands alone on standard output, so that a script can take it
// from there; what a person should know besides is on standard error.
func (e *env) showSecret(cmd *cobra.Command, a rosteradmin.AppWithSecret, done string) error {
	if asJSON(cmd) {
		return writeJSON(e.Stdout, a)
	}
	secret := a.ClientSecret + a.SharedSecret
	if secret == "" {
		_, err := fmt.Fprintf(e.Stdout, "The app %s is %s with the client ID %s and the account %s.\n", a.Name, done, a.ClientID, a.AccountID)
		return err
	}
	names := "client ID " + a.ClientID
	if a.Key != "" {
		names += ", key " + a.Key + ", client key " + a.ClientKey
	}
	fmt.Fprintf(e.Stderr, "The app %s is %s: %s, account %s. This is the only time its secret is shown:\n", a.Name, done, names, a.AccountID)
	_, err := fmt.Fprintln(e.Stdout, secret)
	return err
}

// warnUntold says that a Connect app does not know what was just done.
func (e *env) warnUntold(untold error) {
	if untold != nil {
		fmt.Fprintln(e.Stderr, "The app could not be told: "+sentence(untold))
	}
}
