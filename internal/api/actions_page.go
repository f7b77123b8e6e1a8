package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/rosterhq/roster/internal/action"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

// actionsPath is where everybody may read what there is to automate: all of it without the example outputs, or below the
// path one action by its name.
const actionsPath = "/actions"

// everyAction is the whole catalogue.
var everyAction = sync.OnceValue(func() action.Catalogue { return action.All(operationActions()) })

// listedAction is an action in the list: without what makes it long.
type listedAction struct {
	action.Action
	Example any `json:"exampleOutput,omitempty"`
}

// actionList is the list as it is answered.
var actionList = sync.OnceValue(func() []byte {
	all := everyAction()
	list := make([]listedAction, len(all))
	for i, a := range all {
		list[i].Action = a
	}
	return encode(struct {
		Results []listedAction `json:"results"`
	}{list})
})

// actionsOf returns what serves a path of the catalogue, or nil where it is none. People whose browser asks for a page are
// served by whoever shows it, before the request comes here: this answers in JSON.
func actionsOf(path string) page {
	if path == actionsPath {
		return func(_ *Server, w http.ResponseWriter, r *http.Request, _ *call) error {
			return writeActions(w, r, actionList())
		}
	}
	escaped, below := strings.CutPrefix(path, actionsPath+"/")
	if !below {
		return nil
	}
	return func(_ *Server, w http.ResponseWriter, r *http.Request, c *call) error {
		name, err := url.PathUnescape(escaped)
		if a, found := everyAction().Named(name); err == nil && found {
			return writeActions(w, r, encode(a))
		}
		c.site.Settings.Fidelity = site.Documented // real sites have no such page to answer like
		return failure.NotFound.Errorf("There is no action %.100q.", name)
	}
}

// writeActions answers with JSON that is the same for everybody until the program changes.
func writeActions(w http.ResponseWriter, r *http.Request, text []byte) error {
	sum := sha256.Sum256(text)
	h := w.Header()
	h.Set("Content-Type", jsonType)
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
	h.Set("Vary", "Accept")
	h.Set("X-Content-Type-Options", "nosniff")
	if r.Header.Get("If-None-Match") == h.Get("ETag") {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	w.Write(text)
	return nil
}
