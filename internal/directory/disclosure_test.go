package directory_test

import (
	"context"
	"slices"
	"testing"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// recorded returns the targets of a site's records of an operation, in their order.
func recorded(t *testing.T, d *db.DB, site int64, operation string) []string {
	t.Helper()
	all, err := db.All(t.Context(), d, db.Scalar[string], `SELECT target FROM changes WHERE site_id = $1 AND operation = $2 ORDER BY change_id, item`, site, operation)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryDisclosureOfAnAddressIsRecorded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		hidden := directory.EveryField(directory.OnlyMe)
		add(t, dir, site, directory.Account{ID: "ada", DisplayName: "Ada", Email: "Ada@example.com", Visibility: hidden})
		add(t, dir, site, directory.Account{ID: "bob", DisplayName: "Bob", Email: "bob@example.com", Status: directory.Inactive})
		add(t, dir, site, directory.Account{ID: "eve", DisplayName: "Eve", Email: "eve@example.com", Status: directory.Closed})
		add(t, dir, site, directory.Account{ID: "bare", DisplayName: "Bare"})
		got, err := dir.PrivacyUnsafeEmails(t.Context(), site, change.Actor{AccountID: "app", Via: change.API}, []string{"bob", "nobody", "ada", "eve", "bare", "ada", "' OR 1=1"})
		want := []directory.Address{{AccountID: "bob", Email: "bob@example.com"}, {AccountID: "ada", Email: "Ada@example.com"}}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%v (%v)", got, err)
		}
		if targets := recorded(t, d, site, "account.email.disclose"); !slices.Equal(targets, []string{"account:bob", "account:ada"}) {
			t.Errorf("recorded: %v", targets)
		}
		if got, err := dir.PrivacyUnsafeEmails(t.Context(), site, operator, nil); err != nil || len(got) != 0 {
			t.Errorf("%v (%v)", got, err)
		}
	})
}

func TestWhatCannotBeRecordedIsNotDisclosed(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url, db.Options{Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		dir, site := newSite(t, d)
		add(t, dir, site, directory.Account{ID: "ada", DisplayName: "Ada", Email: "ada@example.com"})
		if err := d.Aside(t.Context(), `ALTER TABLE changes RENAME TO elsewhere`); err != nil {
			t.Fatal(err)
		}
		if got, err := dir.PrivacyUnsafeEmails(t.Context(), site, operator, []string{"ada"}); len(got) != 0 || kind(err) != failure.Unavailable {
			t.Errorf("disclosed %v (%v)", got, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if got, err := dir.PrivacyUnsafeEmails(ctx, site, operator, []string{"ada"}); len(got) != 0 || err == nil {
			t.Errorf("disclosed %v (%v)", got, err)
		}
	})
}

func TestAccessIsToldInTheOrderAndSpellingOfTheAddresses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		g := addGroup(t, dir, site, "users")
		if _, err := dir.Grant(t.Context(), site, operator, g.ID, directory.Use, true); err != nil {
			t.Fatal(err)
		}
		add(t, dir, site, directory.Account{DisplayName: "Ada", Email: "ada@example.com"}, g.ID)
		add(t, dir, site, directory.Account{DisplayName: "Bob", Email: "bob@example.com", Status: directory.Inactive}, g.ID)
		add(t, dir, site, directory.Account{DisplayName: "Outside", Email: "out@example.com"})
		got, err := dir.CheckAccess(t.Context(), site, operator, []string{
			"nobody@example.com", "x@", "ADA@Example.com", "bob@example.com", "ada@example.com", "out@example.com", "x@", "a@b.example, c@d.example", "NOBODY@example.com", "", "\x00",
		})
		if err != nil || !slices.Equal(got.With, []string{"ADA@Example.com"}) ||
			!slices.Equal(got.Without, []string{"nobody@example.com", "bob@example.com", "out@example.com"}) ||
			!slices.Equal(got.Invalid, []string{"x@", "a@b.example, c@d.example", "", "\x00"}) {
			t.Errorf("%+v (%v)", got, err)
		}
		if targets := recorded(t, d, site, "access.check"); len(targets) != 1 {
			t.Errorf("recorded: %v", targets)
		}
		if got, err := dir.CheckAccess(t.Context(), site, operator, nil); err != nil || got.With == nil || got.Without == nil || got.Invalid == nil {
			t.Errorf("%+v (%v)", got, err)
		}
	})
}

func TestAPictureIsSeenByWhomItsOwnerLets(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		a := add(t, dir, site, directory.Account{DisplayName: "Ada"})
		seenBy := func(v directory.Viewer) string {
			profiles, err := dir.Profiles(t.Context(), site, v, a.ID)
			if err != nil || len(profiles) != 1 {
				t.Fatal(profiles, err)
			}
			png, err := dir.PicturePNG(t.Context(), site, profiles[0])
			if err != nil {
				t.Fatal(err)
			}
			return string(png)
		}
		member, stranger := directory.Viewer{Member: true}, directory.Viewer{}
		for _, png := range []string{"first", "second"} {
			if err := dir.SetPicture(t.Context(), site, operator, a.ID, []byte(png)); err != nil {
				t.Fatal(err)
			}
			if seenBy(member) != png || seenBy(stranger) != "" {
				t.Errorf("a member sees %q, a stranger %q", seenBy(member), seenBy(stranger))
			}
		}
		if err := dir.SetPicture(t.Context(), site, operator, a.ID, nil); err != nil || seenBy(member) != "" {
			t.Errorf("it is still there (%v)", err)
		}
		if n, _, err := db.One(t.Context(), d, db.Scalar[int64], `SELECT count(*) FROM pictures WHERE site_id = $1`, site); err != nil || n != 0 {
			t.Errorf("%d pictures (%v)", n, err)
		}
		if err := dir.SetPicture(t.Context(), site, operator, "nobody", nil); kind(err) != failure.NotFound {
			t.Error(err)
		}
	})
}
