package event_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/event"
	"github.com/rosterhq/roster/internal/mail"
)

func TestEveryTypeOfEventFollowsFromWhatIsDone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, k := newBed(t, d), &taken{}
		b.open(b.kind)
		b.add("ada")
		b.change("ada", func(a *directory.Account) { a.Position = "Analyst" })
		b.change("ada", func(a *directory.Account) { a.Position = "Analyst" }) // nothing changes
		b.change("ada", func(a *directory.Account) { a.Status = directory.Inactive })
		b.change("ada", func(a *directory.Account) { a.Status, a.Department = directory.Active, "Engines" })
		g, err := b.dir.AddGroup(t.Context(), b.site.ID, operator, directory.Group{Name: "engineers"})
		b.ok(err)
		by := change.Actor{AccountID: "root", Via: change.API}
		_, err = b.dir.AddMember(t.Context(), b.site.ID, by, g.ID, "ada")
		b.ok(err)
		_, err = b.dir.RemoveMember(t.Context(), b.site.ID, by, g.ID, "ada")
		b.ok(err)
		store := &content.Store{Changes: b.log}
		_, err = store.Add(t.Context(), b.site.ID, operator, content.Space{Key: "ENG", Name: "Engines"})
		b.ok(err)
		engines := content.Watchable{Kind: content.WatchSpace, Name: "ENG"}
		for range 2 { // the second time changes nothing
			b.ok(store.Watch(t.Context(), b.site.ID, operator, content.Viewer{Administrator: true}, engines, "ada"))
		}
		b.ok(store.Unwatch(t.Context(), b.site.ID, operator, content.Viewer{Administrator: true}, engines, "ada"))
		b.pass(k)
		b.change("ada", func(a *directory.Account) { a.Status = directory.Closed })
		b.pass(k)
		k.says(t,
			"user.created ada active",
			"user.updated ada",
			"user.deactivated ada inactive",
			"user.updated ada", "user.activated ada active",
			"group.member.added ada group engineers",
			"group.member.removed ada group engineers",
			"watch.added ada space",
			"watch.removed ada space",
			"user.deactivated ada closed",
		)
		for i, e := range k.all {
			if e.Site != b.site.CloudID || e.AccountType != "atlassian" || e.At.IsZero() || i > 0 && e.Seq < k.all[i-1].Seq {
				t.Errorf("%+v", e)
			}
		}
		if e := k.all[5]; e.Actor != "root" || e.Via != change.API || e.Group.ID != g.ID {
			t.Errorf("%+v", e)
		}
	})
}

func TestAnAcceptedInvitationIsTold(t *testing.T) {
	fresh(t, func(t *testing.T, d *db.DB) {
		b, k := newBed(t, d), &taken{}
		g, err := b.dir.AddGroup(t.Context(), b.site.ID, operator, directory.Group{Name: "users"})
		b.ok(err)
		_, err = b.dir.Grant(t.Context(), b.site.ID, operator, g.ID, directory.Use, true)
		b.ok(err)
		b.open(b.kind)
		outbox := mail.NewOutbox(b.log)
		invitations := directory.NewInvitations(b.dir, outbox, mail.Address{Name: "Roster", Address: "roster@example.org"})
		terms := directory.Terms{CloudID: b.site.CloudID, SiteName: "acme", Base: "https://people.example", Life: time.Hour, CoolDown: time.Hour}
		b.ok(invitations.Ask(t.Context(), b.site.ID, operator, terms, true, []string{"grace@example.com"}))
		b.ok(invitations.Work(t.Context()))
		mails, err := outbox.Captured(t.Context(), b.site.ID)
		b.ok(err)
		secret := regexp.MustCompile(`/invitation/(\w+)`).FindStringSubmatch(mails[0].Text)[1]
		let, err := b.dir.AcceptInvitation(t.Context(), b.site.ID, b.site.CloudID, change.Actor{Via: change.API}, directory.Acceptance{Secret: secret, DisplayName: "Grace"})
		b.ok(err)
		b.change(let.Account.ID, func(a *directory.Account) { a.Status = directory.Closed }) // which erases who accepted, and what was set
		b.pass(k)
		id := let.Account.ID
		invitation := k.all[len(k.all)-2].Invitation
		k.says(t, "user.created "+id, "group.member.added "+id+" group users", "invitation.accepted "+id+" "+invitation, "user.deactivated "+id+" closed")
		if invitation == "" || k.all[2].Actor != id {
			t.Errorf("%+v", k.all[2])
		}
	})
}

func TestAnEventHoldsNothingPersonal(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, k := newBed(t, d), &taken{}
		b.open(b.kind)
		_, err := b.dir.Add(t.Context(), b.site.ID, change.Actor{IP: "192.0.2.7", Via: change.API}, directory.Account{
			ID: "557058:1", Email: "ada@example.com", PublicName: "Countess", DisplayName: "Ada Lovelace", Phone: "+44 phone", Location: "London",
		})
		b.ok(err)
		b.change("557058:1", func(a *directory.Account) { a.DisplayName, a.Email = "Ada King", "king@example.com" })
		b.pass(k)
		text, err := json.Marshal(k.all)
		b.ok(err)
		for _, secret := range []string{"Ada", "King", "king", "example.com", "Countess", "+44", "London", "192.0.2.7"} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s is told: %s", secret, text)
			}
		}
	})
}

func TestWhatABatchAddsIsNotToldButWhatItChangesIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, k := newBed(t, d), &taken{}
		b.add("ada")
		b.open(b.kind)
		set := func(a *directory.Account) error { a.PublicName, a.Location = "Somebody", "London"; return nil }
		b.write(func(tx *change.Tx) error {
			_, err := b.dir.BulkIn(t.Context(), tx, []directory.Edit{{ID: "ada", Set: set}, {ID: "grace", Set: set}}, directory.Newcomers{})
			return err
		})
		b.pass(k)
		k.says(t, "user.updated ada")
	})
}

func TestAnEventsIDIsTheSameWheneverItIsToldAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		b.add("ada", "grace")
		b.change("ada", func(a *directory.Account) { a.Status, a.Department = directory.Inactive, "Engines" })
		b.seal()
		entries, err := b.log.After(t.Context(), b.site.ID, 0, change.Filter{}, 100)
		b.ok(err)
		seen := map[string]bool{}
		for _, e := range entries {
			first, again := event.Of(b.site.CloudID, e), event.Of(b.site.CloudID, e)
			for i := range first {
				if first[i].ID != again[i].ID || seen[first[i].ID] || strings.Contains(first[i].ID, ".") {
					t.Errorf("%s and %s", first[i].ID, again[i].ID)
				}
				seen[first[i].ID] = true
			}
		}
		if len(seen) != 4 {
			t.Errorf("%d events", len(seen))
		}
	})
}
