package directory

import (
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/site"
)

// However many tokens a site has, an account's are found by the account.
func TestOnesOwnTokensAndSessionsAreFoundByTheAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log := change.New(d)
		s, err := (&site.Store{Changes: log}).Add(t.Context(), change.Actor{Via: change.CLI}, site.Site{Name: dbtest.Name(t)})
		if err != nil {
			t.Fatal(err)
		}
		fillForPlans(t, log, s.ID)
		if plan := strings.Join(planOf(t, d, ownSessions, []any{s.ID, "p:1", 5}), "\n"); !strings.Contains(plan, "tokens_by_account") {
			t.Errorf("sessions: %s", plan)
		}
		for _, before := range []string{"", "0198"} {
			plan := strings.Join(planOf(t, d, ownTokens, []any{s.ID, "p:1", before, 51}), "\n")
			if !strings.Contains(plan, "tokens_by_account") {
				t.Errorf("after %q: %s", before, plan)
			}
		}
	})
}
