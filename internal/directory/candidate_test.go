package directory_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/rosterhq/roster/internal/cql"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

func TestASearchMissesNobodyAmongMoreThanItCanFind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		const people = directory.MostFound + 50
		var edits []directory.Edit
		for i := range people {
			edits = append(edits, named(fmt.Sprintf("p%05d", i), fmt.Sprintf("Person Of %05d", i)))
		}
		bulk(t, dir, site, edits...)
		viewer := directory.Viewer{AccountID: "p10020", Member: true}
		for text, want := range map[string][]string{
			`user = currentUser()`:                                    {"p10020"},
			`user in (currentUser(), "p10021")`:                       {"p10020", "p10021"},
			`user.fullname ~ "person 10022"`:                          {"p10022"},
			`user.fullname ~ "person" and user.fullname ~ "of 10023"`: {"p10023"},
			`user.fullname ~ "10024" or user.fullname ~ "10025"`:      {"p10024", "p10025"},
			`user.fullname = "Person Of 10026"`:                       {"p10026"},
			`user.fullname ~ "person of 1004"`: {
				"p10040", "p10041", "p10042", "p10043", "p10044", "p10045", "p10046", "p10047", "p10048", "p10049",
			},
			`user.fullname ~ "person" and not user.fullname ~ "of" and user = "p10027"`: nil,
		} {
			q, err := cql.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			found, total, err := dir.Search(t.Context(), site, viewer, q, directory.AnyLicence, 0, 25)
			var ids []string
			for _, p := range found {
				ids = append(ids, p.ID)
			}
			if err != nil || total != len(want) || !slices.Equal(ids, want) {
				t.Errorf("%s finds %v of %d (%v), want %v", text, ids, total, err, want)
			}
		}
		for _, text := range []string{`user.fullname ~ "person of"`, `user.fullname ~ "person" or user = "p10046"`} {
			q, err := cql.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			last, total, err := dir.Search(t.Context(), site, viewer, q, directory.AnyLicence, directory.MostFound-1, 25)
			if err != nil || total != directory.MostFound || len(last) != 1 || last[0].ID != "p09999" {
				t.Errorf("%s ends with %v of %d (%v)", text, last, total, err)
			}
		}
	})
}
