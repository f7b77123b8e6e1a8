package oauth_test

import (
	"slices"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/oauth"
)

func TestAnAppThatWasLetInTwiceIsShutOutAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d, dbtest.Name(t))
		one, two := b.registered(), b.registered()
		access, _ := b.tokens(one, "scope", readUser)
		again, _ := b.tokens(one, "scope", readGroups)
		other, _ := b.tokens(two, "scope", readUser)
		allowed := func() []oauth.Allowed {
			all, err := b.server.Allowed(t.Context(), b.site.ID, b.ada.ID)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		all := allowed()
		if len(all) != 2 || all[0].ClientID != one.ClientID || all[1].ClientID != two.ClientID || !slices.Equal(all[0].Scopes, []string{readGroups, readUser}) || all[0].Last.Before(all[0].Since) {
			t.Fatalf("%+v", all)
		}
		for _, want := range []bool{true, false} {
			if was, err := b.server.Disallow(t.Context(), b.site.ID, b.by(b.ada), b.ada.ID, one.ClientID); err != nil || was != want {
				t.Errorf("%v (%v)", was, err)
			}
		}
		if all := allowed(); len(all) != 1 || all[0].ClientID != two.ClientID {
			t.Errorf("%+v", all)
		}
		for token, want := range map[string]int{access: 401, again: 401, other: 200} {
			if got := b.calls(token); got != want {
				t.Errorf("%d, want %d", got, want)
			}
		}
	})
}

func TestWhatPeopleAllowAnAppComesInPagesTheNewestFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d, dbtest.Name(t))
		app, other := b.registered(), b.registered()
		for range 5 {
			b.tokens(app, "scope", readUser)
		}
		b.tokens(other, "scope", readUser)
		all, err := b.server.Grants(t.Context(), b.site.ID, b.ada.ID)
		if err != nil || len(all) != 6 {
			t.Fatal(all, err)
		}
		if err := b.server.RevokeGrant(t.Context(), b.site.ID, b.by(b.ada), all[2].ID); err != nil {
			t.Fatal(err)
		}
		want := []string{all[4].ID, all[3].ID, all[1].ID, all[0].ID}
		for limit := 1; limit <= 5; limit++ {
			var got []string
			for after, more := "", true; more; more = after != "" {
				page, next, err := b.server.GrantsTo(t.Context(), b.site.ID, app.ClientID, after, limit)
				if err != nil || len(page) > limit {
					t.Fatal(page, err)
				}
				for _, g := range page {
					got = append(got, g.ID)
				}
				after = next
			}
			if !slices.Equal(got, want) {
				t.Errorf("in pages of %d: %v, not %v", limit, got, want)
			}
		}
	})
}
