package app

import (
	"net/http"

	"github.com/rosterhq/roster/internal/admin"
	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/install"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/oauth"
	"github.com/rosterhq/roster/internal/site"
)

// AppScopes returns every scope that an OAuth or Forge app may ask for.
func AppScopes() []string { return append(api.Scopes(), consented()...) }

// consented are the scopes that no operation asks for.
func consented() []string { return []string{oauth.OfflineAccess, oauth.ReadMe} }

// administration serves what administrators ask of Roster itself, and hands other requests on to next.
func (a *App) administration(sites *site.Resolver, next *api.Server, installer *install.Installer) http.Handler {
	s := &admin.Server{
		Sites: sites, Directory: a.Directory, Auth: next.Auth, Scopes: api.Scopes(), AppScopes: consented(), Installer: installer,
		StandIn: a.options.StandIn, Log: a.options.Log, Refusals: next.Refusals, Workflows: a.Workflows, Webhooks: a.Webhooks, Outbox: mail.NewOutbox(a.Changes),
	}
	return s.Handler(api.Identify, next.Handler())
}
