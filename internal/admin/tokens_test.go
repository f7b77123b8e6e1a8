package admin_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/rosteradmin"
)

func TestATokenOfEachKindCallsAsItsOwnerUntilItIsRevoked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := serving(t, d, false)
		p := b.site(dbtest.Name(t))
		tokens := b.admin(p).Tokens
		service, err := tokens.Make(t.Context(), rosteradmin.NewToken{Kind: rosteradmin.Service, Label: "Nightly"})
		b.ok(err)
		if a, err := b.dir.Account(t.Context(), p.ID, service.AccountID); err != nil || a.Type != directory.App || a.DisplayName != "Nightly" {
			t.Errorf("the service account is %+v (%v)", a, err)
		}
		scopes := []string{"read:confluence-user"}
		for _, tt := range []struct {
			ask  rosteradmin.NewToken
			who  string
			kind rosteradmin.TokenKind
			life time.Duration
		}{
			{rosteradmin.NewToken{Email: "Bob@example.com"}, "bob", rosteradmin.Classic, 365 * 24 * time.Hour},
			{rosteradmin.NewToken{AccountID: "bob", Kind: rosteradmin.Classic, ExpiresIn: rosteradmin.Lifetime(90 * 24 * time.Hour)}, "bob", rosteradmin.Classic, 90 * 24 * time.Hour},
			{rosteradmin.NewToken{AccountID: "bob", Scopes: scopes, ExpiresIn: rosteradmin.Lifetime(time.Hour)}, "bob", rosteradmin.Scoped, time.Hour},
			{rosteradmin.NewToken{AccountID: "bob", Kind: rosteradmin.Scoped, Scopes: scopes, ExpiresIn: rosteradmin.Lifetime(directory.MaxTokenLife)}, "bob", rosteradmin.Scoped, 365 * 24 * time.Hour},
			{rosteradmin.NewToken{AccountID: service.AccountID, Kind: rosteradmin.Service, Scopes: scopes}, service.AccountID, rosteradmin.Scoped, 365 * 24 * time.Hour},
		} {
			made, err := tokens.Make(t.Context(), tt.ask)
			b.ok(err)
			if who := b.who(p, "Bearer "+made.Token); who != tt.who || made.AccountID != tt.who {
				t.Errorf("%+v calls as %s", tt.ask, who)
			}
			if off := time.Until(made.ExpiresAt) - tt.life; off > 0 || off < -time.Minute {
				t.Errorf("%+v is good until %v", tt.ask, made.ExpiresAt)
			}
			found := false
			for listed, err := range tokens.All(t.Context(), tt.who) {
				b.ok(err)
				found = found || listed.TokenID == made.TokenID && listed.Kind == tt.kind && listed.AccountID == tt.who && listed.RevokedAt.IsZero()
			}
			b.ok(tokens.Revoke(t.Context(), made.TokenID))
			if !found || b.who(p, "Bearer "+made.Token) != nobody {
				t.Errorf("%+v is listed: %v, or good after it was revoked", tt.ask, found)
			}
		}
		if b.who(p, "Bearer "+service.Token) != service.AccountID {
			t.Error("the service token is not good")
		}
	})
}

func TestALifetimeIsADurationOrSeconds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		`90`: 90 * time.Second, `"90s"`: 90 * time.Second, `"30m"`: 30 * time.Minute, `"12h"`: 12 * time.Hour, `"90d"`: 90 * 24 * time.Hour,
	} {
		var got rosteradmin.Lifetime
		if err := got.UnmarshalJSON([]byte(text)); err != nil || time.Duration(got) != want {
			t.Errorf("%s is %v (%v)", text, time.Duration(got), err)
		}
	}
	for life, want := range map[time.Duration]string{time.Millisecond: "1", time.Hour: "3600"} {
		if text, err := rosteradmin.Lifetime(life).MarshalJSON(); err != nil || string(text) != want {
			t.Errorf("%v is written as %s (%v)", life, text, err)
		}
	}
}

func TestTheListOfTokensIsReadAPageAtATime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := serving(t, d, false)
		p := b.site(dbtest.Name(t))
		want := map[string]bool{}
		for i := range 250 {
			made, err := b.dir.AddToken(t.Context(), p.ID, operator, "bob", directory.Token{Label: fmt.Sprint(i)}, directory.NewSecret(p.CloudID))
			b.ok(err)
			want[made.ID] = true
		}
		_, err := b.dir.AddSession(t.Context(), p.ID, p.CloudID, operator, "bob", "browser")
		b.ok(err)
		for _, tt := range []struct {
			account string
			want    int
		}{{"bob", 250}, {"", 251}, {"nobody", 0}} {
			n := 0
			for token, err := range b.admin(p).Tokens.All(t.Context(), tt.account) {
				b.ok(err)
				n++
				if tt.account == "bob" && !want[token.TokenID] {
					t.Errorf("%+v is listed", token)
				}
			}
			if n != tt.want {
				t.Errorf("%d tokens of %q are listed, not %d", n, tt.account, tt.want)
			}
		}
	})
}
