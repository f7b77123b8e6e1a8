package web_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/webhook"
)

func (b *bed) hooks() *webhook.Store { return webhook.NewStore(b.people.Changes, nil) }

// hook is the one webhook of the site.
func (b *bed) hook() webhook.Webhook {
	b.t.Helper()
	all, err := b.hooks().List(b.t.Context(), b.site.ID)
	if b.must(err); len(all) != 1 {
		b.t.Fatalf("there are %d webhooks", len(all))
	}
	return all[0]
}

func TestAWebhookIsAddedChangedAndRemoved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		b.kept("/webhooks", "/webhooks/new", "/webhooks/x", "/webhooks/x/remove")
		for _, wrong := range [][]string{
			{"url", "http://10.0.0.1/" + hostile, "which", "all"},
			{"url", "https://people.example/hooks", "which", "some"},
			{"url", "https://people.example/hooks", "which", "some", "event", "no.such"},
		} {
			if got := boss.post("/webhooks/new", append(wrong, "description", hostile)...); got.status != http.StatusUnprocessableEntity || !got.has(`value="&lt;script&gt;`, `id="problem"`) || got.has("<script>alert") {
				t.Errorf("%q: %d %s", wrong, got.status, got.body)
			}
		}
		made := boss.post("/webhooks/new", "url", "https://people.example/hooks", "description", "People "+hostile, "which", "some", "event", "user.created")
		secret := shownOnce.FindStringSubmatch(made.body)
		w := b.hook()
		page := "/webhooks/" + w.ID
		if secret == nil || !w.Enabled || len(w.Events) != 1 || boss.get(page).has(secret[1]) {
			t.Fatalf("%+v %s", w, made.body)
		}
		for _, do := range []string{"replay-dead", "disable"} {
			if got := boss.post(page, "do", do); got.status != http.StatusSeeOther {
				t.Errorf("%s: %d %s", do, got.status, got.body)
			}
		}
		if got := boss.post(page+"/edit", "url", "https://people.example/other", "which", "all"); got.status != http.StatusSeeOther || b.hook().Enabled || b.hook().URL != "https://people.example/other" || len(b.hook().Events) != 0 {
			t.Errorf("%d, %+v", got.status, b.hook())
		}
		if got := boss.post(page + "/rotate"); shownOnce.FindStringSubmatch(got.body) == nil || b.hook().FormerUntil.IsZero() {
			t.Errorf("%d %s", got.status, got.body)
		}
		for _, odd := range []string{"/x", "/%00", page[9:] + "?below=%00", page[9:] + "?state=x", page[9:] + "?below=x"} {
			if got := boss.get("/webhooks" + odd); got.status >= 500 {
				t.Errorf("%s: %d", odd, got.status)
			}
		}
		if got := boss.get(page + "/remove"); !got.has("https://people.example/other", "cannot be taken back") {
			t.Errorf("%d %s", got.status, got.body)
		}
		boss.post(page + "/remove")
		if got := boss.get("/webhooks?done=removed"); !got.has("Nobody is told", "is removed") {
			t.Errorf("%d %s", got.status, got.body)
		}
	})
}

func TestADeliveryIsShownAndReplayed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		w, _, err := b.hooks().Add(t.Context(), b.site.ID, operator, webhook.Webhook{URL: "https://people.example/hooks", Description: hostile, Enabled: true})
		b.must(err)
		page := "/webhooks/" + w.ID
		body, _ := json.Marshal(map[string]string{"name": hostile})
		const id = "evt_0190a1b2-0000-7000-8000-000000000000_00000_0"
		b.must(b.people.Changes.Write(t.Context(), b.site.ID, operator, func(tx *change.Tx) error {
			tx.Record(change.Record{Operation: "test.deliver", Target: "webhook:" + w.ID})
			_, err := tx.ExecContext(t.Context(), `INSERT INTO webhook_deliveries (site_id, webhook_id, event_id, seq, account_id, body, state, attempts, lease, status, words, at, created_at, settled_at, queued_at)
				VALUES ($1, $2, $3, 1, 'ada', $4, 'dead', 9, '', 500, 'no', 1, 1, 1, 1)`, b.site.ID, w.ID, id, string(body))
			return err
		}))
		if got := boss.get(page + "?state=dead"); !got.has(id, "500", "Replay", "&lt;script&gt;") || got.has("<script>alert") {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := boss.post(page, "do", "replay", "event", id); got.status != http.StatusSeeOther {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got, err := b.hooks().Delivery(t.Context(), b.site.ID, w.ID, id); err != nil || got.State != webhook.Queued {
			t.Errorf("%+v, %v", got, err)
		}
		if got := boss.post(page, "do", "replay", "event", id); got.status != http.StatusConflict || !got.has("queued already") {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := boss.post(page, "do", "replay", "event", "\x00"); got.status != http.StatusBadRequest {
			t.Errorf("%d", got.status)
		}
	})
}
