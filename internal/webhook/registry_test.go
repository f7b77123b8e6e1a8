package webhook_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/event"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/webhook"
)

// is wants an error of this kind.
func (w *world) is(err error, want failure.Kind) {
	w.Helper()
	if kind, _ := failure.Of(err); err == nil || kind != want {
		w.Errorf("the error is %v, not of kind %d", err, want)
	}
}

const nobody = "01890000-0000-7000-8000-000000000000"

func TestAWebhookIsKeptAsItWasMadeWithoutItsSecret(t *testing.T) {
	each(t, func(w *world) {
		id, secret := w.hook("https://people.example/hooks", event.WatchAdded, event.UserCreated, event.WatchAdded)
		if !strings.HasPrefix(secret, "whsec_") {
			w.Error(secret)
		}
		got, err := w.store.Show(w.Context(), w.site.ID, id)
		w.ok(err)
		if got.URL != "https://people.example/hooks" || fmt.Sprint(got.Events) != "[user.created watch.added]" || !got.Enabled || got.CreatedAt.IsZero() {
			w.Errorf("%+v", got)
		}
		all, err := w.store.List(w.Context(), w.site.ID)
		if w.ok(err); len(all) != 1 || all[0].ID != id {
			w.Errorf("%+v", all)
		}
		other, err := w.store.List(w.Context(), w.site.ID+1)
		if w.ok(err); len(other) != 0 {
			w.Errorf("another site has %+v", other)
		}
		for _, bad := range []string{nobody, "", "x", "\x00", strings.ToUpper(id)} {
			_, err := w.store.Show(w.Context(), w.site.ID, bad)
			w.is(err, failure.NotFound)
		}
	})
}

func TestTheRecordTellsWhatWasDoneToAWebhookButNoSecret(t *testing.T) {
	each(t, func(w *world) {
		id, secret := w.hook("https://people.example/hooks/s3cret?token=s3cret")
		_, err := w.store.Change(w.Context(), w.site.ID, operator, id, func(h *webhook.Webhook) { h.URL, h.Description = "https://other.example/s3cret", "Calendar" })
		w.ok(err)
		_, second, err := w.store.Rotate(w.Context(), w.site.ID, operator, id, time.Hour)
		w.ok(err)
		w.ok(w.store.Remove(w.Context(), w.site.ID, operator, id))
		w.tell()
		entries, err := w.store.Changes.After(w.Context(), w.site.ID, 0, change.Filter{Target: "webhook:" + id}, 100)
		w.ok(err)
		var done []string
		for _, e := range entries {
			done = append(done, strings.TrimPrefix(e.Operation, "webhook."))
			for _, s := range []string{"s3cret", secret, second, "whsec"} {
				if strings.Contains(string(e.Detail), s) {
					w.Errorf("%s tells a secret: %s", e.Operation, e.Detail)
				}
			}
		}
		if got := strings.Join(done, " "); got != "add update rotate remove" {
			w.Error(got)
		}
	})
}

func TestWhatCannotBeMeantIsRefused(t *testing.T) {
	each(t, func(w *world) {
		for _, bad := range []webhook.Webhook{
			{URL: "http://1.1.1.1"},
			{URL: "https://people.example", Events: []event.Type{"user.exploded"}},
			{URL: "https://people.example", Description: strings.Repeat("a", 201)},
			{URL: "https://people.example", Description: "a\x00b"},
			{URL: "https://people.example", Description: "\xff"},
		} {
			_, _, err := w.store.Add(w.Context(), w.site.ID, operator, bad)
			w.is(err, failure.Invalid)
		}
		id, _ := w.hook("https://people.example")
		_, err := w.store.Change(w.Context(), w.site.ID, operator, id, func(h *webhook.Webhook) { h.URL = "https://127.0.0.2" })
		w.is(err, failure.Invalid)
		_, err = w.store.Change(w.Context(), w.site.ID, operator, nobody, func(*webhook.Webhook) {})
		w.is(err, failure.NotFound)
		_, _, err = w.store.Rotate(w.Context(), w.site.ID, operator, nobody, 0)
		w.is(err, failure.NotFound)
		w.is(w.store.Remove(w.Context(), w.site.ID, operator, nobody), failure.NotFound)
		w.is(w.store.Replay(w.Context(), w.site.ID, operator, id, "evt_nothing"), failure.NotFound)
		_, err = w.store.ReplaySince(w.Context(), w.site.ID, operator, nobody, time.Time{})
		w.is(err, failure.NotFound)
		_, err = w.store.Deliveries(w.Context(), w.site.ID, nobody, webhook.Filter{})
		w.is(err, failure.NotFound)
	})
}

