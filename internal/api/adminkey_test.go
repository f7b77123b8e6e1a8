package api

import (
	"errors"
	"testing"
	"time"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

const adminKeyPath = "/wiki/api/v2/admin-key"

// left is how long an admin key is good still, by the wall clock.
func left(t *testing.T, k *confluence.AdminKeyResponse, err error) time.Duration {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	ends, err := time.Parse("2006-01-02T15:04:05.000Z", k.ExpirationTime)
	if err != nil || k.AccountID != accountID(admin) {
		t.Fatalf("%+v, %v", k, err)
	}
	return time.Until(ends)
}

func near(got, want time.Duration) bool { return got > want-time.Minute && got <= want }

func TestAnAdminKeyIsEnabledForUpToAnHour(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			c := s.as(admin)
			for minutes, want := range map[int]time.Duration{0: 10 * time.Minute, 1: time.Minute, 60: time.Hour} {
				if err := c.AdminKey.Disable(t.Context()); err != nil {
					t.Fatal(err)
				}
				k, err := c.AdminKey.Enable(t.Context(), minutes)
				if got := left(t, k, err); !near(got, want) {
					t.Errorf("%s, %d minutes: good for %s", f, minutes, got)
				}
				same, err := c.AdminKey.Get(t.Context())
				if err != nil || *same != *k {
					t.Errorf("%s: read %+v, %v, want %+v", f, same, err, k)
				}
				if shorter, err := c.AdminKey.Enable(t.Context(), 1); err != nil || !near(left(t, shorter, err), want) {
					t.Errorf("%s: asking again for a minute left %+v, %v", f, shorter, err)
				}
			}
			for body, want := range map[string]int{
				"": 200, " ": 200, `{}`: 200, `{"durationInMinutes":0}`: 200, `{"durationInMinutes":null}`: 200, `{"durationInMinutes":60}`: 200,
				`{"durationInMinutes":61}`: 400, `{"durationInMinutes":-1}`: 400, `{"durationInMinutes":1.5}`: 400, `{"durationInMinutes":"10"}`: 400,
				`{"durationInMinutes":1e400}`: 400, `{"durationInMinutes":9223372036854775808}`: 400, `[]`: 400, `{`: 400,
			} {
				if got := s.ask(as(admin, posts(adminKeyPath, body))); got.status != want {
					t.Errorf("%s, %s: %d, not %d %s", f, body, got.status, want, got.body)
				}
			}
		}
	})
}

func TestAnAdminKeyEndsByTheClockAndByItsOwner(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			c := s.as(admin)
			if err := c.AdminKey.Disable(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := c.AdminKey.Enable(t.Context(), 5); err != nil {
				t.Fatal(err)
			}
			s.ahead.Store(int64(6 * time.Minute))
			if _, err := c.AdminKey.Get(t.Context()); !errors.Is(err, confluence.ErrNotFound) {
				t.Errorf("%s: an old key: %v", f, err)
			}
			if _, err := c.AdminKey.Enable(t.Context(), 5); err != nil {
				t.Fatal(err)
			}
			before := s.changes("admin-key.disable", "account:"+accountID(admin))
			for range 2 {
				if err := c.AdminKey.Disable(t.Context()); err != nil {
					t.Errorf("%s: %v", f, err)
				}
			}
			if _, err := c.AdminKey.Get(t.Context()); !errors.Is(err, confluence.ErrNotFound) {
				t.Errorf("%s: a disabled key: %v", f, err)
			}
			if got := s.changes("admin-key.disable", "account:"+accountID(admin)); got != before+1 {
				t.Errorf("%s: recorded %d times", f, got-before)
			}
		}
	})
}

func TestOnlyASiteAdministratorHasToDoWithAdminKeys(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			for _, role := range []string{administrator, person, app, guest, unlicensed} {
				for _, a := range []ask{{path: adminKeyPath}, posts(adminKeyPath, ""), drops(adminKeyPath)} {
					if got := s.code(as(role, a)); got != 404 {
						t.Errorf("%s, %s by %s: %d", f, a.method, role, got)
					}
				}
				if valid, err := s.dir.AdminKeyValid(t.Context(), s.ID, accountID(role)); valid || err != nil {
					t.Errorf("%s: %s has a key: %v", f, role, err)
				}
			}
		}
	})
}
