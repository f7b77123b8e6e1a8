package directory_test

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
)

var terms = directory.Terms{
	CloudID: "11111111-2222-4333-8444-555555555555", SiteName: "acme", Base: "https://people.example", Life: 7 * 24 * time.Hour, CoolDown: time.Hour,
}

// inviter is a fresh site with a group for new people, that invites them.
type inviter struct {
	*testing.T
	*directory.Invitations
	dir  *directory.Directory
	site int64
	home string
}

func newInviter(t *testing.T, d *db.DB) *inviter {
	t.Helper()
	dir, site := newSite(t, d)
	g, err := dir.AddGroup(t.Context(), site, operator, directory.Group{Name: "users"})
	if err == nil {
		_, err = dir.Grant(t.Context(), site, operator, g.ID, directory.Use, true)
	}
	if err != nil {
		t.Fatal(err)
	}
	from := mail.Address{Name: "Roster", Address: "roster@example.org"}
	return &inviter{t, directory.NewInvitations(dir, mail.NewOutbox(dir.Changes), from), dir, site, g.ID}
}

// invite invites addresses and returns all mails of the site, the oldest first.
func (i *inviter) invite(administrator bool, addresses ...string) []mail.Message {
	i.Helper()
	err := i.Ask(i.Context(), i.site, change.Actor{AccountID: "ada", Via: change.API}, terms, administrator, addresses)
	if err == nil {
		err = i.Work(i.Context())
	}
	if err != nil {
		i.Fatal(err)
	}
	return i.mails()
}

func (i *inviter) mails() []mail.Message {
	i.Helper()
	all, err := i.Outbox.Captured(i.Context(), i.site)
	if err != nil {
		i.Fatal(err)
	}
	return all
}

var linked = regexp.MustCompile(`https://people\.example/invitation/(\w+)`)

func secretIn(m mail.Message) string { return linked.FindStringSubmatch(m.Text)[1] }

func (i *inviter) accept(secret string) (directory.Accepted, error) {
	return i.dir.AcceptInvitation(i.Context(), i.site, terms.CloudID, change.Actor{Via: change.API}, directory.Acceptance{Secret: secret, DisplayName: "New"})
}

func TestAnInvitationsMailIsPlainAndLegible(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		i := newInviter(t, d)
		all := i.invite(false, "Ada.Lovelace@bücher.example")
		data, err := all[0].Compose()
		if err != nil {
			t.Fatal(err)
		}
		m, err := netmail.ReadMessage(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{
			"From": `"Roster" <roster@example.org>`, "To": "<Ada.Lovelace@xn--bcher-kva.example>", "Subject": "You are invited to acme",
		} {
			if got := m.Header.Get(name); got != want {
				t.Errorf("%s is %q", name, got)
			}
		}
		media, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
		if err != nil || media != "multipart/alternative" {
			t.Fatal(media, err)
		}
		parts := multipart.NewReader(m.Body, parameters["boundary"])
		for _, want := range []string{"text/plain; charset=utf-8", "text/html; charset=utf-8"} {
			part, err := parts.NextRawPart()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(quotedprintable.NewReader(part))
			if err != nil || part.Header.Get("Content-Type") != want || part.Header.Get("Content-Transfer-Encoding") != "quoted-printable" {
				t.Errorf("%v (%v)", part.Header, err)
			}
			for _, said := range []string{"acme", "Ada.Lovelace@bücher.example", "https://people.example/invitation/roster_inv_11111111222243338444555555555555_", "works once"} {
				if !strings.Contains(string(text), said) {
					t.Errorf("%s does not say %s:\n%s", want, said, text)
				}
			}
		}
		for line := range strings.SplitSeq(string(data), "\r\n") {
			if len(line) > 78 {
				t.Errorf("a line of %d characters", len(line))
			}
		}
	})
}

