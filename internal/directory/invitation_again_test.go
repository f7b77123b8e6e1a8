package directory_test

import (
	"testing"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
)

// inviteBy is [inviter.invite] under other terms; it returns the last mail.
func (i *inviter) inviteBy(t directory.Terms, administrator bool, address string) mail.Message {
	i.Helper()
	err := i.Ask(i.Context(), i.site, change.Actor{AccountID: "ada", Via: change.API}, t, administrator, []string{address})
	if err == nil {
		err = i.Work(i.Context())
	}
	if err != nil {
		i.Fatal(err)
	}
	all := i.mails()
	return all[len(all)-1]
}

// hurried terms know no cool-down.
func hurried() directory.Terms {
	t := terms
	t.CoolDown = 0
	return t
}

// edit stores an account with another status and address.
func (i *inviter) edit(id string, status directory.Status, email string) {
	i.Helper()
	if _, err := i.dir.Change(i.Context(), i.site, operator, id, func(a *directory.Account) error {
		a.Status, a.Email = status, email
		return nil
	}); err != nil {
		i.Fatal(err)
	}
}

// last is the last invitation of an address.
func (i *inviter) last(address string) directory.Invitation {
	i.Helper()
	inv, err := i.dir.Invitation(i.Context(), i.site, address)
	if err != nil {
		i.Fatal(err)
	}
	return inv
}

func TestWhoIsDeactivatedDoesNotComeBackByAnOlderInvitation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		i := newInviter(t, d)
		a := add(t, i.dir, i.site, directory.Account{DisplayName: "Ada", Email: "ada@example.com"})
		older := secretIn(i.invite(true, "ada@example.com")[0])
		inv := i.last("ada@example.com")
		i.edit(a.ID, directory.Inactive, "ADA@example.com")
		if got := recorded(t, d, i.site, "invitation.revoke"); len(got) != 1 || got[0] != "invitation:"+inv.ID {
			t.Errorf("recorded %v", got)
		}
		if left := i.mails(); len(left) != 0 {
			t.Errorf("its mail leaves all the same: %+v", left)
		}
		i.edit(a.ID, directory.Active, "ada@example.com")
		i.edit(a.ID, directory.Inactive, "ada@example.com")
		if _, err := i.accept(older); kind(err) != failure.NotFound {
			t.Errorf("the older invitation: %v", err)
		}
		newer := secretIn(i.invite(true, "ada@example.com")[0])
		if _, err := i.dir.Change(t.Context(), i.site, operator, a.ID, func(a *directory.Account) error { a.Phone = "1"; return nil }); err != nil {
			t.Fatal(err)
		}
		if let, err := i.accept(newer); err != nil || let.Account.ID != a.ID || let.Account.Status != directory.Active {
			t.Errorf("the newer invitation: %+v (%v)", let, err)
		}
	})
}

func TestAnInvitationToAnAddressThatADeactivatedAccountLeavesOrTakesIsRevoked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		i := newInviter(t, d)
		a := add(t, i.dir, i.site, directory.Account{DisplayName: "Ada", Email: "ada@example.com"})
		all := i.invite(true, "ada@example.com", "countess@example.com", "grace@example.com")
		i.edit(a.ID, directory.Inactive, "countess@example.com")
		for n, want := range []failure.Kind{failure.NotFound, failure.NotFound, kind(nil)} {
			if _, err := i.accept(secretIn(all[n])); kind(err) != want {
				t.Errorf("%s: %v", all[n].To[0].Address, err)
			}
		}
	})
}

func TestABulkThatDeactivatesRevokesInvitations(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		i := newInviter(t, d)
		a := add(t, i.dir, i.site, directory.Account{DisplayName: "Ada", Email: "ada@example.com"})
		i.invite(true, "ada@example.com")
		bulk(t, i.dir, i.site, withStatus(a.ID, directory.Inactive))
		if i.last("ada@example.com").RevokedAt.IsZero() {
			t.Error("the invitation stands")
		}
	})
}

