//go:build !prometheus

package app

import "net/http"

// metrics says that this build has none.
func (a *App) metrics() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "this build has no metrics", http.StatusNotImplemented)
	})
}
