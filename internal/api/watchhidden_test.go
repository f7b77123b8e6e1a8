package api

import (
	"net/http"
	"reflect"
	"testing"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// hiddenPair is something that is there but hidden from all but administrators, and something that is not there.
type hiddenPair struct{ hidden, missing string }

// hiddenPairs furnishes a site with what is hidden: a space, a page in it, and a restricted page in an open space.
func (s *testSite) hiddenPairs() []hiddenPair {
	s.t.Helper()
	page := s.hiddenPage("secrets")
	if err := s.spaces.Restrict(s.t.Context(), s.ID, operator, onPage, []content.Restriction{
		{Operation: "read", Subject: content.Subject{Kind: content.User, ID: accountID(admin)}},
	}); err != nil {
		s.t.Fatal(err)
	}
	return []hiddenPair{{"content/" + page, "content/999999"}, {watchPaths[0], "content/999999"}, {"space/SECRET", "space/MISSING"}}
}

// who may not see what is hidden, whom they may name, and whether the space has to be asked about them.
var watchCallers = []struct{ role, query string }{
	{person, ""},
	{person, "?accountId=" + accountID(person)},
	{person, "?accountId=" + accountID(hidden)},
	{person, "?accountId=" + accountID(nobody)},
	{guest, ""},
	{external, ""},
	{app, ""},
	{app, "?accountId=" + accountID(hidden)},
}

func TestWhatIsHiddenIsAnsweredToTheByteLikeWhatIsMissing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			s.forEachHidden(func(name string, hidden, missing ask) {
				is, isNot := s.ask(hidden), s.ask(missing)
				if is.status != http.StatusForbidden || is.status != isNot.status || is.body != isNot.body || !reflect.DeepEqual(lasting(is.header), lasting(isNot.header)) {
					t.Errorf("%s, %s:\n%d %v %s\n%d %v %s", f, name, is.status, is.header, is.body, isNot.status, isNot.header, isNot.body)
				}
			})
		}
	})
}

// Time would tell what the answer does not. What is counted is the work, not how long it takes; one SQL text serves
// both engines, so that PostgreSQL's count is SQLite's too.
func TestWhatIsHiddenCostsAsManyStatementsAsWhatIsMissing(t *testing.T) {
	t.Parallel()
	url, statements := dbtest.Counted(t)
	d, err := db.Open(t.Context(), url, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	s := newSite(t, d)
	s.forEachHidden(func(name string, hidden, missing ask) {
		s.ask(missing) // what only the first call costs, such as finding the site
		is, isNot := statements.During(func() { s.ask(hidden) }), statements.During(func() { s.ask(missing) })
		if is != isNot || is == 0 {
			t.Errorf("%s: %d statements for what is hidden, %d for what is missing", name, is, isNot)
		}
	})
}

// forEachHidden calls do with each request for something hidden and its like for something missing.
func (s *testSite) forEachHidden(do func(name string, hidden, missing ask)) {
	s.t.Helper()
	for _, pair := range s.hiddenPairs() {
		for _, who := range watchCallers {
			for _, method := range watchMethods {
				do(method+" "+pair.hidden+who.query+" by "+who.role, watchCall(who.role, method, pair.hidden+who.query), watchCall(who.role, method, pair.missing+who.query))
			}
		}
	}
}

// lasting is a header without what differs between any two answers.
func lasting(h http.Header) http.Header {
	h = h.Clone()
	for _, name := range []string{"Date", "X-Roster-Request-Id", explainedBy} {
		h.Del(name)
	}
	return h
}
