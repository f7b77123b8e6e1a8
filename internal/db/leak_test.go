package db_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/rosterhq/roster/internal/db"
)

// Not parallel: goroutines of other tests would count.
func TestAClosedDatabaseLeavesNothingRunning(t *testing.T) {
	for name, url := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return t.TempDir() + "/leak.db" },
		"postgres": newSchema,
	} {
		t.Run(name, func(t *testing.T) {
			address := url(t)
			before := goleak.IgnoreCurrent()
			d, err := db.Open(t.Context(), address, db.Options{})
			if err != nil {
				t.Fatal(err)
			}
			write(t, d, "CREATE TABLE scratch_l (n bigint NOT NULL)")
			number(t, d, "SELECT count(*) FROM scratch_l")
			if err := d.Close(); err != nil {
				t.Error(err)
			}
			goleak.VerifyNone(t, before)
		})
	}
}
