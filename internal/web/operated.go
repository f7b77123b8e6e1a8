package web

import (
	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/audit"
	"github.com/rosterhq/roster/internal/install"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/webhook"
)

// Operated is what administrators run a server by, besides its directory.
type Operated struct {
	Outbox    *mail.Outbox       // [New] makes one where it is nil
	Installer *install.Installer // tells Connect apps what happens to them; as Outbox
	Webhooks  *webhook.Store     // as Outbox
	Traffic   *Traffic           // nil shows none
	Meter     *api.Meter         // counts the pages; nil counts none
	Storage   StorageFunc        // nil tells nothing
}

// filled is o with what a server can make itself.
func (o Operated) filled(s *Server) Operated {
	if o.Outbox == nil {
		o.Outbox = mail.NewOutbox(s.Directory.Changes)
	}
	if o.Webhooks == nil {
		o.Webhooks = webhook.NewStore(s.Directory.Changes, nil)
	}
	if o.Installer == nil {
		o.Installer = &install.Installer{
			Directory: s.Directory, Sites: s.Sites.Sites, Client: install.Client(nil), ServerURL: s.PublicURL, StandIn: s.StandIn, Log: s.Log,
		}
	}
	return o
}

func (v *visit) trail() *audit.Trail { return &audit.Trail{Changes: v.Directory.Changes} }
