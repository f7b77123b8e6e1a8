package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

// token makes an API token of an account that is good for so long.
func (b *bed) token(account, label string, life time.Duration) directory.Token {
	b.t.Helper()
	t, err := b.people.AddToken(b.t.Context(), b.site.ID, operator, account, directory.Token{Label: label, ExpiresAt: b.people.Changes.Now().Add(life)}, directory.NewSecret(b.site.CloudID))
	b.must(err)
	return t
}

func TestTokensAreListedByExpiryAndRevoked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		day := 24 * time.Hour
		for i := range 60 {
			b.token("ada", fmt.Sprintf("mine-%02d", i), time.Duration(100+i)*day)
		}
		soon := b.token("boss", "soon "+hostile, 2*day)
		b.token("ada", "over", time.Second)
		b.ahead.Store(int64(time.Minute))
		b.kept("/tokens", "/tokens/"+soon.ID, "/tokens/"+soon.ID+"/revoke")
		first := boss.get("/tokens")
		if !first.has("soon &lt;script&gt;", "mine-00", "mine-48", "Grace") || first.has("mine-49") || first.has(">over<") || strings.Index(first.body, "soon &lt;") > strings.Index(first.body, "mine-00") {
			t.Errorf("%d %s", first.status, first.body)
		}
		next := nextLink.FindStringSubmatch(first.body)
		if next == nil || !boss.get("/"+strings.ReplaceAll(next[1], "&amp;", "&")).has("mine-49", "mine-59") {
			t.Errorf("the next page: %v", next)
		}
		for query, want := range map[string][2]string{
			"?within=7":                       {"soon &lt;", "mine-00"},
			"?state=expired":                  {">over<", "soon"},
			"?owner=ada%40example.com":        {"mine-59", "soon"},
			"?owner=ada&state=expired":        {">over<", "mine-"},
			"?owner=boss&within=1&state=good": {"No token is like that", "soon"},
		} {
			if got := boss.get("/tokens" + query); !got.has(want[0]) || got.has(want[1]+" &lt;") || want[1] != "soon" && got.has(want[1]) {
				t.Errorf("%s: %d %s", query, got.status, got.body)
			}
		}
		if got := boss.get("/tokens/" + soon.ID); !got.has("Revoke it", "Grace") {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := boss.get("/tokens/" + soon.ID + "/revoke"); !got.has("Revoke the token?", "soon &lt;script&gt;") {
			t.Errorf("the question: %d %s", got.status, got.body)
		}
		if got := boss.post("/tokens/" + soon.ID); got.status == http.StatusSeeOther {
			t.Errorf("done unasked: %d", got.status)
		}
		if got, _, err := b.people.TokenByID(t.Context(), b.site.ID, soon.ID); err != nil || !got.RevokedAt.IsZero() {
			t.Errorf("revoked unasked: %+v, %v", got, err)
		}
		if got := boss.post("/tokens/" + soon.ID + "/revoke"); got.status != http.StatusSeeOther {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got, _, err := b.people.TokenByID(t.Context(), b.site.ID, soon.ID); err != nil || got.RevokedAt.IsZero() {
			t.Errorf("the token is %+v, %v", got, err)
		}
		for _, odd := range []string{"?after=x", "?after=9.%00", "?within=-1", "?within=99999", "?state=x", "?owner=%00", "?owner=nobody", "/x", "/%00", "/x/revoke", "/%00/revoke", "/00000000-0000-0000-0000-000000000000"} {
			if got := boss.get("/tokens" + odd); got.status >= 500 {
				t.Errorf("%s: %d", odd, got.status)
			}
		}
	})
}
