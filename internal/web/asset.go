package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"
	"time"
)

//go:embed assets/style.css
var style []byte

// assetsPath is below what files of the pages are served, for the whole server and below each site.
const assetsPath = "/_roster/assets/"

// styleName changes with the stylesheet, so that browsers may keep it for good.
var styleName = named("style", ".css", style)

func named(name, suffix string, content []byte) string {
	sum := sha256.Sum256(content)
	return name + "." + hex.EncodeToString(sum[:8]) + suffix
}

// serveAsset answers a request for a file of the pages, and reports whether there is one of this name.
func serveAsset(w http.ResponseWriter, r *http.Request, name string) bool {
	if name != styleName {
		return false
	}
	h := w.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(style))
	return true
}
