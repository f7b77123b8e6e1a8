package directory_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

const password = "correct horse battery staple"

func TestAPasswordIsKnownToItsPersonOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		ada, err := dir.Add(t.Context(), site, operator, directory.Account{DisplayName: "Ada", Email: "Ada@Example.com"})
		if err != nil {
			t.Fatal(err)
		}
		set := func(text string) {
			t.Helper()
			if _, err := dir.SetPassword(t.Context(), site, operator, ada.ID, text); err != nil {
				t.Fatal(err)
			}
		}
		knows := func(email, text string) bool {
			t.Helper()
			id, ok, err := dir.CheckPassword(t.Context(), site, email, text)
			if err != nil || ok != (id == ada.ID) || !ok && id != "" {
				t.Errorf("%q %v (%v)", id, ok, err)
			}
			return ok
		}
		if knows("ada@example.com", "") {
			t.Error("signs in without a password")
		}
		set(password)
		if !knows("ADA@example.com", password) || knows("ada@example.com", password+" ") || knows("ada@example.com", strings.ToUpper(password)) || knows("grace@example.com", password) || knows("ada@example.com", "") {
			t.Error("the password is another")
		}
		set("another " + password)
		if knows("ada@example.com", password) || !knows("ada@example.com", "another "+password) {
			t.Error("the password before is still good")
		}
		other, otherSite := newSite(t, d)
		if _, ok, err := other.CheckPassword(t.Context(), otherSite, "ada@example.com", "another "+password); ok || err != nil {
			t.Errorf("on another site: %v (%v)", ok, err)
		}
		if _, err := dir.Change(t.Context(), site, operator, ada.ID, func(a *directory.Account) error { a.Status = directory.Inactive; return nil }); err != nil {
			t.Fatal(err)
		}
		if knows("ada@example.com", "another "+password) {
			t.Error("signs in though deactivated")
		}
	})
}

func TestOnlyAnActivePersonWithAnAddressHasAPassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		for _, a := range []directory.Account{
			{ID: "bot", Type: directory.App, DisplayName: "Bot"},
			{ID: "inactive", Status: directory.Inactive, DisplayName: "Inactive", Email: "inactive@example.com"},
			{ID: "nowhere", DisplayName: "Nowhere"},
			{ID: "ada", DisplayName: "Ada", Email: "ada@example.com"},
		} {
			if _, err := dir.Add(t.Context(), site, operator, a); err != nil {
				t.Fatal(err)
			}
		}
		for _, with := range [][2]string{
			{"bot", password}, {"inactive", password}, {"nowhere", password}, {"ada", "too short"}, {"ada", ""}, {"ada", "ééééééééééé"}, {"ada", strings.Repeat("\xff", 12)}, {"ada", strings.Repeat("x", 1025)},
		} {
			if _, err := dir.SetPassword(t.Context(), site, operator, with[0], with[1]); kindOf(err) != failure.Invalid {
				t.Errorf("%.30q: %v", with, err)
			}
		}
		if _, err := dir.SetPassword(t.Context(), site, operator, "nobody", password); kindOf(err) != failure.NotFound {
			t.Errorf("%v", err)
		}
		if _, err := dir.SetPassword(t.Context(), site, operator, "ada", strings.Repeat("x", 1024)); err != nil {
			t.Error(err)
		}
	})
}

func TestWhoDoesNotExistCostsASlowHashToo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		if _, err := dir.Add(t.Context(), site, operator, directory.Account{ID: "ada", DisplayName: "Ada", Email: "ada@example.com"}); err != nil {
			t.Fatal(err)
		}
		if _, err := dir.SetPassword(t.Context(), site, operator, "ada", password); err != nil {
			t.Fatal(err)
		}
		for _, email := range []string{"ada@example.com", "nobody@example.com", "not an address", ""} {
			fastest := time.Hour
			for range 3 {
				from := time.Now()
				if _, ok, err := dir.CheckPassword(t.Context(), site, email, "wrong"); ok || err != nil {
					t.Fatal(err)
				}
				fastest = min(fastest, time.Since(from))
			}
			// A busy machine only takes longer, and none hashes so fast.
			if fastest < 8*time.Millisecond {
				t.Errorf("%q takes %v", email, fastest)
			}
		}
	})
}

func TestAPasswordAndItsHashAreNotRecorded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		if _, err := dir.Add(t.Context(), site, operator, directory.Account{ID: "ada", DisplayName: "Ada", Email: "ada@example.com"}); err != nil {
			t.Fatal(err)
		}
		if _, err := dir.SetPassword(t.Context(), site, operator, "ada", password); err != nil {
			t.Fatal(err)
		}
		n, _, err := db.One(t.Context(), d, db.Scalar[int64], `SELECT count(*) FROM changes WHERE site_id = $1 AND operation = 'password.set' AND target = 'account:ada'`, site)
		if err != nil || n != 1 {
			t.Errorf("%d records (%v)", n, err)
		}
		n, _, err = db.One(t.Context(), d, db.Scalar[int64], `SELECT count(*) FROM changes WHERE site_id = $1 AND (detail LIKE '%argon%' OR detail LIKE '%correct horse%')`, site)
		if err != nil || n != 0 {
			t.Errorf("%d records tell of it (%v)", n, err)
		}
	})
}
