package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

// wayIn is a request with a credential of one kind.
type wayIn struct {
	ask   ask
	owner string // account ID
	app   string // client ID; empty where there is no app
}

// waysIn are all credentials that make somebody a caller, and whose account they hang on: an ordinary person's, or
// the app's own.
func (s *testSite) waysIn() map[string]wayIn {
	s.t.Helper()
	ways := map[string]wayIn{}
	current := ask{path: currentPath}
	add := func(name string, a ask, owner, app string) { ways[name] = wayIn{a, owner, app} }
	byRole := func(role string) ask { a := current; a.role = role; return a }
	s.token("scoped token", person, "read:confluence-user")
	add("classic token", byRole(person), accountID(person), "")
	add("scoped token", byRole("scoped token"), accountID(person), "")
	browser := current
	browser.header = s.session(person)
	add("session", browser, accountID(person), "")
	for _, kind := range []directory.AppKind{directory.OAuthApp, directory.ForgeApp} {
		r, _ := s.registered(kind, "app-"+string(kind), "read:confluence-user")
		s.access(string(kind)+" for a person", r, accountID(person), "read:confluence-user")
		s.access(string(kind)+" as itself", r, "", "read:confluence-user")
		add(string(kind)+" for a person", byRole(string(kind)+" for a person"), accountID(person), r.ClientID)
		add(string(kind)+" as itself", byRole(string(kind)+" as itself"), r.AccountID, r.ClientID)
	}
	r, secrets := s.registered(directory.ConnectApp, "app-connect", "READ")
	s.access("impersonation", r, accountID(person), "READ")
	add("impersonation", byRole("impersonation"), accountID(person), r.ClientID)
	signed := current
	signed.header = s.signed(r, secrets, http.MethodGet, currentPath)
	add("JWT", signed, r.AccountID, r.ClientID)
	return ways
}

// try shows a credential and says when it is answered otherwise than wanted.
func (s *testSite) try(name, when string, way wayIn, want int) {
	s.t.Helper()
	if got := s.ask(way.ask); got.status != want {
		s.t.Errorf("%s, %s: %d %s", name, when, got.status, got.body)
	}
}

func (s *testSite) do(_ any, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// ownCredential reports whether a credential rests with its account: an API token, and what an app signs itself. Sessions
// and what apps were allowed end for good.
func ownCredential(name string) bool { return strings.HasSuffix(name, "token") || name == "JWT" }

// Whatever somebody holds, it is of no use from the request on that follows their deactivation, and only what is
// their own is good again when they are back.
func TestDeactivationEndsEveryWayInAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		status := func(accountID string, to directory.Status) {
			t.Helper()
			s.do(s.dir.Change(t.Context(), s.ID, operator, accountID, func(a *directory.Account) error { a.Status = to; return nil }))
		}
		ways, owners := s.waysIn(), map[string][]string{}
		for name, way := range ways {
			s.try(name, "at first", way, 200)
			owners[way.owner] = append(owners[way.owner], name)
		}
		for owner, names := range owners {
			status(owner, directory.Inactive)
			for _, name := range names {
				s.try(name, "while its account is deactivated", ways[name], 403)
			}
			status(owner, directory.Active)
			for _, name := range names {
				want := 403
				if ownCredential(name) {
					want = 200
				}
				s.try(name, "when its account is back", ways[name], want)
			}
		}
	})
}

// An app that is blocked is let in again with all that it had, and may do no more than its account.
func TestABlockedAppIsRefusedWhicheverWayItComes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		home, err := s.dir.HomeGroup(t.Context(), s.ID, false)
		s.do(nil, err)
		block := func(clientID string, blocked bool) {
			t.Helper()
			s.do(s.dir.ChangeRegistration(t.Context(), s.ID, operator, clientID, func(r *directory.Registration) error { r.Blocked = blocked; return nil }))
		}
		for name, way := range s.waysIn() {
			if way.app == "" {
				continue
			}
			block(way.app, true)
			s.try(name, "while its app is blocked", way, 403)
			block(way.app, false)
			s.try(name, "when its app is let in again", way, 200)
			if way.owner == accountID(person) {
				continue
			}
			s.do(s.dir.RemoveMember(t.Context(), s.ID, operator, home, way.owner))
			s.try(name, "when 'Can use' was taken away", way, 403)
			s.do(s.dir.AddMember(t.Context(), s.ID, operator, home, way.owner))
		}
	})
}

func TestNothingOfAnAppOutlivesIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		ways, gone := s.waysIn(), map[string]bool{"": true}
		for name, way := range ways {
			if !gone[way.app] {
				if _, err := s.dir.Unregister(t.Context(), s.ID, operator, way.app); err != nil {
					t.Fatal(err)
				}
				gone[way.app] = true
			}
			want := 200
			if way.app != "" {
				want = 403
			}
			if got := s.ask(way.ask); got.status != want {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
	})
}
