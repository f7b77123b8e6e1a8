package app

import (
	"net/netip"

	"github.com/rosterhq/roster/internal/install"
)

// Installer installs Connect apps and tells them what happens to them. serverURL is where the server itself is
// reached, "" where nobody knows.
func (a *App) Installer(serverURL string) *install.Installer {
	return &install.Installer{
		Directory: a.Directory, Sites: a.Sites, Client: install.Client(a.options.networks()), ServerURL: serverURL, StandIn: a.options.StandIn, Log: a.options.Log,
	}
}

// networks are those that are not public, and where apps, webhooks and what workflows call may be all the same.
func (o Options) networks() []netip.Prefix {
	if o.StandIn {
		return append(install.Near(), o.Allow...)
	}
	return o.Allow
}
