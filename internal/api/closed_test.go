package api

import (
	"strconv"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// aboutSomebody are the operations on one account, in an order that works for an account that is there.
func aboutSomebody(role string) []struct {
	name                string
	ask                 ask
	deactivated, closed int
	writes              bool
} {
	member := "?groupId=" + groupID("empty") + "&accountId=" + accountID(role)
	watch := func(method, path string) ask { return watchCall("", method, path+"?accountId="+accountID(role)) }
	page := "content/" + strconv.Itoa(onPage)
	return []struct {
		name                string
		ask                 ask
		deactivated, closed int
		writes              bool
	}{
		{"get", ask{path: userPathOf + "?accountId=" + accountID(role)}, 200, 200, false},
		{"groups", ask{path: userPathOf + "/memberof?accountId=" + accountID(role)}, 200, 200, false},
		{"create property", posts(propertyPath(role, "colour"), valued(`{}`)), 201, 404, true},
		{"list properties", ask{path: propertyPath(role)}, 200, 200, false},
		{"get property", ask{path: propertyPath(role, "colour")}, 200, 404, false},
		{"update property", puts(propertyPath(role, "colour"), valued(`{"hue":1}`)), 204, 404, true},
		{"delete property", drops(propertyPath(role, "colour")), 204, 404, true},
		{"add to group", adds(groupID("empty"), accountID(role)), 201, 404, true},
		{"take from group", drops(memberPath + member), 204, 404, true},
		{"watch content", watch("POST", page), 204, 404, true},
		{"watches content", watch("GET", page), 200, 200, false},
		{"unwatch content", watch("DELETE", page), 204, 404, true},
		{"watch label", watch("POST", "label/"+onLabel), 204, 404, true},
		{"watches label", watch("GET", "label/"+onLabel), 200, 200, false},
		{"unwatch label", watch("DELETE", "label/"+onLabel), 204, 404, true},
		{"watch space", watch("POST", "space/~colleague"), 204, 404, true},
		{"watches space", watch("GET", "space/~colleague"), 200, 200, false},
		{"unwatch space", watch("DELETE", "space/~colleague"), 204, 404, true},
	}
}

// A closed account can be read, with what is left of it; for whoever writes it is as if nobody had it.
func TestAClosedAccountIsReadButNotWritten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			for _, tt := range aboutSomebody(deactivated) {
				if got := s.ask(as(admin, tt.ask)); got.status != tt.deactivated {
					t.Errorf("%s, %s of a deactivated account: %d %s", f, tt.name, got.status, got.body)
				}
			}
			unknown := aboutSomebody(nobody)
			before := s.allChanges()
			for i, tt := range aboutSomebody(closed) {
				got := s.ask(as(admin, tt.ask))
				if got.status != tt.closed {
					t.Errorf("%s, %s of a closed account: %d %s", f, tt.name, got.status, got.body)
				}
				if want := s.ask(as(admin, unknown[i].ask)); tt.writes && (got.status != want.status || got.body != want.body) {
					t.Errorf("%s, %s of a closed account: %d %s, of nobody's: %d %s", f, tt.name, got.status, got.body, want.status, want.body)
				}
			}
			if n := s.allChanges() - before; n != 0 {
				t.Errorf("%s: %d changes were written", f, n)
			}
		}
	})
}

// Closing leaves memberships, so that what an account was in can still be told, and the API does not touch them.
func TestAMembershipOutlivesItsAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		if got := s.ask(as(admin, takes(groupID("users"), accountID(closed)))); got.status != 404 {
			t.Errorf("%d %s", got.status, got.body)
		}
		groups, err := s.dir.MemberOf(t.Context(), s.ID, accountID(closed), 0, 10)
		if err != nil || len(groups) != 1 {
			t.Errorf("it is in %v (%v)", groups, err)
		}
	})
}

// allChanges counts the site's records.
func (s *testSite) allChanges() (n int64) {
	s.t.Helper()
	n, _, err := db.One(s.t.Context(), s.dir.Changes.DB, db.Scalar[int64], `SELECT count(*) FROM changes WHERE site_id = $1`, s.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}