func TestAnAccountThatABulkAddsAsDeactivatedDoesNotComeBackByAnOlderInvitation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		i := newInviter(t, d)
		all := i.invite(true, "ada@example.com", "grace@example.com", "mary@example.com")
		inv := i.last("ada@example.com")
		edit := func(email string, status directory.Status) directory.Edit {
			return directory.Edit{Email: email, Set: func(a *directory.Account) error {
				a.Email, a.DisplayName, a.Status = email, "Somebody", status
				return nil
			}}
		}
		bulk(t, i.dir, i.site, edit("ADA@example.com", directory.Inactive), edit("emmy@example.com", directory.Active))
		if got := recorded(t, d, i.site, "invitation.revoke"); len(got) != 1 || got[0] != "invitation:"+inv.ID {
			t.Errorf("recorded %v", got)
		}
		for n, want := range []failure.Kind{failure.NotFound, kind(nil), kind(nil)} {
			if _, err := i.accept(secretIn(all[n])); kind(err) != want {
				t.Errorf("%s: %v", all[n].To[0].Address, err)
			}
		}
		if left := i.mails(); len(left) != 2 {
			t.Errorf("its mail leaves all the same: %+v", left)
		}
		if let, err := i.accept(secretIn(i.inviteBy(hurried(), true, "ada@example.com"))); err != nil || let.Account.Email != "ADA@example.com" {
			t.Errorf("a newer invitation: %+v (%v)", let, err)
		}
	})
}

func TestAnAdministratorsWordGoesWithTheLinkTheyCaused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		i := newInviter(t, d)
		first := secretIn(i.inviteBy(hurried(), true, "new@example.com"))
		opened := i.last("new@example.com")
		second := secretIn(i.inviteBy(hurried(), false, "new@example.com"))
		inv := i.last("new@example.com")
		if inv.Administrator || inv.ID != opened.ID || inv.Sends != 2 {
			t.Errorf("%+v", inv)
		}
		if _, err := i.accept(first); kind(err) != failure.NotFound {
			t.Errorf("the link before: %v", err)
		}
		if i.inviteBy(hurried(), true, "new@example.com"); !i.last("new@example.com").Administrator {
			t.Error("an administrator's link is weaker than they are")
		}
		if _, err := i.accept(second); kind(err) != failure.NotFound {
			t.Errorf("the second link: %v", err)
		}
	})
}

func TestAnAdministratorsInvitationOfADeactivatedPersonStandsWhoeverElseInvites(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		i := newInviter(t, d)
		a := add(t, i.dir, i.site, directory.Account{DisplayName: "Ada", Email: "ada@example.com", Status: directory.Inactive})
		secret := secretIn(i.inviteBy(hurried(), true, "ada@example.com"))
		i.inviteBy(hurried(), false, "ada@example.com")
		if let, err := i.accept(secret); err != nil || let.Account.ID != a.ID {
			t.Errorf("%+v (%v)", let, err)
		}
	})
}

func TestAnExpiredInvitationIsReplacedByANewOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		i := newInviter(t, d)
		expired := hurried()
		expired.Life = 0
		i.inviteBy(expired, true, "new@example.com")
		old := i.last("new@example.com")
		m := i.inviteBy(hurried(), false, "NEW@example.com")
		inv := i.last("new@example.com")
		if inv.ID == old.ID || inv.Administrator || inv.Sends != 1 || inv.Email != "NEW@example.com" {
			t.Errorf("%+v", inv)
		}
		if _, err := i.Resend(t.Context(), i.site, operator, old.ID, terms); kind(err) != failure.Conflict {
			t.Errorf("the replaced one is resent: %v", err)
		}
		if _, err := i.accept(secretIn(m)); err != nil {
			t.Error(err)
		}
	})
}

func TestWhoseInvitationIsRevokedIsInvitedAgainAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		i := newInviter(t, d)
		i.invite(false, "new@example.com")
		old := i.last("new@example.com")
		if _, err := i.dir.RevokeInvitation(t.Context(), i.site, operator, old.ID); err != nil {
			t.Fatal(err)
		}
		all := i.invite(false, "new@example.com")
		if len(all) != 1 || i.last("new@example.com").ID == old.ID {
			t.Fatalf("%+v", all)
		}
		if all = i.invite(false, "new@example.com"); len(all) != 1 {
			t.Error("the new invitation has no cool-down")
		}
		if _, err := i.accept(secretIn(all[0])); err != nil {
			t.Error(err)
		}
	})
}
