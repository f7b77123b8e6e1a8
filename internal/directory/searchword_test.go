package directory_test

import (
	"context"
	"slices"
	"testing"

	"github.com/rosterhq/roster/internal/cache"
	"github.com/rosterhq/roster/internal/cql"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

// request returns a context as a request to the site has it that begins now.
func request(t *testing.T, c *cache.Cache, d *db.DB, site int64) context.Context {
	t.Helper()
	epoch, _, err := db.One(t.Context(), d, db.Scalar[int64], `SELECT epoch FROM site_epochs WHERE site_id = $1`, site)
	if err != nil {
		t.Fatal(err)
	}
	return c.With(t.Context(), cache.Place{Site: site, Epoch: epoch})
}

func TestASearchThatIsKeptSeesEveryChangeOfWhoIsFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		c, err := cache.New(d, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		users, err := dir.AddGroup(t.Context(), site, operator, directory.Group{Name: "users"})
		if err == nil {
			_, err = dir.Grant(t.Context(), site, operator, users.ID, directory.Use, true)
		}
		if err != nil {
			t.Fatal(err)
		}
		found := func(viewer directory.Viewer, only directory.Licence, want ...string) {
			t.Helper()
			q, err := cql.Parse(`user.fullname ~ "lo*"`)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // read, and kept
				profiles, total, err := dir.Search(request(t, c, d, site), site, viewer, q, only, 0, 10)
				var got []string
				for _, p := range profiles {
					got = append(got, p.ID)
				}
				if err != nil || total != len(got) || !slices.Equal(got, want) {
					t.Errorf("found %v of %d, want %v (%v)", got, total, want, err)
				}
			}
		}
		member := directory.Viewer{AccountID: "p:c", Member: true}
		found(member, directory.LicensedOnly)
		add(t, dir, site, directory.Account{ID: "p:a", PublicName: "Lovelace Lora"}, users.ID)
		add(t, dir, site, directory.Account{ID: "p:b", PublicName: "Lord"})
		found(member, directory.LicensedOnly, "p:a")
		found(member, directory.AnyLicence, "p:a", "p:b")
		hidden := directory.DefaultVisibility()
		hidden[directory.NameField] = directory.OnlyMe
		add(t, dir, site, directory.Account{ID: "p:c", PublicName: "Loz", DisplayName: "Local", Visibility: hidden}, users.ID)
		found(member, directory.LicensedOnly, "p:c", "p:a")                                                // by "local", which they alone may see
		found(directory.Viewer{AccountID: "p:a", Member: true}, directory.AnyLicence, "p:a", "p:b", "p:c") // by "loz"
		found(directory.Viewer{AccountID: "p:a", Admin: true}, directory.AnyLicence, "p:c", "p:a", "p:b")  // by "local"
		if _, err := dir.RemoveMember(t.Context(), site, operator, users.ID, "p:a"); err != nil {
			t.Fatal(err)
		}
		found(member, directory.LicensedOnly, "p:c")
	})
}
