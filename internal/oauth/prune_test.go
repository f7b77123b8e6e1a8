package oauth_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/oauth"
)

func (b *bed) prune() int64 {
	b.Helper()
	n, err := oauth.Prune(b.Context(), b.dir.Changes, b.site.ID, b.dir.Changes.Now().Add(-24*time.Hour))
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func (b *bed) rows(table string) (n int) {
	b.Helper()
	n, _, err := db.One(b.Context(), b.dir.Changes.DB, db.Scalar[int], `SELECT count(*) FROM `+table+` WHERE site_id = $1`, b.site.ID)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func TestWhatEndedIsDeletedADayLaterAndWhatStandsStays(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		_, refresh := b.tokens(c)
		b.tokens(c, "state", "another")
		b.pass(24 * time.Hour)
		if n := b.prune(); n != 0 {
			t.Fatalf("%d are deleted too early", n)
		}
		b.pass(time.Hour)
		if n := b.prune(); n != 2 || b.rows("authorization_codes") != 0 || b.rows("grants") != 2 || b.rows("refresh_tokens") != 2 {
			t.Fatalf("%d are deleted, not the codes alone", n)
		}
		next := b.refresh(c, refresh)
		if next.status != http.StatusOK {
			t.Fatalf("the grant is no good any more: %d %s", next.status, next.text)
		}
		grants, err := b.server.Grants(t.Context(), b.site.ID, b.ada.ID)
		if err != nil || len(grants) != 2 {
			t.Fatal(grants, err)
		}
		if err := b.server.RevokeGrant(t.Context(), b.site.ID, operator, grants[1].ID); err != nil {
			t.Fatal(err)
		}
		b.pass(25 * time.Hour)
		if n := b.prune(); n != 1 || b.rows("grants") != 1 || b.rows("refresh_tokens") != 2 {
			t.Errorf("%d are deleted, not the grant that was revoked with what was its own", n)
		}
		if a := b.refresh(c, next.get("refresh_token")); a.status != http.StatusOK {
			t.Errorf("the other grant is no good any more: %d %s", a.status, a.text)
		}
		b.pass(200 * 24 * time.Hour)
		if n := b.prune(); n != 3 || b.rows("refresh_tokens") != 0 {
			t.Errorf("%d are deleted, not the refresh tokens", n)
		}
		b.refused("an expired token that is forgotten", b.refresh(c, refresh), http.StatusForbidden, "invalid_grant")
		if n := b.prune(); n != 0 {
			t.Errorf("%d are deleted again", n)
		}
	})
}
