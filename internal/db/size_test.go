package db_test

import (
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

func TestADatabaseTellsItsSizeAndSchema(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, err := d.Size(t.Context())
		if err != nil || s.Bytes < 10_000 || s.Known == 0 || s.Schema != s.Known {
			t.Errorf("%+v, %v", s, err)
		}
	})
}
