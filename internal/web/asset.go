package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/rosterhq/roster/internal/gzipped"
)

// All files in css are one stylesheet, in the order of their names. The others stand for themselves.
//
//go:embed assets/css/*.css assets/js/*.js assets/picture/*.svg assets/library/*.js assets/library/*.css
//go:embed assets/docs/*.css assets/docs/*.js assets/docs/*.gz
var files embed.FS

// assetsPath is below what files of the pages are served, for the whole server and below each site.
const assetsPath = "/_roster/assets/"

// asset is a file of the pages.
type asset struct {
	kind   string        // as a media type
	plain  []byte        // nil where it stands packed here
	packed func() []byte // by gzip
}

// assetSet is the files by the names under which they are served. A name changes with its file, so that browsers may keep
// that for good. names are these names by the files' own.
type assetSet struct {
	files map[string]asset
	names map[string]string
}

// assets are read when the first page is asked for: most commands of the program show none.
var assets = sync.OnceValue(func() assetSet { return readAssets(files) })

func readAssets(from fs.FS) assetSet {
	all := assetSet{map[string]asset{}, map[string]string{}}
	add := func(name string, content []byte) {
		sum := sha256.Sum256(content)
		name, isPacked := strings.CutSuffix(name, ".gz")
		suffix := path.Ext(name)
		all.names[name] = strings.TrimSuffix(name, suffix) + "." + hex.EncodeToString(sum[:8]) + suffix
		a := asset{kind: mime.TypeByExtension(suffix), packed: func() []byte { return content }}
		if !isPacked {
			a.plain, a.packed = content, sync.OnceValue(func() []byte { return gzipped.Pack(content) })
		}
		all.files[all.names[name]] = a
	}
	var style []byte
	for _, pattern := range []string{"assets/css/*", "assets/js/*", "assets/picture/*", "assets/library/*", "assets/docs/*"} {
		found, err := fs.Glob(from, pattern)
		if err != nil {
			panic(err)
		}
		for _, file := range found {
			content, err := fs.ReadFile(from, file)
			if err != nil {
				panic(err)
			}
			if path.Dir(file) == "assets/css" {
				style = append(style, content...)
			} else {
				add(path.Base(file), content)
			}
		}
	}
	add("style.css", style)
	return all
}

func unpacked(content []byte) []byte {
	r, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		panic(err) // it is a file of ours
	}
	defer r.Close()
	plain, err := io.ReadAll(r)
	if err != nil {
		panic(err)
	}
	return plain
}

// serveAsset answers a request for a file of the pages, and reports whether there is one of this name.
func serveAsset(w http.ResponseWriter, r *http.Request, name string) bool {
	a, found := assets().files[name]
	if !found {
		return false
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding")
	content := a.plain
	switch {
	case gzipped.Accepted(r):
		h.Set("Content-Encoding", "gzip")
		content = a.packed()
	case content == nil:
		content = unpacked(a.packed())
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
	return true
}
