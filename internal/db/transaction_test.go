package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

var tables atomic.Int64

// scratch makes a table of counters for one test.
func scratch(t *testing.T, d *db.DB, counters ...string) string {
	t.Helper()
	name := fmt.Sprintf("scratch_%d", tables.Add(1))
	write(t, d, "CREATE TABLE "+name+" (name keytext PRIMARY KEY, n bigint NOT NULL)")
	for _, c := range counters {
		write(t, d, "INSERT INTO "+name+" (name, n) VALUES ('"+c+"', 0)")
	}
	return name
}

func TestConcurrentTransactionsLoseNoUpdate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		table := scratch(t, d, "a")
		const workers, each = 8, 50
		var all sync.WaitGroup
		for range workers {
			all.Go(func() {
				for done := 0; done < each; {
					err := d.Transact(t.Context(), func(tx *db.Tx) error {
						n, _, err := db.One(t.Context(), tx, db.Scalar[int64], "SELECT n FROM "+table+" WHERE name = 'a'")
						if err != nil {
							return err
						}
						_, err = tx.ExecContext(t.Context(), "UPDATE "+table+" SET n = $1 WHERE name = 'a'", n+1)
						return err
					})
					switch {
					case err == nil:
						done++
					case !strings.Contains(err.Error(), "Too many changes at once"):
						t.Error(err)
						return
					}
				}
			})
		}
		all.Wait()
		if n := number(t, d, "SELECT n FROM "+table); n != workers*each {
			t.Errorf("%d of %d increments stand", n, workers*each)
		}
	})
}

// What the batch reads is written by a short transaction long before it ends, and the other way round: side by side it
// would lose every time.
func TestABatchAmongShortTransactionsComesToItsEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		table := scratch(t, d, "batch", "short")
		update := func(tx *db.Tx, name string) error {
			_, err := tx.ExecContext(t.Context(), "UPDATE "+table+" SET n = n + 1 WHERE name = '"+name+"'")
			return err
		}
		sum := func(tx *db.Tx) error {
			_, _, err := db.One(t.Context(), tx, db.Scalar[int64], "SELECT sum(n) FROM "+table)
			return err
		}
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		defer all.Wait()
		defer cancel()
		for range 4 {
			all.Go(func() {
				for ctx.Err() == nil {
					err := d.Transact(ctx, func(tx *db.Tx) error { return errors.Join(sum(tx), update(tx, "short")) })
					if err != nil && ctx.Err() == nil && !strings.Contains(err.Error(), "Too many changes at once") {
						t.Error(err)
						return
					}
				}
			})
		}
		err := d.Transact(t.Context(), func(tx *db.Tx) error {
			for range 40 {
				if err := sum(tx); err != nil {
					return err
				}
			}
			return update(tx, "batch")
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// Two transactions that each read what the other writes: at PostgreSQL's default isolation both would commit.
func TestWriteSkewIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for round := range 20 {
			table := scratch(t, d)
			write(t, d, "INSERT INTO "+table+" (name, n) VALUES ('ada', 1), ('root', 1)")
			var both sync.WaitGroup
			for _, name := range []string{"ada", "root"} {
				both.Go(func() {
					err := d.Transact(t.Context(), func(tx *db.Tx) error {
						left, _, err := db.One(t.Context(), tx, db.Scalar[int64], "SELECT sum(n) FROM "+table)
						if err != nil || left < 2 {
							return err // one administrator stays
						}
						_, err = tx.ExecContext(t.Context(), "UPDATE "+table+" SET n = 0 WHERE name = $1", name)
						return err
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			both.Wait()
			if n := number(t, d, "SELECT sum(n) FROM "+table); n != 1 {
				t.Fatalf("round %d: %d administrators stay", round, n)
			}
		}
	})
}

func TestAFailedTransactionLeavesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		table := scratch(t, d, "a")
		refused := errors.New("refused")
		err := d.Transact(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.ExecContext(t.Context(), "UPDATE "+table+" SET n = 7"); err != nil {
				return err
			}
			if !tx.Wrote() {
				t.Error("the transaction does not know that it wrote")
			}
			return refused
		})
		if !errors.Is(err, refused) {
			t.Errorf("the error is %v", err)
		}
		if n := number(t, d, "SELECT n FROM "+table); n != 0 {
			t.Errorf("n is %d", n)
		}
	})
}

func TestAPanicReachesItsCallerAndLeavesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		table := scratch(t, d, "a")
		func() {
			defer func() {
				if p := recover(); p != "boom" {
					t.Errorf("the panic is %v", p)
				}
			}()
			d.Transact(t.Context(), func(tx *db.Tx) error {
				if _, err := tx.ExecContext(t.Context(), "UPDATE "+table+" SET n = 7"); err != nil {
					return err
				}
				panic("boom")
			})
			t.Error("there was no panic")
		}()
		write(t, d, "UPDATE "+table+" SET n = n + 1")
		if n := number(t, d, "SELECT n FROM "+table); n != 1 {
			t.Errorf("n is %d", n)
		}
	})
}

func TestACallerWhoIsGoneBeforeTheStartWritesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := d.Transact(ctx, func(*db.Tx) error { t.Error("it ran"); return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
	})
}

func TestACallerWhoGoesAwayInTheMiddleCannotStopTheTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		table := scratch(t, d, "a")
		ctx, cancel := context.WithCancel(t.Context())
		err := d.Transact(ctx, func(tx *db.Tx) error {
			cancel()
			if n := number(t, tx, "SELECT n FROM "+table); n != 0 {
				t.Errorf("n is %d", n)
			}
			_, err := tx.ExecContext(ctx, "UPDATE "+table+" SET n = 1")
			return err
		})
		if err != nil {
			t.Errorf("the transaction failed: %v", err)
		}
		if n := number(t, d, "SELECT n FROM "+table); n != 1 {
			t.Errorf("n is %d", n)
		}
	})
}

func TestAsideWritesByItself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		table := scratch(t, d)
		const upsert = " (name, n) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET n = excluded.n"
		for n := range 3 {
			if err := d.Aside(t.Context(), "INSERT INTO "+table+upsert, "a", n); err != nil {
				t.Fatal(err)
			}
		}
		if n := number(t, d, "SELECT n FROM "+table); n != 2 {
			t.Errorf("n is %d", n)
		}
		if d.Aside(t.Context(), "INSERT INTO no_such_table"+upsert, "a", 1) == nil {
			t.Error("a statement that cannot run did not fail")
		}
	})
}

func TestReadersOfSQLiteCannotWrite(t *testing.T) {
	t.Parallel()
	d := fresh(t)
	if _, err := db.All(t.Context(), d, db.Scalar[int], "INSERT INTO site_epochs (site_id, epoch) VALUES (1, 1) RETURNING 1"); err == nil {
		t.Error("a reader wrote")
	}
}
