package web_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/web"
)

func TestSettingsAreSavedTogetherOrNotAtAll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d, func(s *web.Server) {
			s.Storage = func(context.Context) (web.Storage, error) {
				return web.Storage{Engine: "sqlite", Name: hostile, Bytes: 3 << 20, Schema: 7, Known: 8, Cache: 512, Most: 1 << 30}, nil
			}
		})
		b.kept("/settings")
		boss := b.boss()
		now := func() site.Settings {
			s, err := b.sites.Named(t.Context(), b.site.CloudID)
			b.must(err)
			return s.Settings
		}
		got := boss.get("/settings")
		if !got.has("3.0 MiB", "512.0 B", "1.0 GiB", "this program knows 8", "&lt;script&gt;", `max="200" value="100"`) || got.has("<script>alert") {
			t.Errorf("%d %s", got.status, got.body)
		}
		for _, never := range []string{"docs/", " node", "Schema"} {
			if got.has(never) {
				t.Errorf("the settings say %q", never)
			}
		}
		for _, row := range site.SettingsTable {
			if !got.has(`name="` + row.Name + `"`) {
				t.Errorf("the setting %s has no field", row.Name)
			}
		}
		if got := boss.post("/settings", "bulkCap", "1000", "pageCap", "50", "emailApi", "perhaps"); got.status != http.StatusUnprocessableEntity || !got.has(`value="1000"`, `value="50"`, "bulkCap takes 1 to 200", "emailApi takes") {
			t.Errorf("%d %s", got.status, got.body)
		}
		if now() != b.site.Settings {
			t.Errorf("some of it was saved: %+v", now())
		}
		// Somebody else has changed pageCap since this form was made.
		if got := boss.post("/settings", "bulkCap", "7", "was-bulkCap", "100", "pageCap", "40", "was-pageCap", "40", "emailApi", "false", "was-emailApi", "true"); got.status != http.StatusSeeOther {
			t.Errorf("%d %s", got.status, got.body)
		}
		if s := now(); s.BulkCap != 7 || s.PageCap != b.site.Settings.PageCap || s.EmailAPI {
			t.Errorf("saved is %+v", s)
		}
		if got := boss.get("/audit?operation=site.update"); !got.has("site.update") {
			t.Errorf("it was not recorded: %s", got.body)
		}
	})
}