func TestAnAddressThatCannotBeMailedIsPassedOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		i := newInviter(t, d)
		all := i.invite(true, "", "ada", "ada@", "@example.com", "a@b@example.com", "ada@example", "ada@example.com.", " ada@example.com", "ada@example.com\r\nRCPT TO:<eve@example.com>",
			"ada@example.com\nBcc: eve@example.com", "ada\x00@example.com", "ad\u760aa@example.com", "ada@exam\u760dple.com", `"ada lovelace"@example.com`, "ada@[127.0.0.1]",
			"a@b.example, c@d.example", "Ada <ada@example.com>", "ada%eve.example@example.com", strings.Repeat("a", 65)+"@example.com", "ada@"+strings.Repeat("a", 64)+".com",
			"ada@"+strings.Repeat("a.", 130)+"com", "\xff@example.com", "ада@example.com", "ok@example.com", "OK@Example.COM", "ok@ｅxample.com")
		if len(all) != 1 || len(all[0].To) != 1 || all[0].To[0].Address != "ok@example.com" {
			t.Errorf("%+v", all)
		}
	})
}

func TestACallIsWorkedOffOnceHoweverManyTry(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		i := newInviter(t, d)
		for range 5 {
			if err := i.Ask(t.Context(), i.site, operator, terms, false, []string{"a@example.com", "b@example.com"}); err != nil {
				t.Fatal(err)
			}
		}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if err := i.Work(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := len(i.mails()); n != 2 {
			t.Errorf("%d mails", n)
		}
		if n := len(recorded(t, d, i.site, "invitation.settle")); n != 5 {
			t.Errorf("%d calls were worked off", n)
		}
	})
}

func TestAnInvitationIsResentWithAFreshLinkAndRevoked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		i := newInviter(t, d)
		first := secretIn(i.invite(true, "new@example.com")[0])
		again := directory.NewInvitations(i.dir, i.Outbox, mail.Address{})
		inv, err := again.Resend(t.Context(), i.site, operator, "NEW@example.com", directory.Terms{CloudID: terms.CloudID, SiteName: "acme", Life: time.Hour})
		if err != nil || inv.Sends != 2 || !inv.Administrator || inv.State(inv.QueuedAt) != directory.InvitationOpen {
			t.Fatalf("%+v (%v)", inv, err)
		}
		all := i.mails()
		if len(all) != 1 || all[0].From != i.From || all[0].ID != inv.MessageID {
			t.Fatalf("%+v", all)
		}
		if _, err := i.accept(first); kind(err) != failure.NotFound {
			t.Errorf("the link before: %v", err)
		}
		revoked, err := i.dir.RevokeInvitation(t.Context(), i.site, operator, inv.ID)
		if err != nil || !revoked {
			t.Error(revoked, err)
		}
		if left := i.mails(); len(left) != 0 {
			t.Errorf("its mail leaves all the same: %+v", left)
		}
		if revoked, err = i.dir.RevokeInvitation(t.Context(), i.site, operator, inv.ID); err != nil || revoked {
			t.Error("again:", revoked, err)
		}
		if _, err := i.accept(secretIn(all[0])); kind(err) != failure.NotFound {
			t.Errorf("revoked: %v", err)
		}
		if _, err := again.Resend(t.Context(), i.site, operator, inv.ID, terms); kind(err) != failure.Conflict {
			t.Errorf("resent: %v", err)
		}
		for _, ref := range []string{"nobody@example.com", "x", "018f2c3e-0000-7000-8000-000000000000", ""} {
			if _, err := again.Resend(t.Context(), i.site, operator, ref, terms); kind(err) != failure.NotFound {
				t.Errorf("%q: %v", ref, err)
			}
		}
	})
}

func TestWhoHasAccessByNowIsNotWrittenToAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		i := newInviter(t, d)
		let, err := i.accept(secretIn(i.invite(false, "new@example.com")[0]))
		if err != nil || let.Account.Email != "new@example.com" || let.Token == "" {
			t.Fatalf("%+v (%v)", let, err)
		}
		inv, err := i.dir.Invitation(t.Context(), i.site, "new@example.com")
		if err != nil || inv.AccountID != let.Account.ID || inv.AcceptedAt.IsZero() {
			t.Errorf("%+v (%v)", inv, err)
		}
		if _, err := i.Resend(t.Context(), i.site, operator, inv.ID, terms); kind(err) != failure.Conflict {
			t.Errorf("resent: %v", err)
		}
		if _, err := i.dir.RevokeInvitation(t.Context(), i.site, operator, inv.ID); kind(err) != failure.Conflict {
			t.Errorf("revoked: %v", err)
		}
		i.invite(false, "other@example.com")
		add(t, i.dir, i.site, directory.Account{DisplayName: "Other", Email: "other@example.com"}, i.home)
		if _, err := i.Resend(t.Context(), i.site, operator, "other@example.com", terms); kind(err) != failure.Conflict {
			t.Errorf("resent: %v", err)
		}
	})
}

