package directory

import (
	"slices"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/site"
)

// A page of a list must cost the same however many people there are: each walks an index, in its order.
func TestEveryListOfAccountsWalksAnIndex(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log := change.New(d)
		s, err := (&site.Store{Changes: log}).Add(t.Context(), change.Actor{Via: change.CLI}, site.Site{Name: dbtest.Name(t)})
		if err != nil {
			t.Fatal(err)
		}
		fillForPlans(t, log, s.ID)
		for _, tt := range []struct {
			f      Filter
			sqlite string
		}{
			{Filter{}, "(site_id=? AND account_id>?)"},
			{Filter{Status: Inactive}, "accounts_not_active (site_id=? AND status=? AND account_id>?)"},
			{Filter{Type: App}, "accounts_not_people (site_id=? AND account_type=? AND account_id>?)"},
			{Filter{GroupID: "x"}, "(site_id=? AND group_id=? AND account_id>?)"},
		} {
			query, args := tt.f.walk(s.ID)
			lines := planOf(t, d, query, append(args, "p:1", 10))
			plan := strings.Join(lines, "\n")
			if slices.ContainsFunc(lines, scansATable) || strings.Contains(plan, "TEMP B-TREE") {
				t.Errorf("%+v does not walk an index:\n%s", tt.f, plan)
			}
			if d.Engine == db.SQLite && !strings.Contains(plan, tt.sqlite) {
				t.Errorf("%+v: %q is not in the plan\n%s", tt.f, tt.sqlite, plan)
			}
		}
	})
}
