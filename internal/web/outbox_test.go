package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/mail"
)

const hostile = `<script>alert("x")</script>&'`

// boss is a browser in which a site administrator is signed in.
func (b *bed) boss() *browser {
	b.t.Helper()
	admins, err := b.people.AddGroup(b.t.Context(), b.site.ID, operator, directory.Group{Name: "bosses"})
	b.must(err)
	for _, p := range []directory.Permission{directory.Use, directory.SiteAdmin} {
		_, err = b.people.Grant(b.t.Context(), b.site.ID, operator, admins.ID, p, true)
		b.must(err)
	}
	b.add(directory.Account{ID: "boss", Email: "boss@example.com", DisplayName: "Grace"}, admins.ID)
	return b.signed("boss")
}

func (b *bed) outbox() *mail.Outbox { return mail.NewOutbox(b.people.Changes) }

// enqueue writes a letter that goes out at most once.
func (b *bed) enqueue(subject string, to ...string) string {
	b.t.Helper()
	m := mail.Message{From: mail.Address{Address: "roster@example.com"}, Subject: subject, Text: "the body", Delivery: mail.AtMostOnce}
	for _, address := range to {
		m.To = append(m.To, mail.Address{Address: address})
	}
	var id string
	b.must(b.people.Changes.Write(b.t.Context(), b.site.ID, operator, func(tx *change.Tx) (err error) {
		id, err = b.outbox().EnqueueIn(b.t.Context(), tx, m)
		return err
	}))
	return id
}

// loses has nobody know whether a message arrived.
func (b *bed) loses(id string) {
	b.t.Helper()
	b.must(b.people.Changes.Write(b.t.Context(), b.site.ID, operator, func(tx *change.Tx) error {
		tx.Record(change.Record{Operation: "test.lose", Target: "mail:" + id})
		_, err := tx.ExecContext(b.t.Context(), `UPDATE outbox_recipients SET state = 'uncertain' WHERE site_id = $1 AND message_id = $2`, b.site.ID, id)
		if err == nil {
			_, err = tx.ExecContext(b.t.Context(), `UPDATE outbox SET due_at = NULL WHERE site_id = $1 AND message_id = $2`, b.site.ID, id)
		}
		return err
	}))
}

func (b *bed) stateOf(id string) mail.State {
	b.t.Helper()
	e, err := b.outbox().Show(b.t.Context(), b.site.ID, id)
	b.must(err)
	return e.Recipients[0].State
}

