package app

import "github.com/rosterhq/roster/internal/install"

// Installer installs Connect apps and tells them what happens to them. serverURL is where the server itself is
// reached, "" where nobody knows.
func (a *App) Installer(serverURL string) *install.Installer {
	networks := a.options.Allow
	if a.options.StandIn {
		networks = append(install.Near(), networks...)
	}
	return &install.Installer{
		Directory: a.Directory, Sites: a.Sites, Client: install.Client(networks), ServerURL: serverURL, StandIn: a.options.StandIn, Log: a.options.Log,
	}
}
