package app

import (
	"net/http"

	"github.com/rosterhq/roster/internal/event"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/workflow"
)

// ownRuns has requests of a site's own runs that come through the network be known as their doing, as those within the
// server are: so that what a run changes starts nothing that led to it.
func (a *App) ownRuns(sites *site.Resolver, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if run := a.marked(sites, r); run != "" {
			r = r.WithContext(event.ByRun(r.Context(), run))
		}
		next.ServeHTTP(w, r)
	})
}

// marked returns the run of a site that has marked a request; empty where none has.
func (a *App) marked(sites *site.Resolver, r *http.Request) string {
	mark := r.Header.Get(workflow.MarkHeader)
	if mark == "" {
		return ""
	}
	found, err := sites.Resolve(r.Context(), r.Host, r.URL.EscapedPath())
	if err != nil {
		return "" // whoever answers says so
	}
	run, err := a.Workflows.Marked(r.Context(), found.ID, mark)
	if err != nil && r.Context().Err() == nil {
		a.options.Log.WarnContext(r.Context(), "whether a request is a run's is not known", "error", err)
	}
	return run
}
