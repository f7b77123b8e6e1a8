package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// PostgreSQL refuses text with a NUL, so one that comes through is a 500 there and nowhere else.
func TestANulInAParameterIsNeverAnErrorOfTheServer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		for i := range operations {
			op := &operations[i]
			if op.method() != http.MethodGet {
				continue
			}
			for _, q := range op.serve.params.list {
				path := op.path()
				for _, other := range op.serve.params.list {
					path = strings.ReplaceAll(path, "{"+other.name+"}", map[bool]string{true: "%00", false: "x"}[other.name == q.name])
				}
				if q.in == "query" {
					path += "?" + q.name + "=a%00b"
				}
				if got := s.ask(ask{role: admin, path: path}); got.status >= 500 {
					t.Errorf("%s answered %d %s", path, got.status, got.body)
				}
			}
		}
	})
}
