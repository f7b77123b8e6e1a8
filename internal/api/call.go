package api

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// call is one request, as far as an operation sees it.
type call struct {
	op     *operation
	site   site.Site
	way    site.Way
	base   string // the site's public URL, without /wiki
	caller auth.Caller
	viewer directory.Viewer
	actor  change.Actor
	path   []string    // values of the path's parameters, in their order
	place  string      // the request's path on the site, escaped
	self   string      // the same below /wiki
	query  url.Values  // decoded
	header http.Header // of the answer

	withAdminKey bool  // the caller asks to read what is hidden
	nobody       error // why nobody calls, though a credential was shown
}

func (c *call) observed() bool { return c.site.Settings.Fidelity == site.Observed }

// allow says which methods a path takes, where it takes any.
func (c *call) allow(methods []string) {
	if len(methods) > 0 {
		c.header.Set("Allow", strings.Join(methods, ", "))
	}
}

// operation names what was called, for the log; empty where nothing was found at the path.
func (c *call) operation() string {
	if c.op == nil {
		return ""
	}
	return c.op.id
}
