package directory_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/cql"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

// bulk runs edits as one batch and wants all of them taken.
func bulk(t *testing.T, d *directory.Directory, site int64, edits ...directory.Edit) []directory.Outcome {
	t.Helper()
	var all []directory.Outcome
	err := d.Changes.Write(t.Context(), site, operator, func(tx *change.Tx) (err error) {
		all, err = d.BulkIn(t.Context(), tx, edits, directory.Newcomers{})
		tx.Record(change.Record{Operation: "test.batch"})
		return err
	})
	if err != nil || len(all) != len(edits) {
		t.Fatalf("%v, %d outcomes", err, len(all))
	}
	for _, o := range all {
		if o.Refused != nil {
			t.Fatal(o.Refused)
		}
	}
	return all
}

func named(id, name string, groups ...string) directory.Edit {
	return directory.Edit{ID: id, Groups: groups, Set: func(a *directory.Account) error {
		a.DisplayName, a.PublicName = name, name
		return nil
	}}
}

func withStatus(id string, s directory.Status) directory.Edit {
	return directory.Edit{ID: id, Set: func(a *directory.Account) error { a.Status = s; return nil }}
}

func TestAGroupFilledInBulkIsPagedLikeAnyOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		const members = 5200
		order := rand.Perm(members)
		var ids []string
		for batch := range slices.Chunk(order, 900) {
			var edits []directory.Edit
			for _, i := range batch {
				edits = append(edits, named(fmt.Sprintf("a:%05d", i), "Member", "all"))
			}
			bulk(t, dir, site, edits...)
		}
		var leave []directory.Edit
		for i := range members {
			id := fmt.Sprintf("a:%05d", i)
			if i%100 == 7 {
				leave = append(leave, withStatus(id, directory.Inactive))
				continue
			}
			ids = append(ids, id)
		}
		bulk(t, dir, site, leave...)
		g, err := dir.GroupNamed(t.Context(), site, "ALL")
		if err != nil {
			t.Fatal(err)
		}
		for _, start := range []int{0, 999, 1000, 1001, 2500, 5000, len(ids) - 3, len(ids)} {
			page, total, err := dir.Members(t.Context(), site, directory.Viewer{Admin: true}, g.ID, start, 5)
			if err != nil || int(total) != len(ids) {
				t.Fatalf("%d members (%v), want %d", total, err, len(ids))
			}
			got := []string{}
			for _, p := range page {
				got = append(got, p.ID)
			}
			if diff := cmp.Diff(append([]string{}, ids[start:min(start+5, len(ids))]...), got); diff != "" {
				t.Errorf("from %d: %s", start, diff)
			}
		}
	})
}

func TestPeopleAreFoundByTheNameThatABatchGaveThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		bulk(t, dir, site, named("a:1", "Augusta Byron"), named("a:2", "Charles Babbage"), named("a:3", "Grace Hopper"))
		bulk(t, dir, site, named("a:1", "Ada Lovelace"), withStatus("a:2", directory.Inactive), withStatus("a:3", directory.Closed))
		for word, want := range map[string]int{"augusta": 0, "ada": 1, "charles": 0, "grace": 0} {
			q, err := cql.Parse(`user.fullname ~ "` + word + `"`)
			if err != nil {
				t.Fatal(err)
			}
			_, total, err := dir.Search(t.Context(), site, directory.Viewer{Admin: true}, q, directory.AnyLicence, 0, 10)
			if err != nil || total != want {
				t.Errorf("%s finds %d (%v), want %d", word, total, err, want)
			}
		}
		if a, err := dir.Account(t.Context(), site, "a:3"); err != nil || a.DisplayName != "Former user" || a.Version != 2 {
			t.Errorf("%+v %v", a, err)
		}
	})
}

func TestABatchNeverMakesNewPeopleAdministrators(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		for name, held := range map[string][]directory.Permission{
			"administrators": {directory.Use, directory.SiteAdmin},
			"bosses":         {directory.Use, directory.Administer},
			"guests":         {directory.Use},
			"people":         {directory.Use, directory.ViewProfiles},
		} {
			if _, err := dir.AddGroup(t.Context(), site, operator, directory.Group{Name: name}); err != nil {
				t.Fatal(err)
			}
			for _, p := range held {
				if _, err := dir.Grant(t.Context(), site, operator, name, p, true); err != nil {
					t.Fatal(err)
				}
			}
		}
		guest := named("a:2", "Charles")
		guest.Set = func(a *directory.Account) error { a.DisplayName, a.Guest = "Charles", true; return nil }
		outcomes := bulk(t, dir, site, named("a:1", "Ada"), guest)
		if diff := cmp.Diff([][]string{{"people"}, {"guests"}}, [][]string{outcomes[0].Joined, outcomes[1].Joined}); diff != "" {
			t.Error(diff)
		}
	})
}

func TestABatchEndsBeforeAnAccountThatItHasAlready(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		addressed := func(id, address, name string) directory.Edit {
			return directory.Edit{ID: id, Email: address, Set: func(a *directory.Account) error {
				a.Email, a.DisplayName = address, name
				return nil
			}}
		}
		err := dir.Changes.Write(t.Context(), site, operator, func(tx *change.Tx) error {
			tx.Record(change.Record{Operation: "test.batch"})
			edits := []directory.Edit{
				addressed("a:1", "ada@example.org", "Ada"), addressed("", "grace@example.org", "Grace"),
				addressed("", "ADA@example.org", "Ada again"), addressed("a:1", "ada@example.org", "Ada at last"),
			}
			for _, want := range []int{2, 1, 1} {
				outcomes, err := dir.BulkIn(t.Context(), tx, edits, directory.Newcomers{})
				if err != nil {
					return err // which may be a wish to run again
				}
				if len(outcomes) != want {
					return fmt.Errorf("%d outcomes, want %d", len(outcomes), want)
				}
				edits = edits[len(outcomes):]
			}
			return nil
		})
		if a, accountErr := dir.Account(t.Context(), site, "a:1"); err != nil || accountErr != nil || a.DisplayName != "Ada at last" {
			t.Errorf("%+v %v %v", a, err, accountErr)
		}
	})
}
