package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"

	"github.com/rosterhq/roster/internal/avatar"
	"github.com/rosterhq/roster/internal/failure"
)

// page is what stands beside the operations: it writes its answer itself.
type page func(*Server, http.ResponseWriter, *http.Request, *call) error

// pageOf returns what a method finds at a path beside the operations, or nil where that is nothing.
func pageOf(method, path string) page {
	if method != http.MethodGet && method != http.MethodHead {
		return nil
	}
	if id, ok := strings.CutPrefix(path, avatarPath); ok {
		return func(s *Server, w http.ResponseWriter, r *http.Request, c *call) error { return s.avatar(w, r, c, id) }
	}
	if show := explanationOf(path); show != nil {
		return show
	}
	if show := actionsOf(path); show != nil {
		return show
	}
	return pages[path]
}

// pages are the same on every site.
var pages = map[string]page{
	"/_edge/tenant_info": func(_ *Server, w http.ResponseWriter, _ *http.Request, c *call) error {
		writeJSON(w, http.StatusOK, struct {
			CloudID string `json:"cloudId"`
		}{c.site.CloudID})
		return nil
	},
	operationsPath:               (*Server).showOperations,
	wikiContext + operationsPath: (*Server).showOperations, // as the gateway says it

	"/openapi.json":     documentPage(true, false),
	"/openapi.yaml":     documentPage(true, true),
	"/openapi-3.0.json": documentPage(false, false),
	"/openapi-3.0.yaml": documentPage(false, true),
	"/postman.json":     (*Server).showPostman,
}

const (
	avatarPath      = "/wiki/aa-avatar/"
	anonymousAvatar = "anonymous"
	avatarSize      = 96 // twice the 48 at which it is shown
)

// avatarOf is where an account's picture stands, relative to the site.
func avatarOf(accountID string) string { return avatarPath + accountID }

// avatar serves the picture that the caller may see, or drawn initials of the name that they may see. Who may see
// nobody gets one picture for all, so that it does not tell who there is.
func (s *Server) avatar(w http.ResponseWriter, r *http.Request, c *call, escaped string) error {
	id, err := url.PathUnescape(escaped)
	if err != nil {
		return failure.NoRoute.Errorf("There is nothing at this path.")
	}
	png, err := s.picture(r, c, id)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(png)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	// What is seen depends on who looks, so only the caller's own cache may keep it.
	h := w.Header()
	h.Set("Cache-Control", "private, max-age=300")
	h.Set("Vary", "Authorization")
	h.Set("ETag", tag)
	h.Set("Content-Type", "image/png")
	h.Set("X-Content-Type-Options", "nosniff")
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	w.Write(png)
	return nil
}

// mayPicture reports whether the caller may know that there is such an account, which everybody knows of their own.
func (c *call) mayPicture(id string) bool {
	own := c.viewer.AccountID != "" && id == c.viewer.AccountID
	return own || c.caller.CanUse(c.site.Settings) && c.caller.CanViewProfiles(c.site.Settings)
}

func (s *Server) picture(r *http.Request, c *call, id string) ([]byte, error) {
	if id == anonymousAvatar || !c.mayPicture(id) {
		return avatar.Anonymous(avatarSize)
	}
	profiles, err := s.Directory.Profiles(r.Context(), c.site.ID, c.viewer, id)
	if err != nil {
		return nil, err
	}
	if len(profiles) == 0 {
		return nil, errNoUser
	}
	png, err := s.Directory.PicturePNG(r.Context(), c.site.ID, profiles[0])
	if png == nil && err == nil {
		return avatar.Initials(profiles[0].DisplayName, id, avatarSize)
	}
	return png, err
}
