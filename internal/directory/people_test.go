package directory_test

import (
	"testing"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/cql"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var operator = change.Actor{Via: change.CLI}

// newSite returns a directory and a fresh site in it.
func newSite(t *testing.T, d *db.DB) (*directory.Directory, int64) {
	t.Helper()
	log := change.New(d)
	s, err := (&site.Store{Changes: log}).Add(t.Context(), operator, site.Site{Name: dbtest.Name(t)})
	if err != nil {
		t.Fatal(err)
	}
	return &directory.Directory{Changes: log}, s.ID
}

func add(t *testing.T, d *directory.Directory, site int64, a directory.Account, groups ...string) directory.Account {
	t.Helper()
	a, err := d.Add(t.Context(), site, operator, a, groups...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAHiddenNameIsNotFoundByItsPrefix(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		v := directory.DefaultVisibility()
		v[directory.NameField] = directory.OnlyMe
		ada := add(t, dir, site, directory.Account{PublicName: "Countess", DisplayName: "Ada Lovelace", Visibility: v})
		for _, tt := range []struct {
			viewer directory.Viewer
			cql    string
			want   int
		}{
			{directory.Viewer{Member: true}, `user.fullname ~ "lovel"`, 0},
			{directory.Viewer{Member: true}, `user.fullname ~ "count"`, 1},
			{directory.Viewer{Member: true, AccountID: ada.ID}, `user.fullname ~ "lovel"`, 1},
			{directory.Viewer{Admin: true}, `user.fullname ~ "ada lovel"`, 1},
			{directory.Viewer{Admin: true}, `user.fullname ~ "lovel ada"`, 0},
			{directory.Viewer{}, `type = user`, 1},
		} {
			q, err := cql.Parse(tt.cql)
			if err != nil {
				t.Fatal(err)
			}
			_, total, err := dir.Search(t.Context(), site, tt.viewer, q, directory.AnyLicence, 0, 10)
			if err != nil || total != tt.want {
				t.Errorf("%s by %+v found %d (%v), want %d", tt.cql, tt.viewer, total, err, tt.want)
			}
		}
	})
}
