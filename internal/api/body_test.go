package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

func TestABodyInAnotherCharsetIsRefusedByEveryOperation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			for i := range operations {
				op := &operations[i]
				if op.serve.params.body == nil {
					continue
				}
				a := as(admin, op.request())
				if a.body == "" { // an optional one
					a.body = `{}`
				}
				for _, charset := range []string{"latin1", "ISO-8859-1", `"utf-16"`, "utf8", "us-ascii", `""`, "utf-8; charset=latin1", "utf-8-"} {
					a.header.Set("Content-Type", "application/json; charset="+charset)
					got := s.ask(a)
					if got.status != http.StatusUnsupportedMediaType || op.v2() != strings.HasPrefix(got.body, `{"errors":[{"status":415,`) || !strings.Contains(got.body, "request body must be") {
						t.Errorf("%s: %s with the charset %s: %d %s", f, op.id, charset, got.status, got.body)
					}
				}
			}
			for _, charset := range []string{"utf-8", "UTF-8", `"utf-8"`, `"Utf-8"`, "utf-8; profile=x"} {
				a := as(person, posts(v2BulkPath, `{"accountIds":["x"]}`))
				a.header = http.Header{"Content-Type": {"application/json;charset=" + charset}}
				if got := s.ask(a); got.status != http.StatusOK {
					t.Errorf("%s: the charset %s: %d %s", f, charset, got.status, got.body)
				}
			}
		}
	})
}
