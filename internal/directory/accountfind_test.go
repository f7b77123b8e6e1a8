package directory_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/rosterhq/roster/internal/audit"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

// found reads all that a filter finds, a page at a time.
func found(t *testing.T, d *directory.Directory, site int64, f directory.Filter, limit int) (ids []string) {
	t.Helper()
	for after := ""; ; {
		page, next, err := d.Find(t.Context(), site, operator, f, after, limit)
		if err != nil || len(page) > limit {
			t.Fatalf("%d behind %q: %v", len(page), after, err)
		}
		for _, a := range page {
			ids = append(ids, a.ID)
		}
		if next == "" {
			return ids
		}
		after = next
	}
}

func TestPeopleAreFoundByAddressThenByNameWhateverTheirStatusAndWhoeverMaySeeIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		staff, err := dir.AddGroup(t.Context(), site, operator, directory.Group{Name: "staff"})
		if err != nil {
			t.Fatal(err)
		}
		hidden := directory.DefaultVisibility()
		hidden[directory.NameField] = directory.OnlyMe
		add(t, dir, site, directory.Account{ID: "ada", PublicName: "Countess", DisplayName: "Ada Lovelace", Email: "ada@example.org", Visibility: hidden}, staff.ID)
		add(t, dir, site, directory.Account{ID: "adam", PublicName: "Adam Ries", Email: "ries@example.org"})
		add(t, dir, site, directory.Account{ID: "ida", PublicName: "Ida Rhodes", Email: "adaline@example.org", Guest: true})
		add(t, dir, site, directory.Account{ID: "zoe", PublicName: "Zoe Out", Email: "zoe@example.net", External: true})
		add(t, dir, site, directory.Account{ID: "bot", PublicName: "Ada engine", Type: directory.App}, staff.ID)
		add(t, dir, site, directory.Account{ID: "old", PublicName: "Adalbert Old", Email: "old@example.org", Status: directory.Inactive}, staff.ID)
		for _, tt := range []struct {
			f    directory.Filter
			want []string
		}{
			{directory.Filter{}, []string{"ada", "adam", "bot", "ida", "old", "zoe"}},
			{directory.Filter{Text: "ada"}, []string{"ada", "ida", "bot", "adam", "old"}},
			{directory.Filter{Text: "  ADA  lov "}, []string{"ada"}},
			{directory.Filter{Text: "ada@"}, []string{"ada"}},
			{directory.Filter{Text: "ada", GroupID: staff.ID}, []string{"ada", "bot", "old"}},
			{directory.Filter{Text: "ada", Status: directory.Inactive}, []string{"old"}},
			{directory.Filter{Text: "ada", Status: directory.Active}, []string{"ada", "ida", "bot", "adam"}},
			{directory.Filter{Text: "ada", Type: directory.App}, []string{"bot"}},
			{directory.Filter{Text: "ada", Guests: true}, []string{"ida"}},
			{directory.Filter{GroupID: staff.ID}, []string{"ada", "bot", "old"}},
			{directory.Filter{Guests: true}, []string{"ida"}},
			{directory.Filter{Externals: true}, []string{"zoe"}},
			{directory.Filter{Text: "zo", Externals: true}, []string{"zoe"}},
			{directory.Filter{Text: "ada", Externals: true}, nil},
			{directory.Filter{Externals: true, GroupID: staff.ID}, nil},
			{directory.Filter{Guests: true, Status: directory.Inactive}, nil},
			{directory.Filter{Guests: true, GroupID: staff.ID}, nil},
			{directory.Filter{Text: "nobody"}, nil},
			{directory.Filter{Text: "%"}, nil},
			{directory.Filter{Text: "\x00\xff"}, nil},
		} {
			for _, limit := range []int{1, 2, 100} {
				if got := found(t, dir, site, tt.f, limit); !slices.Equal(got, tt.want) {
					t.Errorf("%+v by %d finds %v, not %v", tt.f, limit, got, tt.want)
				}
			}
		}
		for _, after := range []string{"nowhere", "word:x", "id:\x00"} {
			if _, _, err := dir.Find(t.Context(), site, operator, directory.Filter{}, after, 1); err == nil {
				t.Errorf("behind %q is taken", after)
			}
		}
	})
}

