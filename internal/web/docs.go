package web

import (
	"net/http"
	"strings"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/gzipped"
	"github.com/rosterhq/roster/internal/site"
)

const docsPath = "/docs"

// docsPolicy is the policy of the page that Scalar is on. It writes styles of its own, but no script that is not a file
// of ours, and it asks nobody but this server.
var docsPolicy = strings.NewReplacer(
	"style-src 'self'", "script-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:",
	"img-src 'self'", "img-src 'self' data: blob:",
).Replace(policy)

// docsPage lists all operations.
type docsPage struct {
	Frame
	*reference
	Account string // ID of who is signed in; empty for nobody
}

// docs is the reference of the API, in which one can try it. Without a script it is a list.
func (v *visit) docs() error {
	if err := v.know(); err != nil {
		return err
	}
	ref, err := v.reference()
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Security-Policy", docsPolicy)
	return v.show(http.StatusOK, "docs", docsPage{v.frame(), ref, v.who.account.ID})
}

// docsOperationPage is all about one operation.
type docsOperationPage struct {
	Frame
	*refOperation
	Shown  refSample // the sample that is looked at
	Source string    // its text, with this site's address
}

// docsOperation shows one operation, or one of its samples as plain text.
func (v *visit) docsOperation() error {
	if err := v.know(); err != nil {
		return err
	}
	ref, err := v.reference()
	if err != nil {
		return err
	}
	op := ref.find(v.r.PathValue("operation"))
	if op == nil {
		return v.problem(http.StatusNotFound, "operation", v.r.PathValue("operation"))
	}
	q := v.r.URL.Query()
	address := v.site.URL(v.PublicURL, v.Sites.Named)
	shown := op.sample(q.Get("code"))
	source := strings.ReplaceAll(shown.Source, anySite, address)
	if q.Get("as") == "text" {
		v.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		gzipped.Write(v.w, v.r, http.StatusOK, []byte(source))
		return nil
	}
	return v.show(http.StatusOK, "docs_operation", docsOperationPage{v.frame(), op.at(address), shown, source})
}

// know finds out who is signed in on a page that is for anyone, so that it has their navigation.
func (v *visit) know() error {
	who, in, err := v.signedIn()
	if err != nil || !in || who.site.ID != v.site.ID {
		return err
	}
	v.who = who
	return nil
}

// reference is what is known of this site's API.
func (v *visit) reference() (*reference, error) {
	if v.Describe == nil {
		return nil, failure.Unavailable.Errorf("This server does not describe its API.")
	}
	return v.described(v.site.Settings.Fidelity == site.Observed)
}
