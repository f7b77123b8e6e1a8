package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// fresh opens a new SQLite database.
func fresh(t *testing.T) *db.DB {
	t.Helper()
	return open(t, t.TempDir()+"/fresh.db")
}

func open(t *testing.T, url string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), url, db.Options{Throwaway: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// write runs statements in one transaction.
func write(t *testing.T, d *db.DB, statements ...string) {
	t.Helper()
	err := d.Transact(context.Background(), func(tx *db.Tx) error {
		for _, s := range statements {
			if _, err := tx.ExecContext(context.Background(), s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func number(t *testing.T, q db.Querier, query string, args ...any) int64 {
	t.Helper()
	n, _, err := db.One(context.Background(), q, db.Scalar[int64], query, args...)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// eventually waits until the answer is yes.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	late := time.After(time.Minute)
	for !done() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("it takes too long until %s", what)
		}
	}
}
