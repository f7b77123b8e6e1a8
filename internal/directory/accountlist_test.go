package directory_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

// pages reads a whole list, a page at a time.
func pages(t *testing.T, d *directory.Directory, site int64, by change.Actor, f directory.Filter, limit int) (all []directory.Listed) {
	t.Helper()
	for after := ""; ; {
		page, next, err := d.List(t.Context(), site, by, f, after, limit)
		if err != nil || len(page) > limit {
			t.Fatalf("a page of %d behind %q (%v)", len(page), after, err)
		}
		all = append(all, page...)
		if next == "" {
			return all
		}
		if next <= after {
			t.Fatalf("behind %q comes %q", after, next)
		}
		after = next
	}
}

func idsListed(all []directory.Listed) (ids []string) {
	for _, a := range all {
		ids = append(ids, a.ID)
	}
	return ids
}

func TestAListIsNarrowedByStatusTypeGroupAndTheBeginningOfANameOrAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		staff, err := dir.AddGroup(t.Context(), site, operator, directory.Group{Name: "staff"})
		if err != nil {
			t.Fatal(err)
		}
		hidden := directory.DefaultVisibility()
		hidden[directory.NameField] = directory.OnlyMe
		add(t, dir, site, directory.Account{ID: "ada", PublicName: "Countess", DisplayName: "Ada Lovelace", Email: "ada@example.org", Visibility: hidden}, staff.ID)
		add(t, dir, site, directory.Account{ID: "bot", PublicName: "Engine", Type: directory.App})
		add(t, dir, site, directory.Account{ID: "eve", PublicName: "Eve", Email: "eve@example.org", Status: directory.Inactive}, staff.ID)
		add(t, dir, site, directory.Account{ID: "old", PublicName: "Old engine", Type: directory.App, Status: directory.Inactive})
		for _, tt := range []struct {
			f    directory.Filter
			want []string
		}{
			{directory.Filter{}, []string{"ada", "bot", "eve", "old"}},
			{directory.Filter{Status: directory.Active}, []string{"ada", "bot"}},
			{directory.Filter{Status: directory.Inactive}, []string{"eve", "old"}},
			{directory.Filter{Status: directory.Closed}, nil},
			{directory.Filter{Type: directory.App}, []string{"bot", "old"}},
			{directory.Filter{Type: directory.Person}, []string{"ada", "eve"}},
			{directory.Filter{Type: directory.App, Status: directory.Inactive}, []string{"old"}},
			{directory.Filter{GroupID: staff.ID}, []string{"ada", "eve"}},
			{directory.Filter{GroupID: staff.ID, Status: directory.Inactive}, []string{"eve"}},
			{directory.Filter{Text: "lovel"}, []string{"ada"}},
			{directory.Filter{Text: "EVE@"}, []string{"eve"}},
			{directory.Filter{Text: "eng", Status: directory.Active}, []string{"bot"}},
			{directory.Filter{Text: "xyz"}, nil},
		} {
			for _, limit := range []int{1, 3, 250} {
				if got := idsListed(pages(t, dir, site, operator, tt.f, limit)); !slices.Equal(got, tt.want) {
					t.Errorf("%+v lists %v, not %v", tt.f, got, tt.want)
				}
			}
		}
		for _, f := range []directory.Filter{{Status: "asleep"}, {Type: "' OR 1=1 --"}} {
			if _, _, err := dir.List(t.Context(), site, operator, f, "", 10); err == nil {
				t.Errorf("%+v is taken", f)
			}
		}
	})
}

func TestAListTellsWhenAnAccountWasDeactivated(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		dir.Changes.Now = func() time.Time { return noon }
		ada := add(t, dir, site, directory.Account{ID: "ada", PublicName: `"Status":[`})
		add(t, dir, site, directory.Account{ID: "eve", PublicName: "Eve"})
		for i, edit := range []func(*directory.Account){
			func(a *directory.Account) { a.Status = directory.Inactive },
			func(a *directory.Account) { a.PublicName = `x "Status":["active","inactive"]` },
		} {
			noon = noon.Add(time.Hour)
			if _, err := dir.Change(t.Context(), site, operator, ada.ID, func(a *directory.Account) error { edit(a); return nil }); err != nil {
				t.Fatal(i, err)
			}
		}
		all := pages(t, dir, site, operator, directory.Filter{}, 10)
		if len(all) != 2 || !all[0].DeactivatedAt.Equal(noon.Add(-time.Hour)) || !all[0].UpdatedAt.Equal(noon) || !all[1].DeactivatedAt.IsZero() {
			t.Errorf("%+v", all)
		}
		noon = noon.Add(time.Hour) // closing erases what the changes said before, and is one itself
		if _, err := dir.Change(t.Context(), site, operator, "eve", func(a *directory.Account) error { a.Status = directory.Closed; return nil }); err != nil {
			t.Fatal(err)
		}
		if gone := pages(t, dir, site, operator, directory.Filter{Status: directory.Closed}, 10); len(gone) != 1 || !gone[0].DeactivatedAt.Equal(noon) {
			t.Errorf("%+v", gone)
		}
	})
}

func TestEachAddressThatAListTellsIsRecorded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		for i := range 5 {
			a := directory.Account{ID: fmt.Sprintf("p%d", i), PublicName: "Ada"}
			if i > 0 {
				a.Email = a.ID + "@example.org"
			}
			add(t, dir, site, a)
		}
		by := change.Actor{AccountID: "p4", Via: change.API}
		if _, _, err := dir.List(t.Context(), site, by, directory.Filter{}, "p0", 2); err != nil {
			t.Fatal(err)
		}
		told, err := db.All(t.Context(), d, db.Scalar[string], `SELECT target FROM changes
			WHERE site_id = $1 AND operation = 'account.email.disclose' AND actor = 'p4' ORDER BY item`, site)
		if want := []string{"account:p1", "account:p2"}; err != nil || !slices.Equal(told, want) {
			t.Errorf("told of %v, not %v (%v)", told, want, err)
		}
	})
}
