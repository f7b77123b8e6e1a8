package directory_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

func TestAGroupIsFoundByItsIDOrNameWhateverItsCase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		g := addGroup(t, dir, site, "Straße  Ops")
		for _, ref := range []string{g.ID, "Straße  Ops", "strasse ops", "STRASSE OPS", " straße ops "} {
			if found, err := dir.GroupNamed(t.Context(), site, ref); err != nil || found != g {
				t.Errorf("%q finds %+v (%v)", ref, found, err)
			}
		}
		// A group may be named like the ID of another.
		named := addGroup(t, dir, site, uuid.NewString())
		if found, err := dir.GroupNamed(t.Context(), site, named.Name); err != nil || found.ID != named.ID {
			t.Errorf("%+v (%v)", found, err)
		}
		for _, ref := range append(hostileIDs, "straße-ops", uuid.NewString(), strings.Repeat("x", 5000)) {
			if _, err := dir.GroupNamed(t.Context(), site, ref); kind(err) != failure.NotFound {
				t.Errorf("%.30q finds something: %v", ref, err)
			}
			if _, err := dir.Group(t.Context(), site, ref); kind(err) != failure.NotFound {
				t.Errorf("%.30q is the ID of something: %v", ref, err)
			}
			if _, total, err := dir.Members(t.Context(), site, directory.Viewer{}, ref, 0, 10); err != nil || total != 0 {
				t.Errorf("%.30q has %d members: %v", ref, total, err)
			}
			if _, err := dir.MemberOf(t.Context(), site, ref, 0, 10); err != nil {
				t.Errorf("%.30q has no groups: %v", ref, err)
			}
		}
	})
}

func TestAGroupThatCannotBeIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		addGroup(t, dir, site, "staff")
		for want, groups := range map[failure.Kind][]directory.Group{
			failure.Invalid: {
				{},
				{Name: " "},
				{Name: "a\nb"},
				{Name: "a\x00b"},
				{Name: "\xff"},
				{Name: "ad\u202Emins"},
				{Name: "admins\u200B"},
				{Name: strings.Repeat("a", 256)},
				{Name: "a", ID: "x"},
				{Name: "a", ID: strings.ToUpper(uuid.NewString())},
				{Name: "a", UsageType: "OTHER"},
				{Name: "a", ManagedBy: "NOBODY"},
			},
			failure.Conflict: {{Name: "staff"}, {Name: "STAFF"}, {Name: " ｓtaff "}},
		} {
			for _, g := range groups {
				if _, err := dir.AddGroup(t.Context(), site, operator, g); kind(err) != want {
					t.Errorf("%.60q: %v", g.Name, err)
				}
			}
		}
	})
}

func TestGroupsAreListedByNameAndFoundByAnyPartOfIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		for _, name := range []string{"zebra", "Alpha", "100% sure", "a_b", "axb", `back\slash`, "naïve"} {
			addGroup(t, dir, site, name)
		}
		names := func(groups []directory.Group, total int64, err error) string {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, g := range groups {
				all = append(all, g.Name)
			}
			return strings.Join(all, ",")
		}
		if got := names(dir.Groups(t.Context(), site, "", 0, 100)); got != `100% sure,a_b,Alpha,axb,back\slash,naïve,zebra` {
			t.Error(got)
		}
		if got := names(dir.Groups(t.Context(), site, "", 5, 100)); got != `naïve,zebra` {
			t.Error(got)
		}
		for text, want := range map[string]string{
			"%": "100% sure", "_": "a_b", `\`: `back\slash`, "ALP": "Alpha", "x": "axb", "naı": "", "NAÏ": "naïve", "nothing": "",
			"\x00": "", "\xff": "", "' OR 1=1": "", strings.Repeat("a", 5000): "", "a%b": "",
		} {
			if got := names(dir.PickGroups(t.Context(), site, text, 0, 100)); got != want {
				t.Errorf("%.20q finds %q, want %q", text, got, want)
			}
		}
		if groups, total, err := dir.PickGroups(t.Context(), site, "a", 1, 2); err != nil || total != 6 || len(groups) != 2 || groups[0].Name != "Alpha" {
			t.Errorf("%v of %d (%v)", groups, total, err)
		}
	})
}

func TestPermissionsComeFromGroups(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		g := addGroup(t, dir, site, "staff")
		second := addGroup(t, dir, site, "also")
		ada := add(t, dir, site, directory.Account{DisplayName: "Ada"}, g.ID)
		licensed := func() bool {
			a, err := dir.Account(t.Context(), site, ada.ID)
			if err != nil {
				t.Fatal(err)
			}
			return a.Licensed
		}
		if licensed() {
			t.Error("licensed without a grant")
		}
		for i, want := range []bool{true, false} {
			if changed, err := dir.Grant(t.Context(), site, operator, "STAFF", directory.Use, true); changed != want || err != nil {
				t.Errorf("grant %d: %v (%v)", i, changed, err)
			}
		}
		if _, err := dir.Grant(t.Context(), site, operator, second.ID, directory.Use, true); err != nil {
			t.Fatal(err)
		}
		if use, _, err := dir.Groups(t.Context(), site, directory.Use, 0, 5); err != nil || len(use) != 2 || use[0].ID != second.ID || !licensed() {
			t.Errorf("%v may use it (%v)", use, err)
		}
		if groups, total, err := dir.Groups(t.Context(), site, directory.Use, 1, 5); err != nil || total != 2 || len(groups) != 1 || groups[0].ID != g.ID {
			t.Errorf("%v of %d (%v)", groups, total, err)
		}
		if held, err := dir.Granted(t.Context(), site, g.ID); err != nil || len(held) != 1 || held[0] != directory.Use {
			t.Errorf("%v (%v)", held, err)
		}
		for i, want := range []bool{true, false} {
			if changed, err := dir.Grant(t.Context(), site, operator, g.ID, directory.Use, false); changed != want || err != nil {
				t.Errorf("revoke %d: %v (%v)", i, changed, err)
			}
		}
		if licensed() {
			t.Error("licensed after the grant was taken")
		}
		if _, err := dir.Grant(t.Context(), site, operator, "nobody", directory.Use, true); kind(err) != failure.NotFound {
			t.Error(err)
		}
		for _, p := range directory.Permissions {
			if read, err := directory.ParsePermission(string(p)); err != nil || read != p {
				t.Errorf("%s is read as %s (%v)", p, read, err)
			}
		}
		if _, err := directory.ParsePermission("Use"); kind(err) != failure.Invalid {
			t.Error(err)
		}
	})
}
