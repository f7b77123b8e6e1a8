package app

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/web"
)

// inboxPath is where a stand-in shows the mail of a site.
const inboxPath = "/_roster/mail"

// inbox shows the mail that a site of a stand-in has written, whoever asks: the oldest first, and everything that
// was caused before the request. Other requests go on to next. roster serve does not have it.
func (a *App) inbox(sites *site.Resolver, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, inboxPath) || a.post == nil {
			next.ServeHTTP(w, r)
			return
		}
		found, err := sites.Resolve(r.Context(), r.Host, r.URL.EscapedPath())
		if err != nil || found.Path != inboxPath {
			next.ServeHTTP(w, r)
			return
		}
		request := api.Identify(w)
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "this path takes GET", http.StatusMethodNotAllowed)
			return
		}
		messages, err := a.written(r.Context(), found.ID)
		if err != nil {
			a.options.Log.ErrorContext(r.Context(), "the inbox cannot be shown", "request", request, "err", err)
			_, message := failure.Of(err)
			http.Error(w, message, http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		out := json.NewEncoder(w)
		out.SetEscapeHTML(false)
		out.Encode(struct {
			Messages []mail.Message `json:"messages"`
		}{messages})
	})
}

// emulated is what the pages show of what only a stand-in has.
func (a *App) emulated(requests *explain.Log) web.Emulated {
	e := web.Emulated{Controlled: a.controlled, Requests: requests}
	if a.post != nil {
		e.Posted = a.post.invitations.Work
	}
	return e
}

// written returns the mail that a site has written, and what was caused before.
func (a *App) written(ctx context.Context, site int64) ([]mail.Message, error) {
	if err := a.post.invitations.Work(ctx); err != nil {
		return nil, err
	}
	messages, err := a.post.outbox.Captured(ctx, site)
	if messages == nil {
		messages = []mail.Message{}
	}
	return messages, err
}
