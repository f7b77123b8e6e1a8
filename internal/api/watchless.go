package api

import (
	"net/http"
	"strings"

	"github.com/rosterhq/roster/internal/failure"
)

const watchPath = "/wiki/rest/api/user/watch/"

// watchless returns the operation that a request would be for if its path named something to watch, or nil where the
// path is not of that kind. A method that no operation has stands for reading.
func (rt *router) watchless(method, escaped string) *operation {
	kind, below := strings.CutPrefix(escaped, watchPath)
	kind = strings.TrimSuffix(kind, "/")
	if !below || kind == "" || strings.Contains(kind, "/") {
		return nil
	}
	for _, m := range []string{method, http.MethodGet} {
		if op, _, _, err := rt.find(m, watchPath+kind+"/-"); err == nil {
			return op
		}
	}
	return nil
}

var errNoTarget = failure.NotFound.Errorf("The path names nothing to watch.")
