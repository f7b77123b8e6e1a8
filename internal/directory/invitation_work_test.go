package directory_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// alone is an inviter in a database of its own, as whoever works invitations or mail off does so for all sites, with a
// clock that the test moves.
type alone struct {
	*inviter
	db *db.DB

	mu  sync.Mutex
	now time.Time
}

func eachAlone(t *testing.T, test func(t *testing.T, a *alone)) {
	t.Helper()
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url, db.Options{Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		a := &alone{inviter: newInviter(t, d), db: d, now: time.Now()}
		a.dir.Changes.Now = func() time.Time {
			a.mu.Lock()
			defer a.mu.Unlock()
			return a.now
		}
		a.Outbox.Settled = a.dir.MailSettled
		test(t, a)
	})
}

// pass moves the clock.
func (a *alone) pass(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.now = a.now.Add(d)
}

// ask notes a call and leaves it there.
func (a *alone) ask(t directory.Terms, administrator bool, addresses ...string) {
	a.Helper()
	if err := a.Ask(a.Context(), a.site, change.Actor{AccountID: "ada", IP: "192.0.2.7", Via: change.API}, t, administrator, addresses); err != nil {
		a.Fatal(err)
	}
}

// broken terms make no mail: the subject would have two lines.
func broken() directory.Terms {
	t := terms
	t.SiteName = "two\nlines"
	return t
}

// failed are the addresses of calls that were given up.
func (a *alone) failed() (all []directory.FailedInvitation) {
	a.Helper()
	err := a.dir.EachFailedInvitation(a.Context(), a.site, func(f directory.FailedInvitation) error {
		all = append(all, f)
		return nil
	})
	if err != nil {
		a.Fatal(err)
	}
	return all
}

// fail works the calls off until they are given up, and returns how many tries and how much time that took.
func (a *alone) fail() (tries int, took time.Duration) {
	a.Helper()
	begun := a.now
	for ; len(a.failed()) == 0; a.pass(time.Minute) {
		if err := a.Work(a.Context()); kind(err) == failure.Invalid {
			tries++
		} else if err != nil || tries > 100 {
			a.Fatal(err, tries)
		}
	}
	return tries, a.now.Sub(begun)
}

func TestCallsThatFailHoldNoOtherUp(t *testing.T) {
	eachAlone(t, func(t *testing.T, a *alone) {
		for n := range 101 {
			a.ask(broken(), false, fmt.Sprintf("a%d@example.com", n))
		}
		a.ask(terms, false, "new@example.com")
		if err := a.Work(t.Context()); kind(err) != failure.Invalid || !strings.Contains(err.Error(), "101 requests fail") {
			t.Errorf("the failure is %v", err)
		}
		if all := a.mails(); len(all) != 1 || all[0].To[0].Address != "new@example.com" {
			t.Errorf("%d mails", len(all))
		}
		if err := a.Work(t.Context()); err != nil {
			t.Errorf("they are tried again at once: %v", err)
		}
		a.pass(30 * time.Second)
		if err := a.Work(t.Context()); kind(err) != failure.Invalid {
			t.Errorf("they are not tried again: %v", err)
		}
	})
}

func TestACallThatFailsForEverIsGivenUpAndListedWithItsReason(t *testing.T) {
	eachAlone(t, func(t *testing.T, a *alone) {
		asked := a.now.UTC().Truncate(time.Microsecond)
		a.ask(broken(), true, "Grace@example.com", "mary@example.com")
		tries, took := a.fail()
		if tries != 20 || took < 12*time.Hour || took > 15*time.Hour {
			t.Errorf("it was given up after %d tries in %v", tries, took)
		}
		all := a.failed()
		if len(all) != 2 || all[0].Email != "Grace@example.com" || all[1].Email != "mary@example.com" || all[0].RequestID != all[1].RequestID {
			t.Fatalf("listed are %+v", all)
		}
		f := all[0]
		if f.InvitedBy != "ada" || !f.Administrator || f.Attempts != 20 || !f.AskedAt.Equal(asked) || !f.FailedAt.After(asked) ||
			f.Reason != "The subject of a message must be one line without control characters." {
			t.Errorf("listed is %+v", f)
		}
		if got := recorded(t, a.db, a.site, "invitation.fail"); len(got) != 1 || got[0] != "invitation-request:"+f.RequestID {
			t.Errorf("recorded %v", got)
		}
		a.pass(30 * 24 * time.Hour)
		if err := a.Work(t.Context()); err != nil || len(a.mails()) != 0 {
			t.Errorf("it is tried again: %v", err)
		}
	})
}

