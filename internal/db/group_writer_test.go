package db_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"testing"

	"modernc.org/sqlite"

	"github.com/rosterhq/roster/internal/db"
)

// grouped runs the writes so that they share one commit: they queue behind one that waits until all are there.
// It returns their errors, or what they panicked with as an error.
func grouped(t *testing.T, d *db.DB, writes ...func(*db.Tx) error) []error {
	t.Helper()
	begun, hold := make(chan struct{}), make(chan struct{})
	errs := make([]error, len(writes))
	var all sync.WaitGroup
	all.Go(func() {
		err := d.Transact(context.Background(), func(*db.Tx) error { close(begun); <-hold; return nil })
		if err != nil {
			t.Errorf("the first write: %v", err)
		}
	})
	<-begun
	for i, w := range writes {
		all.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					errs[i] = fmt.Errorf("panic: %v", p)
				}
			}()
			errs[i] = d.Transact(context.Background(), w)
		})
		eventually(t, "the write waits", func() bool { return d.Queued() == i+1 })
	}
	close(hold)
	all.Wait()
	return errs
}

// sixteen returns writes that insert one row each, but for the one at bad.
func sixteen(table string, bad int, instead func(*db.Tx) error) []func(*db.Tx) error {
	writes := make([]func(*db.Tx) error, 16)
	for i := range writes {
		writes[i] = func(tx *db.Tx) error {
			_, err := tx.ExecContext(context.Background(), "INSERT INTO "+table+" (name, n) VALUES ($1, $2)", fmt.Sprint(i), i)
			return err
		}
	}
	writes[bad] = instead
	return writes
}

func TestOneBadWriteDoesNotHurtThoseItSharesACommitWith(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	ctx := context.Background()
	for name, instead := range map[string]func(*db.Tx) error{
		"that fails": func(tx *db.Tx) error {
			if _, err := tx.ExecContext(ctx, "INSERT INTO scratch_g (name, n) VALUES ('bad', 1)"); err != nil {
				return err
			}
			return refused
		},
		"that panics": func(tx *db.Tx) error {
			if _, err := tx.ExecContext(ctx, "INSERT INTO scratch_g (name, n) VALUES ('bad', 1)"); err != nil {
				return err
			}
			panic(refused)
		},
		"that violates a key": func(tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO scratch_g (name, n) VALUES ('bad', 1), ('bad', 2)")
			return err
		},
		"that takes the whole transaction down": func(tx *db.Tx) error {
			if _, err := tx.ExecContext(ctx, "INSERT INTO scratch_g (name, n) VALUES ('bad', 1)"); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, "INSERT OR ROLLBACK INTO scratch_g (name, n) VALUES ('bad', 1)")
			return err
		},
		"that takes the whole transaction down and says nothing": func(tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, "ROLLBACK")
			return err
		},
		"that fills the disk": func(tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO scratch_g (name, n) VALUES ('bad' || zeroblob(8000000), 1)")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fresh(t)
			write(t, d, "CREATE TABLE scratch_g (name keytext PRIMARY KEY, n bigint NOT NULL)")
			if name == "that fills the disk" {
				write(t, d, "PRAGMA max_page_count = 200")
			}
			const bad = 7
			for i, err := range grouped(t, d, sixteen("scratch_g", bad, instead)...) {
				switch {
				case i == bad && err == nil:
					t.Error("the bad write was told that it stands")
				case i != bad && err != nil:
					t.Errorf("write %d: %v", i, err)
				}
			}
			if n := number(t, d, "SELECT count(*) FROM scratch_g"); n != 15 {
				t.Errorf("%d rows stand, not 15", n)
			}
			write(t, d, "INSERT INTO scratch_g (name, n) VALUES ('after', 1)")
		})
	}
}

// midway holds what SQL's midway(key) calls, so that a test acts while SQLite is in the middle of a statement.
var midway sync.Map

func init() {
	sqlite.MustRegisterScalarFunction("midway", 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		if act, found := midway.Load(args[0]); found {
			act.(func())()
		}
		return int64(1), nil
	})
}

func TestAWriterWhoseCallerGoesAwayInAStatementDoesNotHurtTheOthers(t *testing.T) {
	t.Parallel()
	d := fresh(t)
	write(t, d, "CREATE TABLE scratch_g (name keytext PRIMARY KEY, n bigint NOT NULL)")
	ctx, cancel := context.WithCancel(t.Context())
	const bad = 3
	gone := 0
	midway.Store(t.Name(), func() { gone++; cancel() })
	t.Cleanup(func() { midway.Delete(t.Name()) })
	errs := grouped(t, d, sixteen("scratch_g", bad, func(tx *db.Tx) error {
		if ctx.Err() != nil {
			t.Error("the caller is gone before the statement")
		}
		// The caller leaves at the first row, and much is left to do.
		_, err := tx.ExecContext(ctx, `WITH RECURSIVE c(n) AS (SELECT midway($1) UNION ALL SELECT n + 1 FROM c WHERE n < 200000)
			INSERT INTO scratch_g (name, n) SELECT 'long', count(*) FROM c`, t.Name())
		return err
	})...)
	if gone != 1 || ctx.Err() == nil {
		t.Errorf("the caller went away %d times", gone)
	}
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	for i := range 16 {
		if n := number(t, d, "SELECT count(*) FROM scratch_g WHERE name = $1", fmt.Sprint(i)); i != bad && n != 1 {
			t.Errorf("row %d stands %d times", i, n)
		}
	}
	if n := number(t, d, "SELECT n FROM scratch_g WHERE name = 'long'"); n != 200000 {
		t.Errorf("the statement counted to %d", n)
	}
}

func TestAWriteWhoseCallerLeavesTheQueueIsSkipped(t *testing.T) {
	t.Parallel()
	d := fresh(t)
	ctx, cancel := context.WithCancel(t.Context())
	begun, hold := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		if err := d.Transact(t.Context(), func(*db.Tx) error { close(begun); <-hold; return nil }); err != nil {
			t.Error(err)
		}
	})
	<-begun
	all.Go(func() {
		err := d.Transact(ctx, func(*db.Tx) error { t.Error("it ran"); return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
	})
	eventually(t, "the write waits", func() bool { return d.Queued() == 1 })
	cancel()
	close(hold)
	all.Wait()
}

func TestClosingServesWhatWaitsAndRefusesWhatComes(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/closing.db"
	d, err := db.Open(t.Context(), path, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	write(t, d, "CREATE TABLE scratch_g (name keytext PRIMARY KEY, n bigint NOT NULL)")
	begun, hold := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		if err := d.Transact(context.Background(), func(*db.Tx) error { close(begun); <-hold; return nil }); err != nil {
			t.Error(err)
		}
	})
	<-begun
	for i, w := range sixteen("scratch_g", 0, func(*db.Tx) error { return nil }) {
		all.Go(func() {
			if err := d.Transact(context.Background(), w); err != nil {
				t.Errorf("write %d: %v", i, err)
			}
		})
	}
	eventually(t, "all wait", func() bool { return d.Queued() == 16 })
	closed := make(chan error)
	go func() { closed <- d.Close() }()
	close(hold)
	all.Wait()
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if d.Transact(context.Background(), func(*db.Tx) error { return nil }) == nil {
		t.Error("a closed database took a write")
	}
	if n := number(t, open(t, path), "SELECT count(*) FROM scratch_g"); n != 15 {
		t.Errorf("%d rows stand, not 15", n)
	}
}
