package directory_test

import (
	"slices"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

func TestTokensThatExpireSoonAreListedInThatOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		now := noon
		dir.Changes.Now = func() time.Time { return now }
		make := func(account, label string, days int, scopes ...string) directory.Token {
			made, err := dir.AddToken(t.Context(), site, operator, account,
				directory.Token{Label: label, Scopes: scopes, ExpiresAt: noon.Add(time.Duration(days) * 24 * time.Hour)}, directory.NewSecret(""))
			if err != nil {
				t.Fatal(err)
			}
			return made
		}
		add(t, dir, site, directory.Account{ID: "ada", PublicName: "Ada"})
		add(t, dir, site, directory.Account{ID: "eve", PublicName: "Eve"})
		make("ada", "third", 5)
		make("ada", "late", 40)
		make("eve", "second", 4, "read:confluence-user")
		make("eve", "first", 3)
		make("ada", "third too", 5)
		make("ada", "past", 1)
		if _, err := dir.RevokeToken(t.Context(), site, operator, make("ada", "revoked", 4).ID); err != nil {
			t.Fatal(err)
		}
		now = noon.Add(48 * time.Hour)
		for _, tt := range []struct {
			account string
			want    []string
		}{
			{"", []string{"first", "second", "third", "third too"}},
			{"ada", []string{"third", "third too"}},
			{"nobody", nil},
		} {
			for _, limit := range []int{1, 2, 3, 200} {
				var got []string
				for after := ""; ; {
					page, next, err := dir.TokensExpiring(t.Context(), site, tt.account, noon.Add(14*24*time.Hour), after, limit)
					if err != nil || len(page) > limit {
						t.Fatalf("%d tokens (%v)", len(page), err)
					}
					for _, token := range page {
						got = append(got, token.Label)
					}
					if after = next; next == "" {
						break
					}
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("of %q, %d a page: %v, not %v", tt.account, limit, got, tt.want)
				}
			}
		}
		for _, after := range []string{"x", "1.", "-1.00000000-0000-0000-0000-000000000000", "1.00000000-0000-0000-0000-00000000000x"} {
			if _, _, err := dir.TokensExpiring(t.Context(), site, "", noon, after, 1); err == nil {
				t.Errorf("behind %q comes something", after)
			}
		}
	})
}