func TestACallThatFailsIsCountedOnceHoweverManyTry(t *testing.T) {
	eachAlone(t, func(t *testing.T, a *alone) {
		a.ask(broken(), true, "grace@example.com")
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if err := a.Work(t.Context()); err != nil && kind(err) != failure.Invalid {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n, _, err := db.One(t.Context(), a.db, db.Scalar[int], `SELECT attempts FROM invitation_requests`); err != nil || n != 1 {
			t.Errorf("%d tries are counted: %v", n, err)
		}
	})
}

func TestCallsThatWereGivenUpAreForgottenInTime(t *testing.T) {
	eachAlone(t, func(t *testing.T, a *alone) {
		a.ask(broken(), true, "grace@example.com")
		a.fail()
		given := a.failed()[0].FailedAt
		a.ask(broken(), true, "mary@example.com")
		for _, step := range []struct {
			before time.Time
			want   int64
		}{{given, 0}, {given.Add(time.Microsecond), 1}, {given.Add(time.Hour), 0}} {
			if n, err := a.dir.PruneFailedInvitations(t.Context(), a.site, step.before); err != nil || n != step.want {
				t.Errorf("%d are forgotten, want %d: %v", n, step.want, err)
			}
		}
		if n, _, err := db.One(t.Context(), a.db, db.Scalar[int], `SELECT count(*) FROM invitation_requests`); n != 1 || err != nil || len(a.failed()) != 0 {
			t.Errorf("%d calls are left, %v", n, err)
		}
	})
}

func TestACallIsNotWorkedOffForWhomItsPersonIsDeactivatedMeanwhile(t *testing.T) {
	for name, deactivate := range map[string]func(a *alone, id string){
		"by a change": func(a *alone, id string) { a.edit(id, directory.Inactive, "ada@example.com") },
		"in bulk":     func(a *alone, id string) { bulk(a.T, a.dir, a.site, withStatus(id, directory.Inactive)) },
		"and back": func(a *alone, id string) {
			a.edit(id, directory.Inactive, "ada@example.com")
			a.edit(id, directory.Active, "ada@example.com")
		},
		"by closing": func(a *alone, id string) { a.edit(id, directory.Closed, "") },
	} {
		t.Run(name, func(t *testing.T) {
			eachAlone(t, func(t *testing.T, a *alone) {
				ada := add(t, a.dir, a.site, directory.Account{DisplayName: "Ada", Email: "ada@example.com"})
				a.ask(terms, true, "ADA@example.com", "grace@example.com")
				a.ask(terms, true, "ada@example.com")
				deactivate(a, ada.ID)
				if n := len(recorded(t, a.db, a.site, "invitation.withdraw")); n != 2 {
					t.Errorf("the address is withdrawn from %d calls", n)
				}
				if err := a.Work(t.Context()); err != nil {
					t.Fatal(err)
				}
				if all := a.mails(); len(all) != 1 || all[0].To[0].Address != "grace@example.com" {
					t.Errorf("the mails are %+v", all)
				}
				a.ask(terms, true, "ada@example.com")
				if err := a.Work(t.Context()); err != nil || len(a.mails()) != 2 {
					t.Errorf("a later call is not worked off: %v", err)
				}
			})
		})
	}
}

func TestWhoIsDeactivatedWhileACallIsWorkedOffHasNoGoodInvitation(t *testing.T) {
	eachAlone(t, func(t *testing.T, a *alone) {
		for n := range 20 {
			email := fmt.Sprintf("n%d@example.com", n)
			who := add(t, a.dir, a.site, directory.Account{DisplayName: "Ada", Email: email})
			a.ask(terms, true, email)
			var both sync.WaitGroup
			both.Go(func() {
				if err := a.Work(t.Context()); err != nil {
					t.Error(err)
				}
			})
			both.Go(func() {
				_, err := a.dir.Change(t.Context(), a.site, operator, who.ID, func(a *directory.Account) error { a.Status = directory.Inactive; return nil })
				if err != nil {
					t.Error(err)
				}
			})
			both.Wait()
		}
		err := a.dir.EachInvitation(t.Context(), a.site, directory.InvitationOpen, func(i directory.Invitation) error {
			t.Errorf("%s is open", i.Email)
			return nil
		})
		if left := a.mails(); err != nil || len(left) != 0 {
			t.Errorf("%d mails leave, %v", len(left), err)
		}
	})
}

func TestClosingAnAccountForgetsItInCallsThatWereGivenUp(t *testing.T) {
	eachAlone(t, func(t *testing.T, a *alone) {
		add(t, a.dir, a.site, directory.Account{ID: "ada", DisplayName: "Ada", Email: "ada@example.com"})
		a.ask(broken(), true, "Ada@example.com")
		a.fail()
		a.edit("ada", directory.Closed, "")
		kept, err := db.All(t.Context(), a.db, db.Scalar[string], `SELECT addresses || ip FROM invitation_requests`)
		if err != nil || len(kept) != 1 || kept[0] != "" {
			t.Errorf("the call keeps %v, %v", kept, err)
		}
		if all := a.failed(); len(all) != 0 {
			t.Errorf("listed are %+v", all)
		}
	})
}
