package db_test

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/failure"
)

const steps = `SELECT count(*) FROM schema_steps`

func TestTheStepsOfTheSchemaAreNumberedWithoutGapOrDuplicate(t *testing.T) {
	t.Parallel()
	files, err := db.MigrationFiles()
	if err != nil || len(files) == 0 {
		t.Fatalf("%d steps, %v", len(files), err)
	}
	for i, file := range files {
		form := fmt.Sprintf(`^migrations/%04d_[a-z][a-z_]*\.sql$`, i+1)
		if !regexp.MustCompile(form).MatchString(file) {
			t.Errorf("step %d is %s, which is not like %s", i+1, file, form)
		}
	}
}

func TestOpeningTwiceMigratesOnce(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		first := open(t, url)
		taken := number(t, first, steps)
		at := number(t, first, `SELECT max(taken_at) FROM schema_steps`)
		second := open(t, url)
		if n := number(t, second, steps); n != taken || n == 0 {
			t.Errorf("%d steps, then %d", taken, n)
		}
		if again := number(t, second, `SELECT max(taken_at) FROM schema_steps`); again != at {
			t.Error("a step was taken again")
		}
	})
}

func TestAnOlderSchemaIsBroughtUpToDateByManyAtOnce(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		if err := db.OpenAsOf(t.Context(), url, 1); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				d, err := db.Open(t.Context(), url, db.Options{})
				if err != nil {
					t.Error(err)
					return
				}
				defer d.Close()
				if err := d.Ready(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	})
}

func TestANewerSchemaIsRefusedAndLeftAsItIs(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d := open(t, url)
		known := number(t, d, steps)
		if err := db.PretendNewer(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		if text := refusedToOpen(t, url); !strings.Contains(text, "newer Roster") {
			t.Error(text)
		}
		if kind, _ := failure.Of(d.Ready(t.Context())); kind != failure.Unavailable {
			t.Errorf("a program that is too old is ready: %v", kind)
		}
		if n := number(t, d, steps); n != known+1 {
			t.Errorf("%d steps", n)
		}
	})
}

func TestAnotherProgramsDatabaseIsRefusedAndLeftAsItIs(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d := open(t, url)
		write(t, d, `ALTER TABLE schema_steps RENAME TO invoices`)
		if text := refusedToOpen(t, url); !strings.Contains(text, "another program's tables") {
			t.Error(text)
		}
		if n := number(t, d, `SELECT count(*) FROM invoices`); n == 0 {
			t.Error("the other program's table was emptied")
		}
	})
}

func TestASchemaThatDisappearsIsNotReady(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d := open(t, url)
		if err := d.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		write(t, d, `DROP TABLE schema_steps`)
		if d.Ready(t.Context()) == nil {
			t.Error("it is still ready")
		}
	})
}

func TestAListOfAnyLengthFitsIntoAQuery(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		table := scratch(t, d, "a", "b", "c", "d")
		for values, want := range map[string]int64{"": 0, "a": 1, "a b": 2, "a b c": 3, "a b c d": 4, "a a a": 1, "x y z": 0, "a x b y c": 3} {
			list, args := db.In(strings.Fields(values), any("d"))
			if n := number(t, d, "SELECT count(*) FROM "+table+" WHERE (name <> $1 OR name = 'd') AND name IN ("+list+")", args...); n != want {
				t.Errorf("%q finds %d, want %d (%s)", values, n, want, list)
			}
		}
	})
}

func TestListsOfLikeLengthShareAStatement(t *testing.T) {
	t.Parallel()
	for length, want := range map[int]string{0: "NULL", 1: "$2", 2: "$2,$3", 3: "$2,$3,$4,$5", 4: "$2,$3,$4,$5"} {
		list, args := db.In(make([]string, length), any("site"))
		if list != want || len(args) != 1+strings.Count(list, "$") {
			t.Errorf("%d values give %s and %d arguments", length, list, len(args))
		}
	}
}
