package app

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/emulate"
)

// ownHost keeps what a stand-in lets anybody do from the pages of others: such a page can have its own host name lead
// to this machine, and a browser then takes the stand-in for the page's own server. Whatever needs no credential is
// answered only under an address, or a name that is the stand-in's.
func (a *App) ownHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !needsNothing(r.URL.Path) || r.Header.Get("Authorization") != "" || a.isOwn(r.Context(), r.Host) {
			next.ServeHTTP(w, r)
			return
		}
		api.Identify(w)
		http.Error(w, "the stand-in does this under its own names only, such as 127.0.0.1, localhost and those of its sites", http.StatusForbidden)
	})
}

// needsNothing reports whether a stand-in does what a path stands for without asking who calls. Stylesheets tell
// nothing, and an invitation has its own secret.
func needsNothing(path string) bool {
	_, rest, own := strings.Cut(path, "/_roster/")
	return own && !strings.HasPrefix(rest, "assets/") && !strings.HasPrefix(rest, "invitations/") || strings.HasSuffix(path, "/login/as")
}

// isOwn reports whether a host is no name that a stranger could have pointed here.
func (a *App) isOwn(ctx context.Context, host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if net.ParseIP(host) != nil || !strings.Contains(host, ".") || strings.HasSuffix(host, ".localhost") {
		return true
	}
	if _, answered := (emulate.Names{As: a.standsAs}).Answer(host); answered {
		return true
	}
	if u, err := url.Parse(a.options.PublicURL); err == nil && strings.EqualFold(u.Hostname(), host) {
		return true
	}
	own, err := a.Sites.HasHost(ctx, host)
	return err == nil && own
}
