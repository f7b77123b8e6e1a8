package directory_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/mail"
)

const week = 7 * 24 * time.Hour

// noticeBed is a directory whose clock a test moves.
type noticeBed struct {
	*testing.T
	dir     *directory.Directory
	site    int64
	now     time.Time
	notices *directory.Notices
}

func newNoticeBed(t *testing.T, d *db.DB) *noticeBed {
	t.Helper()
	_, site := newSite(t, d)
	b := &noticeBed{T: t, site: site, now: time.Now().UTC().Truncate(time.Microsecond)}
	changes := &change.Log{DB: d, Now: func() time.Time { return b.now }}
	b.dir = &directory.Directory{Changes: changes}
	b.notices = &directory.Notices{Directory: b.dir, Outbox: mail.NewOutbox(changes), From: mail.Address{Address: "roster@example.org"}}
	return b
}

func (b *noticeBed) token(account string, t directory.Token) (id, secret string) {
	b.Helper()
	secret = directory.NewSecret("11111111-2222-4333-8444-555555555555")
	t, err := b.dir.AddToken(b.Context(), b.site, operator, account, t, secret)
	if err != nil {
		b.Fatal(err)
	}
	return t.ID, secret
}

func (b *noticeBed) work() int {
	b.Helper()
	n, err := b.notices.Work(b.Context(), b.site, "acme", week)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// mails returns what waits in the outbox, by recipient.
func (b *noticeBed) mails() map[string][]mail.Message {
	b.Helper()
	all, err := b.notices.Outbox.Captured(b.Context(), b.site)
	if err != nil {
		b.Fatal(err)
	}
	by := map[string][]mail.Message{}
	for _, m := range all {
		by[m.To[0].Address] = append(by[m.To[0].Address], m)
		if len(m.To) != 1 {
			b.Errorf("%v see one another", m.To)
		}
	}
	return by
}

// administrators are two people who administer the site, and one who cannot be written to.
func (b *noticeBed) administrators() {
	b.Helper()
	g, err := b.dir.AddGroup(b.Context(), b.site, operator, directory.Group{Name: "admins"})
	if err == nil {
		_, err = b.dir.Grant(b.Context(), b.site, operator, g.ID, directory.SiteAdmin, true)
	}
	if err != nil {
		b.Fatal(err)
	}
	for _, email := range []string{"grace@example.org", "mary@example.org", ""} {
		add(b.T, b.dir, b.site, directory.Account{DisplayName: "Administrator", Email: email}, g.ID)
	}
}

func TestTheOwnerOfATokenIsToldOnceBeforeItExpires(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newNoticeBed(t, d)
		b.administrators()
		ada := add(t, b.dir, b.site, directory.Account{DisplayName: "Ada Lovelace", Email: "Ada@Example.org"})
		expires := b.now.Add(30 * 24 * time.Hour)
		id, secret := b.token(ada.ID, directory.Token{Label: "<b>engine</b>", ExpiresAt: expires})
		b.now = expires.Add(-week - time.Microsecond)
		if n := b.work(); n != 0 || len(b.mails()) != 0 {
			t.Fatalf("%d are told too early", n)
		}
		b.now = expires.Add(-week)
		if n := b.work(); n != 1 {
			t.Fatalf("%d are told", n)
		}
		for range 3 {
			b.now = b.now.Add(time.Hour)
			if n := b.work(); n != 0 {
				t.Fatalf("%d are told again", n)
			}
		}
		got := b.mails()
		if len(got) != 1 || len(got["Ada@example.org"]) != 1 {
			t.Fatalf("the mails are %+v", got)
		}
		m := got["Ada@example.org"][0]
		for _, body := range []string{m.Text, m.HTML} {
			for _, says := range []string{"acme", id, expires.Format("2 January 2006, 15:04 UTC"), "roster token add " + ada.ID, "yours"} {
				if !strings.Contains(body, says) {
					t.Errorf("it does not say %q: %s", says, body)
				}
			}
			if strings.Contains(body, secret) || strings.Contains(body, "roster_") {
				t.Errorf("it holds the token: %s", body)
			}
		}
		if !strings.Contains(m.Text, "<b>engine</b>") || !strings.Contains(m.HTML, "&lt;b&gt;engine&lt;/b&gt;") || strings.Contains(m.Subject, "engine") {
			t.Errorf("%+v", m)
		}
	})
}

