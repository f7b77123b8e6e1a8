package directory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

var roomy = directory.PropertyLimits{KeyBytes: 255, ValueBytes: 32768, PerUserAndApp: 100}

// side runs n calls side by side and counts their errors by kind.
func side(n int, do func(i int) error) map[failure.Kind]int {
	kinds := make([]failure.Kind, n)
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() { <-start; kinds[i] = kindOf(do(i)) })
	}
	close(start)
	all.Wait()
	counts := map[failure.Kind]int{}
	for _, k := range kinds {
		counts[k]++
	}
	return counts
}

func TestOfFiftyWhoMakeAPropertyAtOnceOneSucceeds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		user := add(t, dir, site, directory.Account{PublicName: "Ada"}).ID
		got := side(50, func(i int) error {
			_, err := dir.AddProperty(t.Context(), site, operator, user, directory.Property{Key: "colour", Value: fmt.Sprintf(`{"n":%d}`, i)}, roomy)
			return err
		})
		if got[noFailure] != 1 || got[failure.Conflict] != 49 {
			t.Errorf("got %v", got)
		}
	})
}

func TestManyWhoMakePropertiesOfOneUserAtOnceStayWithinTheLimit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		user := add(t, dir, site, directory.Account{PublicName: "Ada"}).ID
		few := roomy
		few.PerUserAndApp = 7
		got := side(16, func(i int) error {
			_, err := dir.AddProperty(t.Context(), site, operator, user, directory.Property{Key: fmt.Sprint("k", i), Value: `{}`, App: "app"}, few)
			return err
		})
		if got[noFailure] != 7 || got[failure.Invalid] != 9 {
			t.Errorf("got %v", got)
		}
	})
}

func TestAPropertyIsRecordedWithoutWhatItHolds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		user := add(t, dir, site, directory.Account{PublicName: "Ada"}).ID
		_, err := dir.AddProperty(t.Context(), site, operator, user, directory.Property{Key: "diary", Value: `{"secret":"engine"}`}, roomy)
		err = errors.Join(err,
			dir.ChangeProperty(t.Context(), site, operator, user, "", "diary", `{"secret":"loom"}`, roomy),
			dir.ChangeProperty(t.Context(), site, operator, user, "", "diary", `{"secret":"loom"}`, roomy),
			dir.DeleteProperty(t.Context(), site, operator, user, "", "diary"))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := db.All(t.Context(), d, db.Scalar[string], `SELECT operation || ' ' || version || ' ' || detail FROM changes
			WHERE site_id = $1 AND target = $2 ORDER BY version`, site, "property:"+user+"/diary")
		if err != nil {
			t.Fatal(err)
		}
		all := strings.Join(rows, "\n")
		if strings.Contains(all, "secret") || strings.Contains(all, "engine") || strings.Contains(all, "loom") {
			t.Error("the value is in the record")
		}
		for i, want := range []string{
			`property.create 1 {"Bytes":[null,19]}`, `property.update 2 {"Bytes":[19,17]}`, `property.delete 3 {"Bytes":[17,null]}`,
		} {
			if len(rows) != 3 || rows[i] != want {
				t.Fatalf("recorded\n%s", all)
			}
		}
	})
}

func TestClosingAnAccountErasesItsProperties(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		closeIt := map[string]func(id string) error{
			"alone": func(id string) error {
				_, err := dir.Change(t.Context(), site, operator, id, func(a *directory.Account) error { a.Status = directory.Closed; return nil })
				return err
			},
			"in bulk": func(id string) error {
				bulk(t, dir, site, withStatus(id, directory.Closed))
				return nil
			},
		}
		for how, do := range closeIt {
			user := add(t, dir, site, directory.Account{PublicName: "Ada"}).ID
			if _, err := dir.AddProperty(t.Context(), site, operator, user, directory.Property{Key: "k", Value: `{}`}, roomy); err != nil {
				t.Fatal(err)
			}
			if err := do(user); err != nil {
				t.Fatal(err)
			}
			keys, _, err := dir.PropertyKeys(t.Context(), site, user, "", 0, 5)
			if err != nil || len(keys) > 0 {
				t.Errorf("%s: left %v, %v", how, keys, err)
			}
			if _, err := dir.AddProperty(t.Context(), site, operator, user, directory.Property{Key: "k", Value: `{}`}, roomy); kindOf(err) != failure.NotFound {
				t.Errorf("%s: a closed account takes another: %v", how, err)
			}
		}
	})
}

