package app

import (
	"net/http"

	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/metrics"
)

// metrics serves what the server counts.
func (a *App) metrics() http.Handler {
	return (&metrics.Source{
		Meter: a.meter, DB: a.DB, Sites: a.Sites, Directory: a.Directory, Outbox: mail.NewOutbox(a.Changes), Log: a.options.Log,
	}).Handler()
}
