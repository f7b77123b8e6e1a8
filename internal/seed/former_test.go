package seed_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/seed"
)

// Without its only permission a space would be open to everybody who can use the site.
func TestWhatOnlyADeletedGroupMayDoNobodyMayOnASiteThatIsMadeOfAnExport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log := newLog(d)
		s := parse(t, `
site: {name: %s}
groups: [{name: users, permissions: [use]}, {name: readers}]
accounts: [{email: ada@example.com, displayName: Ada, groups: [users]}]
spaces:
- key: A
  name: A
  owner: ada@example.com
  permissions: [{operation: read, group: readers}]
  pages: [{title: P, restrictions: [{operation: read, group: readers}]}]
`, dbtest.Name(t))
		applied, err := seed.Apply(t.Context(), log, s)
		if err != nil {
			t.Fatal(err)
		}
		dir := &directory.Directory{Changes: log}
		if err := dir.DeleteGroup(t.Context(), applied[0].Site.ID, change.Actor{Via: change.CLI}, "readers"); err != nil {
			t.Fatal(err)
		}
		text, err := seed.Export(t.Context(), log, applied[0].Site, &s.Documents[0])
		if err != nil {
			t.Fatal(err)
		}
		other, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "other.db"), db.Options{Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		again, err := seed.Parse(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		made, err := seed.Apply(t.Context(), newLog(other), again)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if diff := cmp.Diff(closedTo(t, d, applied[0].Site.ID), closedTo(t, other, made[0].Site.ID)); diff != "" {
			t.Errorf("%s\n%s", diff, text)
		}
	})
}

// closedTo are the subjects of the permissions and restrictions of space A and its page.
func closedTo(t *testing.T, d *db.DB, site int64) (all []string) {
	t.Helper()
	store := &content.Store{Changes: newLog(d)}
	s, err := store.Space(t.Context(), site, "A")
	if err != nil {
		t.Fatal(err)
	}
	permissions, err := store.Permissions(t.Context(), site, []int64{s.ID}, 10)
	if err != nil || len(permissions[s.ID]) != 1 {
		t.Fatalf("%+v %v", permissions, err)
	}
	pages, err := store.ListPages(t.Context(), site, "A", 0, 10)
	if err != nil || len(pages) != 1 {
		t.Fatalf("%+v %v", pages, err)
	}
	restrictions, err := store.Restrictions(t.Context(), site, []int64{pages[0].ID}, 10)
	if err != nil || len(restrictions[pages[0].ID]) != 1 {
		t.Fatalf("%+v %v", restrictions, err)
	}
	p, r := permissions[s.ID][0], restrictions[pages[0].ID][0]
	return []string{p.Name, p.Target, string(p.Subject.Kind), p.Subject.ID, r.Operation, string(r.Subject.Kind), r.Subject.ID}
}
