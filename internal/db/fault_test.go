package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

func TestAViolatedKeyIsAConflict(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		table := scratch(t, d, "a")
		write(t, d, "CREATE UNIQUE INDEX "+table+"_n ON "+table+" (n)")
		for statement, conflict := range map[string]bool{
			"INSERT INTO " + table + " (name, n) VALUES ('a', 5)":    true,
			"INSERT INTO " + table + " (name, n) VALUES ('b', 0)":    true,
			"INSERT INTO " + table + " (name, n) VALUES ('c', NULL)": false,
			"INSERT INTO nowhere (name) VALUES ('a')":                false,
			"not SQL at all": false,
		} {
			err := d.Aside(t.Context(), statement)
			if err == nil || db.IsConflict(fmt.Errorf("wrapped: %w", err)) != conflict {
				t.Errorf("%s: is the error %v a conflict? want %v", statement, err, conflict)
			}
			if db.IsUnavailable(err) {
				t.Errorf("%s: the database is said to be out of reach: %v", statement, err)
			}
		}
	})
}

func TestADatabaseOutOfReachIsUnavailable(t *testing.T) {
	t.Parallel()
	timeout := &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}
	for _, err := range []error{
		db.ErrCommitUnknown,
		fmt.Errorf("read: %w", timeout),
		fmt.Errorf("read: %w", io.ErrUnexpectedEOF),
		errors.Join(errors.New("receive message failed"), io.EOF),
	} {
		if !db.IsUnavailable(err) {
			t.Errorf("%v is not unavailable", err)
		}
	}
	for _, err := range []error{nil, errors.New("other"), context.Canceled, context.DeadlineExceeded} {
		if db.IsUnavailable(err) || db.IsConflict(err) {
			t.Errorf("%v is unavailable or a conflict", err)
		}
	}
}

// The server takes its connection away, as it does when it is restarted.
func TestATerminatedConnectionIsUnavailableAndTheNextOneWorks(t *testing.T) {
	t.Parallel()
	d := open(t, newSchema(t))
	err := d.Transact(t.Context(), func(tx *db.Tx) error {
		_, err := tx.ExecContext(t.Context(), "SELECT pg_terminate_backend(pg_backend_pid())")
		return err
	})
	if err == nil || !db.IsUnavailable(err) {
		t.Errorf("the error is %v", err)
	}
	if n := number(t, d, "SELECT 1"); n != 1 {
		t.Errorf("n is %d", n)
	}
}

// It is a database that is renamed or dropped, or lets its role in no more, while the program runs.
func TestADatabaseThatLetsNobodyInIsUnavailable(t *testing.T) {
	t.Parallel()
	address, err := url.Parse(dbtest.PostgresURL(t))
	if err != nil {
		t.Fatal(err)
	}
	address.Path = "/nowhere"
	d, err := sql.Open("pgx", address.String())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.PingContext(t.Context()); err == nil || !db.IsUnavailable(err) {
		t.Errorf("the error is %v", err)
	}
}

func TestAFullDiskIsUnavailableAndReadsGoOn(t *testing.T) {
	t.Parallel()
	d := fresh(t)
	write(t, d, "CREATE TABLE scratch_g (name keytext PRIMARY KEY, n bigint NOT NULL)", "PRAGMA max_page_count = 200")
	err := d.Transact(t.Context(), func(tx *db.Tx) error {
		_, err := tx.ExecContext(t.Context(), "INSERT INTO scratch_g (name, n) VALUES (hex(zeroblob(8000000)), 1)")
		return err
	})
	if err == nil || !db.IsUnavailable(err) {
		t.Errorf("the error is %v", err)
	}
	if n := number(t, d, "SELECT count(*) FROM scratch_g"); n != 0 {
		t.Errorf("%d rows stand", n)
	}
	write(t, d, "INSERT INTO scratch_g (name, n) VALUES ('small', 1)")
}
