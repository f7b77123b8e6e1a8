package directory_test

import (
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/cql"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

func TestPeopleAreFoundByTheNamesThatTheyHaveNow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		a := add(t, dir, site, directory.Account{PublicName: "Countess", DisplayName: "Ada Lovelace"})
		member, stranger, herself, admin := directory.Viewer{Member: true}, directory.Viewer{}, directory.Viewer{AccountID: a.ID}, directory.Viewer{Admin: true}
		finds := func(v directory.Viewer) string {
			var found []string
			for _, word := range []string{"ada", "byron", "countess", "lovel"} {
				q, err := cql.Parse(`user.fullname ~ "` + word + `"`)
				if err != nil {
					t.Fatal(err)
				}
				profiles, total, err := dir.Search(t.Context(), site, v, q, directory.AnyLicence, 0, 10)
				if err != nil || total != len(profiles) || total > 1 {
					t.Fatal(profiles, total, err)
				}
				if total == 1 {
					found = append(found, word)
				}
			}
			return strings.Join(found, " ")
		}
		for _, step := range []struct {
			name                             string
			edit                             func(*directory.Account) error
			member, stranger, herself, admin string
		}{
			{"as made", func(*directory.Account) error { return nil }, "ada countess lovel", "ada countess lovel", "ada countess lovel", "ada countess lovel"},
			{"renamed", func(a *directory.Account) error { a.DisplayName = "Ada Byron"; return nil }, "ada byron countess", "ada byron countess", "ada byron countess", "ada byron countess"},
			{"for the organization", func(a *directory.Account) error { return a.Visibility.Set("name", "organization") }, "ada byron countess", "countess", "ada byron countess", "ada byron countess"},
			{"hidden", func(a *directory.Account) error { return a.Visibility.Set("name", "me") }, "countess", "countess", "ada byron countess", "ada byron countess"},
			{"renamed while hidden", func(a *directory.Account) error { a.DisplayName = "Lovelace"; return nil }, "countess", "countess", "countess lovel", "countess lovel"},
			{"another public name", func(a *directory.Account) error { a.PublicName = "Byron"; return nil }, "byron", "byron", "byron lovel", "byron lovel"},
			{"deactivated", func(a *directory.Account) error { a.Status = directory.Inactive; return nil }, "", "", "", ""},
			{"back", func(a *directory.Account) error { a.Status = directory.Active; return nil }, "byron", "byron", "byron lovel", "byron lovel"},
			{"closed", func(a *directory.Account) error { a.Status = directory.Closed; return nil }, "", "", "", ""},
		} {
			if _, err := dir.Change(t.Context(), site, operator, a.ID, step.edit); err != nil {
				t.Fatal(err)
			}
			for viewer, want := range map[directory.Viewer]string{member: step.member, stranger: step.stranger, herself: step.herself, admin: step.admin} {
				if got := finds(viewer); got != want {
					t.Errorf("%s: %+v finds her by %q, want %q", step.name, viewer, got, want)
				}
			}
		}
	})
}
