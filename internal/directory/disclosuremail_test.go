package directory_test

import (
	"slices"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

func TestTheAddressesOfMailAreDisclosedAsThoseOfTheirAccounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		add(t, dir, site, directory.Account{ID: "ada", DisplayName: "Ada", Email: "Ada@example.com", Visibility: directory.EveryField(directory.OnlyMe)})
		add(t, dir, site, directory.Account{ID: "bob", DisplayName: "Bob", Email: "bob@example.com"})
		add(t, dir, site, directory.Account{ID: "eve", DisplayName: "Eve", Email: "eve@example.com"})
		if err := dir.DiscloseMailed(t.Context(), site, operator, []string{"bob@example.com", "ADA@example.com", "", "nobody@example.com", "ada@example.com", "' OR 1=1"}); err != nil {
			t.Error(err)
		}
		if err := dir.DiscloseMailed(t.Context(), site, operator, []string{"nobody@example.com", ""}); err != nil {
			t.Error(err)
		}
		if targets := recorded(t, d, site, "account.email.disclose"); !slices.Equal(targets, []string{"account:ada", "account:bob"}) {
			t.Errorf("recorded: %v", targets)
		}
	})
}
