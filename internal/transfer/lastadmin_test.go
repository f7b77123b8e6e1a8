package transfer_test

import (
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/transfer"
)

func TestALineThatWouldTakeTheLastAdministratorAwayIsRefusedAndTheOthersStand(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		p.run(`{"kind":"group","id":"00000000-0000-4000-8000-000000000001","name":"admins","permissions":["use","site-admin"]}
{"kind":"account","accountId":"a:1","displayName":"Ada","groups":["admins"]}
`)
		for name, line := range map[string]string{
			"deactivated":            `{"kind":"account","accountId":"a:1","accountStatus":"inactive"}`,
			"closed":                 `{"kind":"account","accountId":"a:1","accountStatus":"closed"}`,
			"taken out":              `{"kind":"account","accountId":"a:1","groups":[]}`,
			"without the permission": `{"kind":"group","name":"admins","permissions":["use"]}`,
		} {
			other := `{"kind":"account","accountId":"b:` + strings.ReplaceAll(name, " ", "-") + `","displayName":"Grace"}`
			for _, edit := range []func(*transfer.Options){dryRun, func(*transfer.Options) {}} {
				report, results := p.run(line+"\n"+other+"\n", edit)
				if report.Refused != 1 || report.Accounts.Create != 1 || !strings.Contains(results[0].Reason, "site administrator") {
					t.Errorf("%s: %+v %+v", name, report, results)
				}
			}
		}
		if st, _, err := p.dir.StandingOf(t.Context(), p.site, "a:1"); err != nil || !st.SiteAdmin || st.Status != directory.Active {
			t.Errorf("%+v %v", st, err)
		}
	})
}
