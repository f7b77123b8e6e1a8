package api

import (
	"testing"

	"github.com/rosterhq/roster/internal/avatar"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

func TestAPictureTellsNothingToWhoMaySeeNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		neutral, err := avatar.Anonymous(avatarSize)
		if err != nil {
			t.Fatal(err)
		}
		groups := newSite(t, d, with("viewProfiles", "groups"))
		open := newSite(t, d, with("viewProfiles", "groups"), with("anonymousAccess", "true"), with("anonymousProfiles", "true"))
		unviewed := newSite(t, d, with("viewProfiles", "groups"), with("anonymousAccess", "true"), observedSite)
		for _, test := range []struct {
			site  *testSite
			of    string
			by    string
			shown bool
		}{
			{groups, public, "", false},
			{groups, public, unlicensed, false},
			{groups, public, deactivated, false},
			{groups, public, person, false},
			{groups, person, unlicensed, false},
			{groups, person, person, true},
			{groups, unlicensed, unlicensed, true},
			{groups, public, colleague, true},
			{groups, public, admin, true},
			{open, public, "", true},
			{unviewed, public, "", false},
		} {
			got := test.site.get(test.by, "/wiki/aa-avatar/"+accountID(test.of))
			if got.status != 200 || (got.body != string(neutral)) != test.shown {
				t.Errorf("the picture of %s by %q: %d, shown %v", test.of, test.by, got.status, got.body != string(neutral))
			}
			if test.of == test.by {
				continue
			}
			unknown := test.site.get(test.by, "/wiki/aa-avatar/"+accountID(nobody))
			if (unknown.status == 404) != test.shown || !test.shown && (unknown.body != got.body || unknown.header.Get("ETag") != got.header.Get("ETag")) {
				t.Errorf("the picture of nobody by %q: %d", test.by, unknown.status)
			}
		}
	})
}
