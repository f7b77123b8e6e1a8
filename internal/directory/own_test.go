package directory_test

import (
	"slices"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

func TestAnAccountsTokensAreListedTheNewestFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		noon := time.Now().UTC().Truncate(time.Second)
		now := noon
		dir.Changes.Now = func() time.Time { return now }
		add(t, dir, site, directory.Account{ID: "ada", PublicName: "Ada"})
		add(t, dir, site, directory.Account{ID: "eve", PublicName: "Eve"})
		var want []string
		for _, label := range []string{"first", "past", "second", "revoked", "third"} {
			life := 48 * time.Hour
			if label == "past" {
				life = time.Hour
			}
			made, err := dir.AddToken(t.Context(), site, operator, "ada", directory.Token{Label: label, ExpiresAt: noon.Add(life)}, directory.NewSecret(""))
			if err == nil && label == "revoked" {
				_, err = dir.RevokeToken(t.Context(), site, operator, made.ID)
			} else {
				want = append(want, label)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		slices.Reverse(want)
		if _, err := dir.AddSession(t.Context(), site, "", operator, "ada", "browser"); err != nil {
			t.Fatal(err)
		}
		if _, err := dir.AddToken(t.Context(), site, operator, "eve", directory.Token{Label: "eve's"}, directory.NewSecret("")); err != nil {
			t.Fatal(err)
		}
		now = noon.Add(2 * time.Hour)
		for _, limit := range []int{1, 2, 3, 100} {
			var got []string
			for before := ""; ; {
				page, next, err := dir.TokensOf(t.Context(), site, "ada", before, limit)
				if err != nil || len(page) > limit {
					t.Fatalf("%d tokens (%v)", len(page), err)
				}
				for _, token := range page {
					got = append(got, token.Label)
				}
				if before = next; next == "" {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%d a page: %q, want %q", limit, got, want)
			}
		}
		for _, odd := range []string{"\x00", "\xff"} {
			if page, _, err := dir.TokensOf(t.Context(), site, "ada", odd, 10); err != nil || len(page) != 0 {
				t.Errorf("%q: %v (%v)", odd, page, err)
			}
			if _, found, err := dir.TokenByID(t.Context(), site, odd); err != nil || found {
				t.Errorf("%q: %v (%v)", odd, found, err)
			}
		}
	})
}

func TestAllSessionsButOneEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		for _, id := range []string{"ada", "eve"} {
			add(t, dir, site, directory.Account{ID: id, PublicName: id})
		}
		for _, id := range []string{"ada", "ada", "ada", "eve"} {
			if _, err := dir.AddSession(t.Context(), site, "", operator, id, "browser"); err != nil {
				t.Fatal(err)
			}
		}
		sessions := func(id string) []directory.Token {
			all, err := dir.Sessions(t.Context(), site, id)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		kept := sessions("ada")[1].ID
		for _, want := range []int64{2, 0} {
			if n, err := dir.EndOtherSessions(t.Context(), site, operator, "ada", kept); err != nil || n != want {
				t.Errorf("%d sessions ended, not %d (%v)", n, want, err)
			}
		}
		if left := sessions("ada"); len(left) != 1 || left[0].ID != kept || len(sessions("eve")) != 1 {
			t.Errorf("%+v", left)
		}
	})
}

func TestWhoHasAPasswordIsKnown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		add(t, dir, site, directory.Account{ID: "ada", PublicName: "Ada", Email: "ada@example.com"})
		if has, err := dir.HasPassword(t.Context(), site, "ada"); has || err != nil {
			t.Errorf("%v (%v)", has, err)
		}
		if _, err := dir.SetPassword(t.Context(), site, operator, "ada", "correct horse battery staple"); err != nil {
			t.Fatal(err)
		}
		if has, err := dir.HasPassword(t.Context(), site, "ada"); !has || err != nil {
			t.Errorf("%v (%v)", has, err)
		}
	})
}
