package directory_test

import (
	"slices"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

// rows counts the rows of a table that a site has.
func (b *noticeBed) rows(table string) (n int) {
	b.Helper()
	n, _, err := db.One(b.Context(), b.dir.Changes.DB, db.Scalar[int], `SELECT count(*) FROM `+table+` WHERE site_id = $1`, b.site)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func (b *noticeBed) prune() int64 {
	b.Helper()
	n, err := b.dir.PruneTokens(b.Context(), b.site, b.now.Add(-24*time.Hour))
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func TestAccessTokensAndSessionsAreDeletedADayAfterTheyEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newNoticeBed(t, d)
		ada := add(t, b.dir, b.site, directory.Account{DisplayName: "Ada", Email: "ada@example.org"})
		app, _, err := b.dir.Register(t.Context(), b.site, "11111111-2222-4333-8444-555555555555", operator,
			directory.Registration{Kind: directory.OAuthApp, Name: "Engine"}, directory.AppSecrets{})
		if err != nil {
			t.Fatal(err)
		}
		hour, day := b.now.Add(time.Hour), 24*time.Hour
		access, secret := b.token(ada.ID, directory.Token{Kind: directory.Delegated, ClientID: app.ClientID, ExpiresAt: hour})
		b.token(ada.ID, directory.Token{Kind: directory.Session, ExpiresAt: hour})
		signedOut, _ := b.token(ada.ID, directory.Token{Kind: directory.Session, ExpiresAt: b.now.Add(2 * week)})
		stays, _ := b.token(ada.ID, directory.Token{Kind: directory.Session, ExpiresAt: b.now.Add(2 * week)})
		classic, _ := b.token(ada.ID, directory.Token{ExpiresAt: hour})
		old, _ := b.token(ada.ID, directory.Token{ExpiresAt: b.now.Add(2 * week)})
		for _, id := range []string{signedOut, old} {
			if _, err := b.dir.RevokeToken(t.Context(), b.site, operator, id); err != nil {
				t.Fatal(err)
			}
		}
		uses := &directory.Uses{Directory: b.dir}
		for _, id := range []string{access, stays} {
			uses.Note(b.site, id, b.now)
		}
		if err := uses.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.now = b.now.Add(day)
		if n := b.prune(); n != 0 {
			t.Fatalf("%d are deleted too early", n)
		}
		b.now = b.now.Add(time.Microsecond)
		if n := b.prune(); n != 1 {
			t.Fatalf("%d are deleted, not the session that was ended", n)
		}
		b.now = b.now.Add(time.Hour)
		if n, again := b.prune(), b.prune(); n != 2 || again != 0 {
			t.Fatalf("%d are deleted, then %d", n, again)
		}
		if b.rows("tokens") != 3 || b.rows("token_uses") != 1 {
			t.Errorf("there are %d tokens and %d uses", b.rows("tokens"), b.rows("token_uses"))
		}
		if _, found, err := b.dir.TokenBySecret(t.Context(), b.site, secret); found || err != nil {
			t.Errorf("the access token is found: %v", err)
		}
		tokens, err := b.dir.Tokens(t.Context(), b.site, ada.ID)
		if err != nil || len(tokens) != 2 || !slices.ContainsFunc(tokens, func(tk directory.Token) bool { return tk.ID == classic }) {
			t.Errorf("the API tokens are %+v (%v)", tokens, err)
		}
	})
}

// addSessions makes many sessions of an account, each of an hour.
func addSessions(b *noticeBed, a directory.Account, n int) func(*change.Tx) error {
	return func(tx *change.Tx) error {
		for range n {
			secret := directory.NewSecret("11111111-2222-4333-8444-555555555555")
			if _, err := b.dir.AddTokenIn(b.Context(), tx, a, directory.Token{Kind: directory.Session, ExpiresAt: b.now.Add(time.Hour)}, secret); err != nil {
				return err
			}
		}
		return nil
	}
}

func TestManyTokensAreDeletedInSteps(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newNoticeBed(t, d)
		ada := add(t, b.dir, b.site, directory.Account{DisplayName: "Ada", Email: "ada@example.org"})
		const many = 1200
		if err := b.dir.Changes.Write(t.Context(), b.site, operator, addSessions(b, ada, many)); err != nil {
			t.Fatal(err)
		}
		b.now = b.now.Add(48 * time.Hour)
		if n := b.prune(); n != many || b.rows("tokens") != 0 {
			t.Errorf("%d are deleted, %d stay", n, b.rows("tokens"))
		}
		steps, _, err := db.One(t.Context(), d, db.Scalar[int], `SELECT count(*) FROM changes WHERE site_id = $1 AND operation = 'token.prune'`, b.site)
		if err != nil || steps != 3 {
			t.Errorf("it took %d steps (%v)", steps, err)
		}
	})
}

func TestTokensAreCountedByWhenTheyExpire(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newNoticeBed(t, d)
		ada := add(t, b.dir, b.site, directory.Account{DisplayName: "Ada", Email: "ada@example.org"})
		day := 24 * time.Hour
		for _, life := range []time.Duration{day, 7 * day, 8 * day, 30 * day, 31 * day, 300 * day} {
			b.token(ada.ID, directory.Token{ExpiresAt: b.now.Add(life)})
		}
		b.token(ada.ID, directory.Token{Kind: directory.Session, ExpiresAt: b.now.Add(day)})
		revoked, _ := b.token(ada.ID, directory.Token{ExpiresAt: b.now.Add(day)})
		if _, err := b.dir.RevokeToken(t.Context(), b.site, operator, revoked); err != nil {
			t.Fatal(err)
		}
		for after, want := range map[time.Duration]directory.TokenExpiry{
			0: {Within7Days: 2, Within30Days: 4}, day: {Within7Days: 2, Within30Days: 4, Expired: 1}, 400 * day: {Expired: 6},
		} {
			began := b.now
			b.now = b.now.Add(after)
			if got, err := b.dir.TokenExpiry(t.Context(), b.site); err != nil || got != want {
				t.Errorf("after %v: %+v (%v)", after, got, err)
			}
			b.now = began
		}
	})
}