func TestASiteHasAtMostAHundredWebhooks(t *testing.T) {
	each(t, func(w *world) {
		for range webhook.Most {
			w.hook("https://people.example")
		}
		_, _, err := w.store.Add(w.Context(), w.site.ID, operator, webhook.Webhook{URL: "https://people.example"})
		w.is(err, failure.Conflict)
	})
}

func TestAfterARotationBothSecretsSignForAWhile(t *testing.T) {
	each(t, func(w *world) {
		r := receive(w, nil)
		id, first := w.hook(r.URL)
		rotated, second, err := w.store.Rotate(w.Context(), w.site.ID, operator, id, webhook.Overlap)
		if w.ok(err); rotated.FormerUntil.Sub(w.clock.Now()).Round(time.Hour) != 24*time.Hour {
			w.Errorf("until %v", rotated.FormerUntil)
		}
		sent := func(account string) delivery {
			w.add(account)
			w.tell()
			w.drain()
			return r.all()[len(r.all())-1]
		}
		if d := sent("ada"); verify(first, d) != nil || verify(second, d) != nil || !strings.HasPrefix(d.signature, "v1,") || strings.Count(d.signature, " ") != 1 {
			w.Errorf("%+v", d)
		}
		w.clock.Pass(25 * time.Hour)
		if d := sent("grace"); verify(first, d) == nil || verify(second, d) != nil {
			w.Errorf("a day later: %+v", d)
		}
		_, third, err := w.store.Rotate(w.Context(), w.site.ID, operator, id, 0)
		w.ok(err)
		if d := sent("alan"); verify(second, d) == nil || verify(third, d) != nil {
			w.Errorf("at once: %+v", d)
		}
	})
}

func TestARemovedWebhookLeavesNothing(t *testing.T) {
	each(t, func(w *world) {
		id, _ := w.hook("http://127.0.0.1:1")
		for i := range 12 {
			w.add(fmt.Sprintf("account-%d", i))
		}
		w.tell()
		settle, err := w.store.Claim(w.Context(), time.Minute)
		w.ok(err)
		w.ok(w.store.Remove(w.Context(), w.site.ID, operator, id))
		if n, err := w.store.Waiting(w.Context(), id); err != nil || n != 0 {
			w.Errorf("%d deliveries are left: %v", n, err)
		}
		if err := settle(); err == nil {
			w.Error("what was under way is stored")
		}
		if n := w.drain(); n != 0 {
			w.Errorf("%d tries", n)
		}
	})
}

func TestOldDeliveriesAreDeletedWhateverBecameOfThem(t *testing.T) {
	each(t, func(w *world) {
		r := receive(w, nil)
		good, _ := w.hook(r.URL)
		bad, _ := w.hook("http://127.0.0.1:1")
		w.add("ada")
		w.move("London", "ada")
		w.tell()
		w.drain()
		w.clock.Pass(31 * 24 * time.Hour)
		w.move("Paris", "ada")
		w.tell()
		n, err := w.store.Prune(w.Context(), w.site.ID, w.clock.Now().Add(-webhook.Keep))
		if w.ok(err); n != 4 {
			w.Errorf("%d were deleted", n)
		}
		w.counts(good, 1, 0, 0)
		w.counts(bad, 1, 0, 0)
		w.drain() // the next of the account is no longer held up
		w.counts(good, 0, 1, 0)
		if d := w.only(bad); d.Attempts != 1 {
			w.Errorf("%+v", d)
		}
	})
}

