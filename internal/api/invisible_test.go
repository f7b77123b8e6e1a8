package api

import (
	"strconv"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

func TestANameWithACharacterThatCannotBeSeenIsRefusedByItsCode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			for _, code := range []string{"061C", "200B", "200D", "200E", "200F", "202A", "202E", "2066", "2069", "FEFF"} {
				for _, a := range []ask{
					posts(groupPath, `{"name":"ad\u`+code+`mins"}`),
					posts("/wiki/rest/api/content/"+strconv.Itoa(onPage)+"/label", `[{"name":"no\u`+code+`tes"}]`),
				} {
					if got := s.ask(as(admin, a)); got.status != 400 || !strings.Contains(got.body, "U+"+code) {
						t.Errorf("%s: %s %s: %d %s", f, a.path, a.body, got.status, got.body)
					}
				}
			}
		}
	})
}
