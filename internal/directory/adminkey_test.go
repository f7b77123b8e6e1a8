package directory_test

import (
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

func TestAnAdminKeyIsGoodUntilItsTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		_, site := newSite(t, d)
		now := time.Date(2030, 1, 1, 12, 0, 0, 123_456_000, time.UTC)
		dir := &directory.Directory{Changes: &change.Log{DB: d, Now: func() time.Time { return now }}}
		ada := add(t, dir, site, directory.Account{PublicName: "Ada"}).ID
		valid := func(want bool) {
			t.Helper()
			if got, err := dir.AdminKeyValid(t.Context(), site, ada); err != nil || got != want {
				t.Errorf("valid %v, %v at %s", got, err, now)
			}
		}
		valid(false)
		k, err := dir.EnableAdminKey(t.Context(), site, operator, ada, time.Minute)
		if want := time.Date(2030, 1, 1, 12, 1, 0, 123_000_000, time.UTC); err != nil || !k.ExpiresAt.Equal(want) {
			t.Fatalf("%+v, %v", k, err)
		}
		valid(true)
		now = k.ExpiresAt.Add(-time.Microsecond)
		valid(true)
		again, err := dir.EnableAdminKey(t.Context(), site, operator, ada, time.Minute)
		if err != nil || !again.ExpiresAt.After(k.ExpiresAt) {
			t.Errorf("extended to %s, %v", again.ExpiresAt, err)
		}
		now = k.ExpiresAt
		valid(true)
		now = again.ExpiresAt
		valid(false)
		if _, err := dir.AdminKey(t.Context(), site, ada); kindOf(err) != failure.NotFound {
			t.Errorf("it is still there: %v", err)
		}
		if _, err := dir.EnableAdminKey(t.Context(), site, operator, ada, time.Hour); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := dir.DisableAdminKey(t.Context(), site, operator, ada); err != nil {
				t.Fatal(err)
			}
			valid(false)
		}
		recorded, err := db.All(t.Context(), d, db.Scalar[string], `SELECT operation FROM changes
			WHERE site_id = $1 AND operation LIKE 'admin-key.%' ORDER BY at, operation DESC`, site)
		if err != nil || len(recorded) != 4 || recorded[3] != "admin-key.disable" {
			t.Errorf("recorded %v, %v", recorded, err)
		}
	})
}

func TestAnAdminKeyIsGoodForAnHourAtMost(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		ada := add(t, dir, site, directory.Account{PublicName: "Ada"}).ID
		for _, life := range []time.Duration{0, -time.Minute, time.Hour + 1} {
			if _, err := dir.EnableAdminKey(t.Context(), site, operator, ada, life); kindOf(err) != failure.Invalid {
				t.Errorf("%s: %v", life, err)
			}
		}
	})
}
