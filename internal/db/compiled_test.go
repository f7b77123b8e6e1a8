package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

func TestManyStatementsByManyReadersAnswerAsOneWould(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url, db.Options{Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		write(t, d, "CREATE TABLE scratch_c (n bigint NOT NULL)", "INSERT INTO scratch_c (n) VALUES (7)")
		var all sync.WaitGroup
		for reader := range 4 {
			all.Go(func() {
				for i := range 300 { // more than are kept
					want := int64(i)
					n, found, err := db.One(context.Background(), d, db.Scalar[int64], fmt.Sprintf("SELECT n + %d - $1 FROM scratch_c", want), 7-reader)
					if err != nil || !found || n != want+int64(reader) {
						t.Errorf("%d of reader %d is %d, %v, %v", want, reader, n, found, err)
						return
					}
				}
			})
		}
		all.Wait()
	})
}

func TestAWriterAsksMoreStatementsThanItKeeps(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url, db.Options{Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		write(t, d, "CREATE TABLE scratch_e (n bigint NOT NULL)", "INSERT INTO scratch_e (n) VALUES (0)")
		for round := range 2 {
			err := d.Transact(context.Background(), func(tx *db.Tx) error {
				for i := range 300 {
					if _, err := tx.ExecContext(context.Background(), fmt.Sprintf("UPDATE scratch_e SET n = n + $1 - %d", i), i+1); err != nil {
						return err
					}
					if n := number(t, tx, "SELECT n FROM scratch_e"); n != int64(round*300+i+1) {
						return fmt.Errorf("after %d it is %d", i, n)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestAKeptStatementSeesWhatIsCommittedAndANewSchema(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url, db.Options{Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		write(t, d, "CREATE TABLE scratch_d (n bigint NOT NULL)")
		for want := range int64(3) {
			if n := number(t, d, "SELECT count(*) FROM scratch_d"); n != want {
				t.Errorf("there are %d, not %d", n, want)
			}
			write(t, d, "INSERT INTO scratch_d (n) VALUES (1)", fmt.Sprintf("ALTER TABLE scratch_d ADD COLUMN more%d bigint", want))
		}
		if _, _, err := db.One(t.Context(), d, db.Scalar[int64], "SELECT n FROM scratch_no_such"); err == nil {
			t.Error("a table that is not there is read")
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, _, err := db.One(gone, d, db.Scalar[int64], "SELECT count(*) FROM scratch_d"); !errors.Is(err, context.Canceled) {
			t.Errorf("who has given up gets %v", err)
		}
	})
}
