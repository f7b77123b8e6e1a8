package install

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

const (
	// KeysPath is below which apps find the public half of a signing key by its ID.
	KeysPath = "/install-keys/"
	// KeysHost is where the apps of real sites look for it, right below the root.
	KeysHost = "connect-install-keys.atlassian.com"
)

// Handle answers a request for the public half of a signing key, and reports whether it was for one. identify gives the
// answer the ID of its request. A stand-in answers for Atlassian's host name too.
func (i *Installer) Handle(w http.ResponseWriter, r *http.Request, identify func(http.ResponseWriter) string) bool {
	id, ours := strings.CutPrefix(r.URL.Path, KeysPath)
	if !ours && i.StandIn && isKeysHost(r.Host) {
		id, ours = strings.CutPrefix(r.URL.Path, "/")
	}
	if !ours {
		return false
	}
	request := identify(w)
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "This path takes GET.", http.StatusMethodNotAllowed)
		return true
	}
	public, err := i.publicKey(r.Context(), id)
	switch kind, _ := failure.Of(err); {
	case err == nil:
		h := w.Header()
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "public, max-age=3600") // a key never changes under its ID
		_, _ = io.WriteString(w, public)
	case kind == failure.NotFound:
		http.Error(w, "There is no such key.", http.StatusNotFound)
	default:
		i.Log.ErrorContext(r.Context(), "request failed", "request", request, "path", r.URL.Path, "err", err)
		http.Error(w, "The key cannot be read now; try again.", http.StatusServiceUnavailable)
	}
	return true
}

func isKeysHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.EqualFold(host, KeysHost)
}

var errNoKey = failure.NotFound.Errorf("There is no such key.")

// publicKey returns the public half of a key in PEM, or NotFound.
func (i *Installer) publicKey(ctx context.Context, id string) (string, error) {
	cloudID := directory.CloudIDOf(id)
	if cloudID == "" || len(id) > 100 || strings.ContainsRune(id, 0) {
		return "", errNoKey
	}
	st, err := i.Sites.Named(ctx, cloudID)
	if err != nil {
		return "", err
	}
	k, found, err := i.Directory.SigningKeyByID(ctx, st.ID, id)
	if err != nil {
		return "", err
	}
	if !found {
		return "", errNoKey
	}
	key, err := connect.ParseKey(k.Private)
	if err != nil {
		return "", errors.Join(errors.New("read the signing key "+id), err)
	}
	return connect.PublicPEM(key)
}
