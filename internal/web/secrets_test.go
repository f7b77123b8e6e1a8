package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

func TestSecretsAreStoredReplacedAndRemovedAndNeverShown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, s := flows(t, d)
		boss := b.boss()
		b.kept("/secrets", "/secrets/_new", "/secrets/key/replace", "/secrets/key/remove")
		const value, other = "the value of it", "another value"
		for _, wrong := range [][]string{{"key", ""}, {"key", "x"}, {"key", "xx\x00xx"}, {"key", "\xff\xff\xff\xff"}, {"k y", value}, {hostile, value}, {"", value}} {
			got := boss.post("/secrets/_new", "name", wrong[0], "value", wrong[1])
			if got.status != http.StatusUnprocessableEntity || !got.has(`id="problem"`, `autocomplete="off"`) || got.has("<script>alert") || got.has(value) {
				t.Errorf("%q: %d %s", wrong, got.status, got.body)
			}
		}
		if got := boss.get("/secrets/_new?name=key"); !got.has(`value="key"`, `type="password"`) {
			t.Error(got)
		}
		if got := boss.post("/secrets/_new", "name", "key", "value", value); got.status != http.StatusSeeOther {
			t.Fatal(got)
		}
		if got := boss.post("/secrets/_new", "name", "key", "value", other); got.status != http.StatusUnprocessableEntity || !got.has("already") {
			t.Error(got)
		}
		if got := boss.post("/secrets/key/replace", "value", other); got.status != http.StatusSeeOther {
			t.Error(got)
		}
		if got := boss.get("/secrets"); !got.has("key", "secrets/key/replace", "secrets/key/remove") {
			t.Error(got)
		}
		asks := strings.Replace(mailer("asks", ""), "input:\n", "use:\n  secrets: [key]\ninput:\n", 1)
		if got := boss.stored(asks); got.status != http.StatusSeeOther {
			t.Fatal(got)
		}
		for _, path := range []string{"/secrets", "/secrets/key/replace", "/secrets/key/remove", "/workflows/asks"} {
			if got := boss.get(path); got.status != http.StatusOK || got.has(value) || got.has(other) {
				t.Errorf("%s: %d %s", path, got.status, got.body)
			}
		}
		if got := boss.get("/secrets/key/remove"); !got.has("fail without it", "workflows/asks") {
			t.Error(got)
		}
		if got := boss.post("/secrets/key/remove"); got.status != http.StatusSeeOther {
			t.Error(got)
		}
		if all, err := s.Secrets(t.Context(), b.site.ID); err != nil || len(all) != 0 {
			t.Error(all, err)
		}
		if got := boss.get("/workflows/asks"); !got.has("is not stored yet", "secrets/_new?name=key") {
			t.Error(got)
		}
		for _, gone := range []string{"/secrets/key/replace", "/secrets/key/remove", "/secrets/%00/remove"} {
			if got := boss.post(gone, "value", value); got.status != http.StatusNotFound {
				t.Errorf("%s: %d", gone, got.status)
			}
		}
		if log := b.log.String(); strings.Contains(log, value) || strings.Contains(log, other) {
			t.Error("the log holds a secret")
		}
	})
}