func TestWhatARemovalLeftBehindIsDeletedLater(t *testing.T) {
	each(t, func(w *world) {
		id, _ := w.hook("http://127.0.0.1:1")
		kept, _ := w.hook("http://127.0.0.1:1")
		w.add("ada")
		w.tell()
		w.ok(w.store.Changes.DB.Aside(w.Context(), `DELETE FROM webhooks WHERE site_id = $1 AND webhook_id = $2`, w.site.ID, id))
		_, err := w.store.Prune(w.Context(), w.site.ID, w.clock.Now().Add(-webhook.Keep))
		w.ok(err)
		for id, want := range map[string]int{id: 0, kept: 1} {
			if n, err := w.store.Waiting(w.Context(), id); err != nil || n != want {
				w.Errorf("%d are left: %v", n, err)
			}
		}
	})
}

func TestAnAccountHasSoManyWaitingAndTheRestIsDeadAtOnce(t *testing.T) {
	each(t, func(w *world) {
		id, _ := w.hook("http://127.0.0.1:1")
		w.add("ada", "grace")
		// A transaction for each would take long; what a reader tells is all that matters.
		var events []event.Event
		for i := range webhook.MostWaiting + 5 {
			events = append(events, event.Event{ID: fmt.Sprintf("evt_%05d", i), Seq: int64(i), Type: event.UserUpdated, AccountID: "ada", At: w.clock.Now()})
		}
		events = append(events, event.Event{ID: "evt_other", Seq: 9999, Type: event.UserUpdated, AccountID: "grace", At: w.clock.Now()})
		w.ok(w.store.Changes.Write(w.Context(), w.site.ID, operator, func(tx *change.Tx) error {
			tx.Record(change.Record{Operation: "nothing.happened", Target: "site"})
			return w.store.TakeIn(w.Context(), tx, events)
		}))
		w.counts(id, webhook.MostWaiting+1, 0, 5)
		if d := w.deliveries(id, webhook.Dead)[0]; d.EventID != "evt_01004" || d.Words == "" || d.SettledAt.IsZero() {
			w.Errorf("%+v", d)
		}
		due, err := db.All(w.Context(), w.store.Changes.DB, db.Scalar[string], `SELECT event_id FROM webhook_deliveries WHERE site_id = $1 AND due_at IS NOT NULL ORDER BY event_id`, w.site.ID)
		if w.ok(err); fmt.Sprint(due) != "[evt_00000 evt_other]" {
			w.Errorf("due are %v", due)
		}
	})
}

func TestASiteWithoutAnEnabledWebhookIsNotRead(t *testing.T) {
	each(t, func(w *world) {
		cursors := func() int {
			n, _, err := db.One(w.Context(), w.store.Changes.DB, db.Scalar[int], `SELECT count(*) FROM event_cursors WHERE site_id = $1`, w.site.ID)
			w.ok(err)
			return n
		}
		first, _ := w.hook("https://people.example")
		second, _ := w.hook("https://people.example")
		set := func(id string, enabled bool) {
			_, err := w.store.Change(w.Context(), w.site.ID, operator, id, func(h *webhook.Webhook) { h.Enabled = enabled })
			w.ok(err)
		}
		for i, step := range []func(){
			func() { set(first, false) },
			func() { w.ok(w.store.Remove(w.Context(), w.site.ID, operator, second)) },
			func() { set(first, true) },
			func() { w.ok(w.store.Remove(w.Context(), w.site.ID, operator, first)) },
		} {
			step()
			if want := []int{1, 0, 1, 0}[i]; cursors() != want {
				w.Errorf("after step %d there are %d cursors", i, cursors())
			}
		}
	})
}

func TestDeliveriesAreListedPageByPage(t *testing.T) {
	each(t, func(w *world) {
		id, _ := w.hook("http://127.0.0.1:1")
		for i := range 7 {
			w.add(fmt.Sprintf("account-%d", i))
		}
		w.tell()
		var seen []string
		for f := (webhook.Filter{State: webhook.Queued, Limit: 3}); ; {
			page, err := w.store.Deliveries(w.Context(), w.site.ID, id, f)
			w.ok(err)
			if len(page) == 0 {
				break
			}
			for _, d := range page {
				seen = append(seen, strings.TrimPrefix(d.AccountID, "account-"))
			}
			f.Below = page[len(page)-1].EventID
		}
		if got := strings.Join(seen, ""); got != "6543210" {
			w.Error(got)
		}
	})
}
