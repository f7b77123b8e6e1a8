// Package oauth is the authorization server: it lets apps in, for people who allow it and as themselves
// (RFC 6749 with the codes of RFC 7636, RFC 7009, RFC 8414 and RFC 9207).
package oauth

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

const (
	accessLife    = time.Hour
	codeLife      = 5 * time.Minute
	refreshLife   = 90 * 24 * time.Hour
	refreshLeeway = 10 * time.Minute // in which a rotated refresh token still tells its successor
)

// OfflineAccess is the scope that gives an app a refresh token.
const OfflineAccess = "offline_access"

// ReadMe is the scope that lets an app ask who allowed it.
const ReadMe = "read:me"

// Server is the authorization server of every site in a database.
type Server struct {
	Changes   *change.Log
	Directory *directory.Directory
	Sites     *site.Store
	Scopes    map[string]string // what each scope lets an app do, in one sentence
	PublicURL string            // where the server itself is reached
	StandIn   bool              // sites are also reached below /_site/
	Log       *slog.Logger

	Refusals *explain.Store // why requests were refused; nil keeps nothing
}

func (s *Server) now() time.Time { return s.Changes.Now() }

// Meaning returns the sentence that people consent to for a scope, or false for a scope that there is not.
func (s *Server) Meaning(scope string) (string, bool) {
	switch scope {
	case OfflineAccess:
		return "Act for you while you are away, until you take this back.", true
	case ReadMe:
		return "See who you are: your name, picture and e-mail address.", true
	}
	text, known := s.Scopes[scope]
	return text, known
}

// app returns a registered app that may be used.
func (s *Server) app(ctx context.Context, siteID int64, clientID string) (directory.Registration, error) {
	r, err := s.Directory.Registration(ctx, siteID, clientID)
	if kind, _ := failure.Of(err); err != nil && kind == failure.NotFound || err == nil && r.ClientID != clientID {
		return r, failure.Because(errClient, "No app of this site has this client ID.")
	}
	if err == nil && r.Blocked {
		err = failure.Because(errClient, "The app %s is blocked on this site.", r.ClientID)
	}
	return r, err
}

// siteOf returns the site that a secret names.
func (s *Server) siteOf(ctx context.Context, secret string) (site.Site, bool, error) {
	cloudID := directory.CloudIDOf(secret)
	if cloudID == "" {
		return site.Site{}, false, nil
	}
	found, err := s.Sites.Named(ctx, cloudID)
	if kind, _ := failure.Of(err); err != nil && kind == failure.NotFound {
		return found, false, nil
	}
	return found, err == nil, err
}

// within returns the scopes that are asked for, or false where one is not among those that may be had. Asking for
// none asks for all but offline access.
func within(asked string, may []string) ([]string, bool) {
	scopes := strings.Fields(asked)
	if len(scopes) == 0 {
		scopes = slices.DeleteFunc(slices.Clone(may), func(s string) bool { return s == OfflineAccess })
	}
	if !isWithin(scopes, may) {
		return nil, false
	}
	slices.Sort(scopes)
	return slices.Compact(scopes), true
}

// isWithin reports whether all scopes are among those that may be had.
func isWithin(scopes, may []string) bool {
	return !slices.ContainsFunc(scopes, func(scope string) bool { return !slices.Contains(may, scope) })
}

// both returns the scopes that are in a and in b, in a's order.
func both(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(scope string) bool { return !slices.Contains(b, scope) })
}
