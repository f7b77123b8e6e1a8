package directory_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/mail"
)

func TestInvitationsAreFoundTheNewestFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		home, err := dir.AddGroup(t.Context(), site, operator, directory.Group{Name: "users"})
		if err == nil {
			_, err = dir.Grant(t.Context(), site, operator, home.ID, directory.Use, true)
		}
		if err != nil {
			t.Fatal(err)
		}
		invitations := directory.NewInvitations(dir, mail.NewOutbox(dir.Changes), mail.Address{Address: "roster@example.org"})
		for i := range 5 {
			err := invitations.Ask(t.Context(), site, operator, directory.Terms{CloudID: "c", SiteName: "s", Base: "https://roster.example.org", Life: time.Hour}, true, []string{fmt.Sprintf("p%d@example.org", i)})
			if err == nil {
				err = invitations.Work(t.Context())
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := dir.RevokeInvitation(t.Context(), site, operator, "p2@example.org"); err != nil {
			t.Fatal(err)
		}
		for state, want := range map[directory.InvitationState][]string{
			"": {"p4", "p3", "p2", "p1", "p0"}, directory.InvitationOpen: {"p4", "p3", "p1", "p0"}, directory.InvitationRevoked: {"p2"}, directory.InvitationExpired: nil,
		} {
			for _, limit := range []int{1, 2, 10} {
				var got []string
				for after := ""; ; {
					page, next, err := dir.FindInvitations(t.Context(), site, state, after, limit)
					if err != nil || len(page) > limit {
						t.Fatal(len(page), err)
					}
					for _, i := range page {
						got = append(got, i.Email[:2])
					}
					if after = next; after == "" {
						break
					}
				}
				if !slices.Equal(got, want) {
					t.Errorf("%q by %d: %v, not %v", state, limit, got, want)
				}
			}
		}
		if _, _, err := dir.FindInvitations(t.Context(), site, "", "x", 1); err == nil {
			t.Error("behind x is taken")
		}
	})
}