func TestPropertiesOfOneSiteAreNotThoseOfAnother(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, here := newSite(t, d)
		_, there := newSite(t, d)
		for _, site := range []int64{here, there} {
			add(t, dir, site, directory.Account{ID: "ada", PublicName: "Ada"})
		}
		if _, err := dir.AddProperty(t.Context(), here, operator, "ada", directory.Property{Key: "k", Value: `{}`}, roomy); err != nil {
			t.Fatal(err)
		}
		_, err := dir.Property(t.Context(), there, "ada", "", "k")
		change, remove := dir.ChangeProperty(t.Context(), there, operator, "ada", "", "k", `{"a":1}`, roomy), dir.DeleteProperty(t.Context(), there, operator, "ada", "", "k")
		if kindOf(err) != failure.NotFound || kindOf(change) != failure.NotFound || kindOf(remove) != failure.NotFound {
			t.Errorf("%v, %v, %v", err, change, remove)
		}
		if _, err := dir.AddProperty(t.Context(), there, operator, "ada", directory.Property{Key: "k", Value: `{}`}, roomy); err != nil {
			t.Error(err)
		}
	})
}

func TestWhatCannotBeAPropertyIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		user := add(t, dir, site, directory.Account{PublicName: "Ada"}).ID
		tight := directory.PropertyLimits{KeyBytes: 3, ValueBytes: 10, PerUserAndApp: 100}
		for _, tt := range []struct {
			user, key, value string
			want             failure.Kind
		}{
			{user, "abc", `{"a":"bcd"}`, failure.Invalid},
			{user, "abc", `{"a":"é"}`, noFailure}, // 10 bytes
			{user, "abcd", `{}`, failure.Invalid},
			{user, "", `{}`, failure.Invalid},
			{user, "a b", `{}`, failure.Invalid},
			{user, "é", `{}`, failure.Invalid},
			{user, "a\n", `{}`, failure.Invalid},
			{"nobody", "abc", `{}`, failure.NotFound},
			{"not\x00an ID", "abc", `{}`, failure.NotFound},
		} {
			_, err := dir.AddProperty(t.Context(), site, operator, tt.user, directory.Property{Key: tt.key, Value: tt.value}, tight)
			if kindOf(err) != tt.want {
				t.Errorf("%q = %s for %q: %v", tt.key, tt.value, tt.user, err)
			}
		}
	})
}

// A client that goes away while its write runs takes no other write with it.
func TestOneOfSixteenPropertyWritesIsGivenUpAndTheOthersStand(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		user := add(t, dir, site, directory.Account{PublicName: "Ada"}).ID
		const gone = 5
		got := side(16, func(i int) error {
			ctx, giveUp := context.WithCancel(t.Context())
			defer giveUp()
			return dir.Changes.Write(ctx, site, operator, func(tx *change.Tx) error {
				if i == gone {
					giveUp()
				}
				_, err := dir.AddPropertyIn(ctx, tx, user, directory.Property{Key: fmt.Sprintf("k%02d", i), Value: `{}`}, roomy)
				return err
			})
		})
		keys, _, err := dir.PropertyKeys(t.Context(), site, user, "", 0, 20)
		if err != nil {
			t.Fatal(err)
		}
		// Whether the one that was given up stands is told by its error.
		for i := range 16 {
			if key := fmt.Sprintf("k%02d", i); i != gone && !slices.Contains(keys, key) {
				t.Errorf("%s is lost", key)
			}
		}
		if got[noFailure] != len(keys) {
			t.Errorf("%d were told that they succeeded, %d did", got[noFailure], len(keys))
		}
	})
}