func TestAdministratorsAreToldOfTheTokensOfWhoHasNoAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newNoticeBed(t, d)
		robot := add(t, b.dir, b.site, directory.Account{Type: directory.App, DisplayName: "Robot"})
		b.token(robot.ID, directory.Token{Label: "nightly", Scopes: []string{"read:user:confluence"}, ExpiresAt: b.now.Add(2 * week)})
		b.now = b.now.Add(week)
		if n := b.work(); n != 0 {
			t.Fatalf("%d are told where there is nobody to tell", n)
		}
		b.administrators()
		if n := b.work(); n != 1 || b.work() != 0 {
			t.Fatalf("%d are told", n)
		}
		got := b.mails()
		if len(got) != 2 || len(got["grace@example.org"]) != 1 || len(got["mary@example.org"]) != 1 {
			t.Fatalf("the mails are %+v", got)
		}
		if m := got["mary@example.org"][0]; !strings.Contains(m.Text, "the account Robot") || !strings.Contains(m.HTML, "nightly") || strings.Contains(m.Text, "yours") {
			t.Errorf("%+v", m)
		}
	})
}

func TestNobodyIsToldOfATokenThatIsNoGoodOrWasNeverMeantToLast(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newNoticeBed(t, d)
		b.administrators()
		ada := add(t, b.dir, b.site, directory.Account{DisplayName: "Ada", Email: "ada@example.org"})
		gone := add(t, b.dir, b.site, directory.Account{DisplayName: "Gone", Email: "gone@example.org"})
		b.token(ada.ID, directory.Token{Label: "for a week", ExpiresAt: b.now.Add(week)})
		revoked, _ := b.token(ada.ID, directory.Token{ExpiresAt: b.now.Add(2 * week)})
		b.token(ada.ID, directory.Token{Kind: directory.Session, ExpiresAt: b.now.Add(2 * week)})
		b.token(ada.ID, directory.Token{Label: "of next year", ExpiresAt: b.now.Add(40 * week)})
		b.token(ada.ID, directory.Token{Label: "expired", ExpiresAt: b.now.Add(8 * 24 * time.Hour)})
		b.token(gone.ID, directory.Token{ExpiresAt: b.now.Add(2 * week)})
		if _, err := b.dir.RevokeToken(t.Context(), b.site, operator, revoked); err != nil {
			t.Fatal(err)
		}
		_, err := b.dir.Change(t.Context(), b.site, operator, gone.ID, func(a *directory.Account) error { a.Status = directory.Inactive; return nil })
		if err != nil {
			t.Fatal(err)
		}
		if n := b.work(); n != 0 {
			t.Errorf("%d are told", n)
		}
		b.now = b.now.Add(9 * 24 * time.Hour)
		if n := b.work(); n != 0 || len(b.mails()) != 0 {
			t.Errorf("%d are told: %+v", n, b.mails())
		}
	})
}

func TestManyNodesTellOfATokenOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newNoticeBed(t, d)
		ada := add(t, b.dir, b.site, directory.Account{DisplayName: "Ada", Email: "ada@example.org"})
		const tokens = 120 // more than are looked at at a time
		for range tokens {
			b.token(ada.ID, directory.Token{ExpiresAt: b.now.Add(2 * week)})
		}
		b.now = b.now.Add(week)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if _, err := b.notices.Work(t.Context(), b.site, "acme", week); err != nil {
					t.Log(err) // a transaction may be put off; the next hour does it
				}
			})
		}
		all.Wait()
		for try := 0; b.work() > 0 && try < 10; try++ {
		}
		if got := b.mails()["ada@example.org"]; len(got) != tokens {
			t.Errorf("there are %d mails about %d tokens", len(got), tokens)
		}
	})
}
