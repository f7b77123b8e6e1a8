package directory_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

func addGroup(t *testing.T, dir *directory.Directory, site int64, name string) directory.Group {
	t.Helper()
	g, err := dir.AddGroup(t.Context(), site, operator, directory.Group{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// page returns the IDs on a page of a group's members, and how many there are.
func page(t *testing.T, dir *directory.Directory, site int64, group string, start, limit int) ([]string, int64) {
	t.Helper()
	profiles, total, err := dir.Members(t.Context(), site, directory.Viewer{}, group, start, limit)
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{}
	for _, p := range profiles {
		ids = append(ids, p.ID)
	}
	return ids, total
}

func TestMembersAreListedByIDWithoutThoseWhoAreSuspended(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		g := addGroup(t, dir, site, "staff")
		for _, id := range []string{"d", "a", "c", "b", "e"} {
			add(t, dir, site, directory.Account{ID: id, DisplayName: id}, g.ID)
		}
		add(t, dir, site, directory.Account{ID: "bb", DisplayName: "bb", Status: directory.Inactive}, g.ID)
		status := func(id string, s directory.Status) {
			if _, err := dir.Change(t.Context(), site, operator, id, func(a *directory.Account) error { a.Status = s; return nil }); err != nil {
				t.Fatal(err)
			}
		}
		status("c", directory.Inactive)
		status("d", directory.Closed)
		for _, tt := range []struct {
			start, limit int
			want         string
		}{{0, 10, "a b e"}, {0, 2, "a b"}, {1, 1, "b"}, {2, 5, "e"}, {3, 5, ""}, {1 << 30, 5, ""}, {0, 0, ""}} {
			if ids, total := page(t, dir, site, g.ID, tt.start, tt.limit); strings.Join(ids, " ") != tt.want || total != 3 {
				t.Errorf("%+v gives %v of %d", tt, ids, total)
			}
		}
		status("c", directory.Active)
		status("bb", directory.Active)
		if ids, total := page(t, dir, site, g.ID, 0, 10); strings.Join(ids, " ") != "a b bb c e" || total != 5 {
			t.Errorf("after they came back: %v of %d", ids, total)
		}
		if ids, total := page(t, dir, site, "no-such-group", 0, 10); len(ids) != 0 || total != 0 {
			t.Errorf("no group has %v of %d", ids, total)
		}
	})
}

func TestAMembershipIsAddedAndRemovedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		g := addGroup(t, dir, site, "Staff")
		ada := add(t, dir, site, directory.Account{DisplayName: "Ada", Email: "ada@example.com"})
		for i, want := range []bool{true, false} {
			if added, err := dir.AddMember(t.Context(), site, operator, "staff", "ADA@example.com"); added != want || err != nil {
				t.Errorf("add %d: %v (%v)", i, added, err)
			}
		}
		if groups, err := dir.MemberOf(t.Context(), site, ada.ID, 0, 10); err != nil || len(groups) != 1 || groups[0].ID != g.ID {
			t.Errorf("a member of %v (%v)", groups, err)
		}
		for i, want := range []bool{true, false} {
			if removed, err := dir.RemoveMember(t.Context(), site, operator, g.ID, ada.ID); removed != want || err != nil {
				t.Errorf("remove %d: %v (%v)", i, removed, err)
			}
		}
		if ids, total := page(t, dir, site, g.ID, 0, 10); len(ids) != 0 || total != 0 {
			t.Errorf("%v of %d stay", ids, total)
		}
		for _, missing := range [][2]string{{"nobody", ada.ID}, {g.ID, "nobody"}, {g.ID, "eve@example.com"}} {
			if _, err := dir.AddMember(t.Context(), site, operator, missing[0], missing[1]); kind(err) != failure.NotFound {
				t.Errorf("%v: %v", missing, err)
			}
		}
	})
}

func TestMembershipsArePagedByGroupID(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		ada := add(t, dir, site, directory.Account{DisplayName: "Ada"})
		var want []string
		for i := range 7 {
			g := addGroup(t, dir, site, fmt.Sprintf("g%d", 9-i))
			want = append(want, g.ID)
			if _, err := dir.AddMember(t.Context(), site, operator, g.ID, ada.ID); err != nil {
				t.Fatal(err)
			}
		}
		slices.Sort(want)
		var got []string
		for start := 0; start < 9; start += 3 {
			groups, err := dir.MemberOf(t.Context(), site, ada.ID, start, 3)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range groups {
				got = append(got, g.ID)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	})
}

func TestDeletingAGroupLeavesNothingOfIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		g := addGroup(t, dir, site, "Staff")
		ada := add(t, dir, site, directory.Account{DisplayName: "Ada"}, g.ID)
		if _, err := dir.Grant(t.Context(), site, operator, g.ID, directory.Use, true); err != nil {
			t.Fatal(err)
		}
		if err := dir.DeleteGroup(t.Context(), site, operator, "STAFF"); err != nil {
			t.Fatal(err)
		}
		for table, want := range map[string]int64{"memberships": 0, "global_permissions": 0, "list_marks": 0, "groups": 0, "accounts": 1} {
			if n, _, err := db.One(t.Context(), d, db.Scalar[int64], `SELECT count(*) FROM `+table+` WHERE site_id = $1`, site); err != nil || n != want {
				t.Errorf("%s holds %d (%v)", table, n, err)
			}
		}
		if a, err := dir.Account(t.Context(), site, ada.ID); err != nil || a.Licensed {
			t.Errorf("the account is %+v (%v)", a, err)
		}
		if err := dir.DeleteGroup(t.Context(), site, operator, g.ID); kind(err) != failure.NotFound {
			t.Errorf("it was deleted twice: %v", err)
		}
		if again := addGroup(t, dir, site, "staff"); again.ID == g.ID {
			t.Error("the new group is the old one")
		}
	})
}

// Twenty callers add and remove the same person at once; whoever wins, the list says what stands.
func TestTheSameMembershipChangedByManyStaysConsistent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		g := addGroup(t, dir, site, "staff")
		ada := add(t, dir, site, directory.Account{DisplayName: "Ada"})
		add(t, dir, site, directory.Account{DisplayName: "Bob"}, g.ID)
		var all sync.WaitGroup
		var mu sync.Mutex
		balance := int64(0)
		for i := range 20 {
			all.Go(func() {
				for range 3 {
					var done bool
					var err error
					by := int64(1)
					if i%2 == 0 {
						done, err = dir.AddMember(t.Context(), site, operator, g.ID, ada.ID)
					} else {
						done, err = dir.RemoveMember(t.Context(), site, operator, g.ID, ada.ID)
						by = -1
					}
					if err != nil && kind(err) != failure.Unavailable {
						t.Error(err)
					}
					if err == nil && done {
						mu.Lock()
						balance += by
						mu.Unlock()
					}
				}
			})
		}
		all.Wait()
		ids, total := page(t, dir, site, g.ID, 0, 10)
		if total != int64(len(ids)) || total != 1+balance || slices.Contains(ids, ada.ID) != (balance == 1) {
			t.Errorf("%v of %d stand after a balance of %d", ids, total, balance)
		}
		recorded, _, err := db.One(t.Context(), d, db.Scalar[int64], `SELECT
			(SELECT count(*) FROM changes WHERE site_id = $1 AND operation = 'group.member.add') -
			(SELECT count(*) FROM changes WHERE site_id = $1 AND operation = 'group.member.remove')`, site)
		if err != nil || recorded != total {
			t.Errorf("the records say %d (%v), not %d", recorded, err, total)
		}
	})
}
