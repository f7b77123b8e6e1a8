package directory_test

import (
	"testing"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

// homes tells the names of the groups that new people and new guests of a site join.
func homes(t *testing.T, dir *directory.Directory, site int64) (person, guest string) {
	t.Helper()
	name := func(guest bool) string {
		id, err := dir.HomeGroup(t.Context(), site, guest)
		if err != nil {
			t.Fatal(err)
		}
		g, err := dir.Group(t.Context(), site, id)
		if err != nil {
			t.Fatal(err)
		}
		return g.Name
	}
	return name(false), name(true)
}

// usable makes groups that let people use a site.
func usable(t *testing.T, dir *directory.Directory, site int64, names ...string) {
	t.Helper()
	for _, name := range names {
		_, err := dir.AddGroup(t.Context(), site, operator, directory.Group{Name: name})
		if err == nil {
			_, err = dir.Grant(t.Context(), site, operator, name, directory.Use, true)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestNewPeopleJoinTheGuestsOnlyWhereThereIsNoOtherGroup(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		expect := func(when, person, guest string) {
			t.Helper()
			if p, g := homes(t, dir, site); p != person || g != guest {
				t.Errorf("%s: people join %s and guests %s, not %s and %s", when, p, g, person, guest)
			}
		}
		usable(t, dir, site, "confluence-guests")
		expect("no other", "confluence-guests", "confluence-guests")
		usable(t, dir, site, "confluence-users")
		expect("both are empty", "confluence-users", "confluence-guests")
		usable(t, dir, site, "agency", "bureau")
		expect("others are first by name", "agency", "confluence-guests")
		join := func(group string, a directory.Account) {
			t.Helper()
			added, err := dir.Add(t.Context(), site, operator, a)
			if err == nil {
				_, err = dir.AddMember(t.Context(), site, operator, group, added.ID)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		join("agency", directory.Account{DisplayName: "Marie", Guest: true})
		join("bureau", directory.Account{DisplayName: "Leonhard", External: true})
		expect("nobody but guests and external collaborators is in others", "confluence-users", "agency")
		join("agency", directory.Account{DisplayName: "Ada"})
		join("confluence-users", directory.Account{DisplayName: "Charles", External: true})
		expect("one of these has people as well", "agency", "bureau")
		join("confluence-guests", directory.Account{DisplayName: "Emmy"})
		if _, err := dir.Grant(t.Context(), site, operator, "confluence-guests", directory.ViewProfiles, true); err != nil {
			t.Fatal(err)
		}
		expect("the standard group of guests is everybody's", "confluence-guests", "bureau")
	})
}

func TestNewPeopleOfTheStandardGroupsAreUsers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		err := dir.Changes.Write(t.Context(), site, operator, func(tx *change.Tx) error {
			_, err := dir.AddStandardGroupsIn(t.Context(), tx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if p, g := homes(t, dir, site); p != "confluence-users" || g != "confluence-guests" {
			t.Errorf("people join %s and guests %s", p, g)
		}
	})
}