// kept fails unless pages are for administrators alone.
func (b *bed) kept(paths ...string) {
	b.t.Helper()
	nobody, ada := b.browser(), b.signed("ada")
	for _, path := range paths {
		if got := nobody.get(path); got.status != http.StatusSeeOther || !strings.Contains(got.header.Get("Location"), "login?next=") {
			b.t.Errorf("%s for nobody: %d %s", path, got.status, got.header.Get("Location"))
		}
		if got := ada.get(path); got.status != http.StatusForbidden {
			b.t.Errorf("%s for a person: %d", path, got.status)
		}
		forged := http.Header{"Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"cross-site"}}
		if got := ada.do(http.MethodPost, path, nil, forged); got.status != http.StatusForbidden {
			b.t.Errorf("%s posted by another site: %d", path, got.status)
		}
	}
}

func TestTheOutboxIsDecidedAboutByAdministrators(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		lost, found, unwanted := b.enqueue("lost "+hostile, "charles@example.com"), b.enqueue("found", "charles@example.com"), b.enqueue("unwanted", "a@example.com", "b@example.com")
		b.loses(lost)
		b.loses(found)
		b.kept("/outbox", "/outbox/"+lost, "/outbox/"+lost+"/resend", "/outbox/"+lost+"/sent", "/outbox/"+lost+"/cancel")
		boss := b.boss()
		if got := boss.get("/outbox"); got.status != http.StatusOK || !got.has("lost &lt;script&gt;", "charles@example.com", "outbox?state=uncertain", "Decide about them") || got.has("the body") {
			t.Errorf("the list: %d %s", got.status, got.body)
		}
		if got := boss.get("/outbox?state=uncertain"); !got.has(lost, found) || got.has(unwanted) {
			t.Errorf("the uncertain: %s", got.body)
		}
		if got := boss.get("/outbox/" + lost); !got.has("Mark as sent", "Send again", "charles@example.com") || got.has("the body") || got.has("Call back") {
			t.Errorf("the message: %s", got.body)
		}
		for path, question := range map[string]string{
			"/outbox/" + found + "/sent": "Mark the message as sent?", "/outbox/" + unwanted + "/cancel": "Call the message back?", "/outbox/" + lost + "/resend": "gets it twice",
		} {
			if got := boss.get(path); got.status != http.StatusOK || !got.has(question, "Cancel") {
				t.Errorf("%s: %d %s", question, got.status, got.body)
			}
		}
		for _, what := range []string{"/sent", "/resend"} {
			if got := boss.get("/outbox/" + unwanted + what); got.status != http.StatusSeeOther {
				t.Errorf("nothing to decide: %d", got.status)
			}
		}
		for _, id := range []string{found, lost} {
			if b.stateOf(id) != mail.Uncertain {
				t.Errorf("it is %s before it was decided", b.stateOf(id))
			}
		}
		for _, path := range []string{lost + "/resend", found + "/sent", unwanted + "/cancel"} {
			if got := boss.post("/outbox/" + path); got.status != http.StatusSeeOther {
				t.Errorf("%s: %d %s", path, got.status, got.body)
			}
		}
		if b.stateOf(lost) != mail.Queued || b.stateOf(found) != mail.Sent {
			t.Errorf("lost is %s, found is %s", b.stateOf(lost), b.stateOf(found))
		}
		if got := boss.get("/outbox/" + unwanted); got.status != http.StatusNotFound || !got.has("There is no message") {
			t.Errorf("the one that was called back: %d", got.status)
		}
		if got := boss.post("/outbox/" + found + "/sent"); got.status != http.StatusConflict || !got.has("has no recipient that is uncertain") {
			t.Errorf("decided twice: %d", got.status)
		}
		for _, odd := range []string{"/outbox?state=lost", "/outbox?below=%00%ff", "/outbox/%00", "/outbox/x'y"} {
			if got := boss.get(odd); got.status >= 500 {
				t.Errorf("%s: %d", odd, got.status)
			}
		}
	})
}

// disclosures is how often an account's address was told.
func (b *bed) disclosures(account string) (n int) {
	b.t.Helper()
	entries, _, err := b.people.Changes.Newest(b.t.Context(), b.site.ID, change.Filter{Target: "account:" + account}, "", 100)
	b.must(err)
	for _, e := range entries {
		if e.Operation == "account.email.disclose" && e.AccountID == "boss" {
			n++
		}
	}
	return n
}

func TestWhoLooksAtTheAddressesOfMailIsOnRecord(t *testing.T) {
	alone(t, func(t *testing.T, d *db.DB) {
		b, s := flows(t, d)
		boss := b.boss()
		id := b.enqueue("a letter", "ADA@example.com", "nobody@example.com")
		expect := func(want int, what string) {
			t.Helper()
			if got := b.disclosures("ada"); got != want {
				t.Errorf("%s: %d disclosures, want %d", what, got, want)
			}
		}
		boss.get("/outbox")
		expect(1, "the list")
		boss.get("/outbox/" + id)
		expect(2, "the message")
		boss.get("/outbox?state=sent")
		expect(2, "an empty list")
		boss.stored(mailer("own", ""))
		path := boss.started()
		boss.get(path)
		expect(2, "a run before its mail")
		b.drain(s)
		got := boss.get(path)
		expect(3, "a run")
		if look := looked.FindStringSubmatch(got.body); look != nil {
			boss.do(http.MethodGet, path+look[1], nil, http.Header{"Hx-Request": {"true"}, "Hx-Target": {"progress"}})
			expect(3, "a run that is as it was")
		}
		boss.get("/runs")
		expect(3, "the list of runs")
	})
}
