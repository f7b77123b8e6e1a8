package admin_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/event"
	"github.com/rosterhq/roster/internal/webhook"
	"github.com/rosterhq/roster/rosteradmin"
)

func TestAWebhookIsMadeLookedAtChangedAndRemoved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := serving(t, d, false)
		p := b.site(dbtest.Name(t))
		hooks := b.admin(p).Webhooks
		made, err := hooks.Add(t.Context(), rosteradmin.NewWebhook{URL: "https://people.example/hooks", Description: "Calendar", Events: []string{"user.created"}})
		b.ok(err)
		if !strings.HasPrefix(made.Secret, "whsec_") || !made.Enabled || fmt.Sprint(made.Events) != "[user.created]" {
			t.Errorf("%+v", made)
		}
		off, all := false, []string{}
		changed, err := hooks.Change(t.Context(), made.ID, rosteradmin.WebhookEdit{Enabled: &off})
		if b.ok(err); changed.Enabled || changed.URL != made.URL || len(changed.Events) != 1 {
			t.Errorf("%+v", changed)
		}
		changed, err = hooks.Change(t.Context(), made.ID, rosteradmin.WebhookEdit{Events: all})
		if b.ok(err); len(changed.Events) != 0 || changed.Events == nil {
			t.Errorf("%+v", changed)
		}
		rotated, err := hooks.Rotate(t.Context(), made.ID, rosteradmin.RotateWebhook{})
		if b.ok(err); rotated.Secret == made.Secret || rotated.FormerUntil.IsZero() {
			t.Errorf("%+v", rotated)
		}
		rotated, err = hooks.Rotate(t.Context(), made.ID, rosteradmin.RotateWebhook{AtOnce: true})
		if b.ok(err); !rotated.FormerUntil.IsZero() {
			t.Errorf("%+v", rotated)
		}
		list, err := hooks.List(t.Context())
		if b.ok(err); len(list) != 1 || list[0].ID != made.ID {
			t.Errorf("%+v", list)
		}
		got := b.ask(http.MethodGet, p.url+"/_roster/webhooks/"+made.ID, "", "Authorization", "Bearer "+p.token)
		if got.status != 200 || strings.Contains(got.body, "whsec_") {
			t.Error(got)
		}
		b.ok(hooks.Remove(t.Context(), made.ID))
		_, err = hooks.Get(t.Context(), made.ID)
		b.is(err, confluence.ErrNotFound)
		b.is(hooks.Remove(t.Context(), made.ID), confluence.ErrNotFound)
		other := b.site(dbtest.Name(t) + "-other")
		elsewhere, err := b.admin(other).Webhooks.Add(t.Context(), rosteradmin.NewWebhook{URL: "https://people.example"})
		b.ok(err)
		_, err = hooks.Get(t.Context(), elsewhere.ID)
		b.is(err, confluence.ErrNotFound)
	})
}

func TestDeliveriesAreListedAndReplayed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := serving(t, d, false)
		p := b.site(dbtest.Name(t))
		hooks, log := b.admin(p).Webhooks, b.dir.Changes
		made, err := hooks.Add(t.Context(), rosteradmin.NewWebhook{URL: "https://people.example"})
		b.ok(err)
		began := time.Now().Add(-time.Minute)
		var events []event.Event
		for i := range 203 {
			events = append(events, event.Event{
				ID: fmt.Sprintf("evt_%s_%05d_0", made.ID, i), Type: event.UserUpdated, Seq: int64(i), AccountID: fmt.Sprint("account-", i), At: time.Now(),
			})
		}
		b.ok(log.Write(t.Context(), p.ID, operator, func(tx *change.Tx) error {
			tx.Record(change.Record{Operation: "nothing.happened", Target: "site"})
			return webhook.NewStore(log, nil).TakeIn(t.Context(), tx, events)
		}))
		n := 0
		for one, err := range hooks.Deliveries(t.Context(), made.ID, rosteradmin.DeliveryQueued) {
			if b.ok(err); one.State != rosteradmin.DeliveryQueued || one.EventID != events[len(events)-1-n].ID || !strings.Contains(string(one.Event), `"type":"user.updated"`) {
				t.Errorf("%+v", one)
			}
			n++
		}
		if n != 203 {
			t.Errorf("%d deliveries", n)
		}
		_, err = hooks.Replay(t.Context(), made.ID, rosteradmin.Replay{EventID: events[0].ID})
		b.is(err, confluence.ErrConflict)
		b.ok(d.Aside(t.Context(), `UPDATE webhook_deliveries SET state = 'dead', due_at = NULL WHERE site_id = $1`, p.ID))
		one, err := hooks.Replay(t.Context(), made.ID, rosteradmin.Replay{EventID: events[0].ID})
		if b.ok(err); one.Queued != 1 {
			t.Errorf("%+v", one)
		}
		rest, err := hooks.Replay(t.Context(), made.ID, rosteradmin.Replay{Since: began})
		if b.ok(err); rest.Queued != 202 {
			t.Errorf("%+v", rest)
		}
	})
}