func TestClosingAnAccountForgetsItsInvitationsButNotThatItWasThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		i := newInviter(t, d)
		let, err := i.accept(secretIn(i.invite(false, "new@example.com", "other@example.com")[0]))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := i.dir.Change(t.Context(), i.site, operator, let.Account.ID, func(a *directory.Account) error { a.Status = directory.Closed; return nil }); err != nil {
			t.Fatal(err)
		}
		if _, err := i.dir.Invitation(t.Context(), i.site, "new@example.com"); kind(err) != failure.NotFound {
			t.Errorf("the invitation stands: %v", err)
		}
		kept, err := db.All(t.Context(), d, db.Scalar[string], `SELECT detail FROM changes WHERE site_id = $1 AND detail LIKE '%new@example.com%'`, i.site)
		if err != nil || len(kept) != 0 {
			t.Errorf("the records keep %v (%v)", kept, err)
		}
		if left := i.mails(); len(left) != 1 || left[0].To[0].Address != "other@example.com" {
			t.Errorf("the mail that waits is %+v", left)
		}
		if n := len(i.invite(false, "NEW@example.com")); n != 1 {
			t.Errorf("anybody asks back whose account is closed: %d mails", n)
		}
		all := i.invite(true, "new@example.com")
		if len(all) != 2 {
			t.Fatalf("%d mails", len(all))
		}
		back, err := i.accept(secretIn(all[1]))
		if err != nil || back.Account.ID == let.Account.ID {
			t.Errorf("%+v (%v)", back, err)
		}
	})
}

func TestWhoIsDeactivatedMeanwhileStaysOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		i := newInviter(t, d)
		a := add(t, i.dir, i.site, directory.Account{DisplayName: "Ada", Email: "ada@example.com"})
		secret := secretIn(i.invite(false, "ada@example.com")[0])
		if _, err := i.dir.Change(t.Context(), i.site, operator, a.ID, func(a *directory.Account) error { a.Status = directory.Inactive; return nil }); err != nil {
			t.Fatal(err)
		}
		if _, err := i.accept(secret); kind(err) != failure.NotFound {
			t.Error(err)
		}
		inv, err := i.dir.Invitation(t.Context(), i.site, "ada@example.com")
		if err != nil || !inv.AcceptedAt.IsZero() {
			t.Errorf("%+v (%v)", inv, err)
		}
	})
}

func TestNobodyIsInvitedWhereThereIsNoPlaceForNewPeople(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		i := directory.NewInvitations(dir, mail.NewOutbox(dir.Changes), mail.Address{Address: "roster@example.org"})
		if err := i.Ask(t.Context(), site, operator, terms, true, []string{"new@example.com"}); kind(err) != failure.Unavailable {
			t.Error(err)
		}
	})
}

func TestInvitationsAreListedByTheirState(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		i := newInviter(t, d)
		all := i.invite(false, "a@example.com", "b@example.com", "c@example.com")
		if _, err := i.accept(secretIn(all[0])); err != nil {
			t.Fatal(err)
		}
		if _, err := i.dir.RevokeInvitation(t.Context(), i.site, operator, "c@example.com"); err != nil {
			t.Fatal(err)
		}
		later := &directory.Directory{Changes: &change.Log{DB: d, Now: func() time.Time { return time.Now().Add(8 * 24 * time.Hour) }}}
		for _, tt := range []struct {
			dir   *directory.Directory
			state directory.InvitationState
			want  string
		}{
			{i.dir, "", "a@example.com b@example.com c@example.com"},
			{i.dir, directory.InvitationOpen, "b@example.com"},
			{i.dir, directory.InvitationAccepted, "a@example.com"},
			{i.dir, directory.InvitationRevoked, "c@example.com"},
			{i.dir, directory.InvitationExpired, ""},
			{later, directory.InvitationExpired, "b@example.com"},
		} {
			var got []string
			err := tt.dir.EachInvitation(t.Context(), i.site, tt.state, func(i directory.Invitation) error {
				got = append(got, i.Email)
				return nil
			})
			if err != nil || strings.Join(got, " ") != tt.want {
				t.Errorf("%q: %v (%v)", tt.state, got, err)
			}
		}
	})
}