func TestFindGivesUpAndGoesOnWhereItStopped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		const many = 700
		err := dir.Changes.Write(t.Context(), site, operator, func(tx *change.Tx) error {
			for i := range many {
				a := directory.Account{ID: fmt.Sprintf("p%05d", i), PublicName: fmt.Sprint("Number n", i), Type: directory.App}
				if i == many-1 {
					a.Type = directory.Person
				}
				if _, err := dir.AddIn(t.Context(), tx, a); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		f := directory.Filter{Type: directory.Person}
		page, next, err := dir.Find(t.Context(), site, operator, f, "", 10)
		if err != nil || len(page) != 0 || next == "" {
			t.Fatalf("%d and %q: %v", len(page), next, err)
		}
		if page, next, err = dir.Find(t.Context(), site, operator, f, next, 10); err != nil || len(page) != 1 || next != "" {
			t.Fatalf("%d and %q: %v", len(page), next, err)
		}
	})
}

func TestEachAddressThatIsFoundIsRecorded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		add(t, dir, site, directory.Account{ID: "ada", PublicName: "Ada", Email: "ada@example.org"})
		add(t, dir, site, directory.Account{ID: "bot", PublicName: "Bot", Type: directory.App})
		found(t, dir, site, directory.Filter{}, 10)
		for account, want := range map[string]int{"ada": 1, "bot": 0} {
			n := 0
			err := (&audit.Trail{Changes: dir.Changes}).List(t.Context(), site, change.Filter{Target: "account:" + account, Operation: "account.email.disclose"}, 0,
				func(change.Entry) error { n++; return nil })
			if err != nil || n != want {
				t.Errorf("%s was told %d times, not %d: %v", account, n, want, err)
			}
		}
	})
}

func TestGroupsAreFoundByAnyPartOfTheirNameWithWhatTheyHold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		var ids []string
		for _, name := range []string{"Engineers", "engine-users", "100%", "Staff"} {
			g, err := dir.AddGroup(t.Context(), site, operator, directory.Group{Name: name})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, g.ID)
		}
		if _, err := dir.Grant(t.Context(), site, operator, ids[0], directory.Use, true); err != nil {
			t.Fatal(err)
		}
		add(t, dir, site, directory.Account{ID: "ada", PublicName: "Ada"}, ids...)
		add(t, dir, site, directory.Account{ID: "eve", PublicName: "Eve", Status: directory.Inactive}, ids[0])
		for text, want := range map[string][]string{"": {"100%", "engine-users", "Engineers", "Staff"}, "GINE": {"engine-users", "Engineers"}, "%": {"100%"}, "x": nil} {
			for _, limit := range []int{1, 10} {
				var got []string
				for after := ""; ; {
					page, next, err := dir.FindGroups(t.Context(), site, text, after, limit)
					if err != nil {
						t.Fatal(err)
					}
					for _, g := range page {
						got = append(got, g.Name)
					}
					if after = next; after == "" {
						break
					}
				}
				if !slices.Equal(got, want) {
					t.Errorf("%q finds %v, not %v", text, got, want)
				}
			}
		}
		groups, _, err := dir.FindGroups(t.Context(), site, "engineers", "", 10)
		if err != nil {
			t.Fatal(err)
		}
		of, err := dir.MembershipOf(t.Context(), site, groups)
		if m := of[ids[0]]; err != nil || m.Members != 1 || !slices.Equal(m.Permissions, []directory.Permission{directory.Use}) {
			t.Errorf("%+v: %v", of, err)
		}
		each, err := dir.GroupsOfEach(t.Context(), site, []string{"ada", "eve"}, 2)
		if err != nil || len(each["ada"]) != 2 || len(each["eve"]) != 1 || each["eve"][0].Name != "Engineers" {
			t.Errorf("%+v: %v", each, err)
		}
	})
}