func TestWhatCannotBeMeantOfAWebhookIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := serving(t, d, false)
		p := b.site(dbtest.Name(t))
		made, err := b.admin(p).Webhooks.Add(t.Context(), rosteradmin.NewWebhook{URL: "http://127.0.0.1:9/hooks"})
		b.ok(err)
		for _, tt := range []struct {
			method, path, body string
			status             int
			words              string
		}{
			{"POST", "", `{}`, 400, "/url is required"},
			{"POST", "", `{"url":"http://people.example:80@evil.example/"}`, 400, "user name or password"},
			{"POST", "", `{"url":"https://169.254.169.254/"}`, 400, "not a public one"},
			{"POST", "", `{"url":"https://people.example","events":["x"]}`, 400, "There is no event"},
			{"POST", "", `{"url":"https://people.example","secret":"x"}`, 400, "/secret is not known"},
			{"PATCH", "/" + made.ID, `{"url":7}`, 400, "/url"},
			{"PATCH", "/" + made.ID, `{"url":"gopher://x"}`, 400, "https://"},
			{"POST", "/" + made.ID + "/replay", `{}`, 400, "/eventId or /since"},
			{"POST", "/" + made.ID + "/replay", `{"eventId":"x"}`, 400, "/eventId is no ID"},
			{"POST", "/" + made.ID + "/replay", `{"since":"yesterday"}`, 400, "/since"},
			{"POST", "/" + made.ID + "/replay", `{"eventId":"evt_00000000-0000-0000-0000-000000000000_00000_0","since":"2026-01-01T00:00:00Z"}`, 400, "both"},
			{"POST", "/" + made.ID + "/replay", `{"eventId":"evt_00000000-0000-0000-0000-000000000000_00000_0"}`, 404, "no delivery"},
			{"GET", "/" + made.ID + "/deliveries?state=lost", "", 400, "state is none of"},
			{"GET", "/" + made.ID + "/deliveries?after=%00", "", 400, "after is no ID"},
			{"GET", "/" + made.ID + "/deliveries?limit=201", "", 400, "limit is not"},
			{"GET", "/%00", "", 404, "no such webhook"},
			{"GET", "/nothing/deliveries", "", 404, "no such webhook"},
			{"POST", "/nothing/rotate", "", 404, "no such webhook"},
			{"POST", "/nothing/replay", `{"since":"2026-01-01T00:00:00Z"}`, 404, "no such webhook"},
			{"PUT", "", "", 405, ""},
			{"POST", "/" + made.ID, "", 405, ""},
		} {
			got := b.ask(tt.method, p.url+"/_roster/webhooks"+tt.path, tt.body, "Authorization", "Bearer "+p.token)
			if got.status != tt.status || !strings.Contains(got.body, tt.words) {
				t.Errorf("%s %s %s: %d %s", tt.method, tt.path, tt.body, got.status, got.body)
			}
		}
	})
}

// Every way of asking for a webhook is closed to all but those who administer the site.
func TestOnlyASiteAdministratorHasToDoWithWebhooks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, standIn := range []bool{false, true} {
			b := serving(t, d, standIn)
			p := b.site(dbtest.Name(t) + map[bool]string{true: "-dev"}[standIn])
			made, err := b.admin(p).Webhooks.Add(t.Context(), rosteradmin.NewWebhook{URL: "https://people.example"})
			b.ok(err)
			none := map[bool]int{false: 401, true: 0}[standIn]
			for _, who := range []struct {
				name, authorization string
				want                int // 0 for whoever may
			}{
				{"nobody", "", none},
				{"an administrator", "Bearer " + p.token, 0},
				{"somebody else", "Bearer " + b.token(p, "bob"), 403},
				{"an administrator's scoped token", "Bearer " + b.token(p, "ada", "read:confluence-user"), 403},
				{"an unknown token", "Bearer " + directory.NewSecret(p.CloudID), 401},
			} {
				var header []string
				if who.authorization != "" {
					header = []string{"Authorization", who.authorization}
				}
				for _, ask := range []struct {
					method, path, body string
					status             int
				}{
					{"GET", "", "", 200},
					{"POST", "", `{"url":"https://people.example"}`, 201},
					{"GET", "/" + made.ID, "", 200},
					{"PATCH", "/" + made.ID, `{"description":"x"}`, 200},
					{"GET", "/" + made.ID + "/deliveries", "", 200},
					{"POST", "/" + made.ID + "/rotate", "", 200},
					{"POST", "/" + made.ID + "/replay", `{"since":"2026-01-01T00:00:00Z"}`, 200},
					{"DELETE", "/00000000-0000-0000-0000-000000000000", "", 404},
				} {
					want := who.want
					if want == 0 {
						want = ask.status
					}
					if got := b.ask(ask.method, p.url+"/_roster/webhooks"+ask.path, ask.body, header...); got.status != want {
						t.Errorf("stand-in %v: %s: %s %s: %d %s", standIn, who.name, ask.method, ask.path, got.status, got.body)
					}
				}
			}
		}
	})
}
