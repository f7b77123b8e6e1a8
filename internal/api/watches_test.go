package api

import (
	"bytes"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

const watchesPath = "/wiki/rest/api/user/watch/"

// watchPaths name something to watch of each kind, which everybody who can use a test site may see.
var watchPaths = []string{"content/" + strconv.Itoa(onPage), "label/" + onLabel, "space/~colleague"}

// watchesOf are somebody's watches of those things.
func watchesOf(c *confluence.Client) []confluence.Watch {
	return []confluence.Watch{c.Watches.Content(strconv.Itoa(onPage)), c.Watches.Label(onLabel), c.Watches.Space("~colleague")}
}

// watchCall is a request to a watch operation with the header that writes need.
func watchCall(role, method, path string) ask {
	return ask{role: role, method: method, path: watchesPath + path, header: http.Header{xsrfHeader: {"no-check"}}}
}

var watchMethods = []string{"GET", "POST", "DELETE"}

func (s *testSite) watchRecords() (n int64) {
	s.t.Helper()
	n, _, err := db.One(s.t.Context(), s.dir.Changes.DB, db.Scalar[int64],
		`SELECT count(*) FROM changes WHERE site_id = $1 AND operation IN ('watch.add', 'watch.remove')`, s.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func TestAWatchIsAddedAndRemovedAnyNumberOfTimes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			for i, w := range watchesOf(s.as(person)) {
				before := s.watchRecords()
				wantWatching(t, w, false)
				for range 2 {
					if err := w.Add(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				wantWatching(t, w, true)
				wantWatching(t, watchesOf(s.as(hidden))[i], false)
				wantWatching(t, watchesOf(s.as(admin))[i].Of(accountID(person)), true)
				for range 2 {
					if err := w.Remove(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				wantWatching(t, w, false)
				if n := s.watchRecords() - before; n != 2 {
					t.Errorf("%s: %d records of two changes", f, n)
				}
			}
		}
	})
}

func wantWatching(t *testing.T, w confluence.Watch, want bool) {
	t.Helper()
	if got, err := w.Get(t.Context()); got != want || err != nil {
		t.Errorf("%+v is %v (%v), want %v", w, got, err, want)
	}
}

func TestWhoMayNameWhomInAWatch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			own, other := "?accountId="+accountID(person), "?accountId="+accountID(hidden)
			for _, tt := range []struct {
				role, query                 string
				content, label, space, past int // past is the answer where names of the past are ignored; 0 for the same
			}{
				{person, "", 200, 200, 200, 0},
				{person, own, 200, 200, 200, 0},
				{person, other, 403, 403, 403, 0},
				{person, "?accountId=nobody", 403, 403, 403, 0},
				{person, "?accountId=", 400, 400, 400, 0},
				{admin, "?accountId=", 400, 400, 400, 0},
				{person, "?key=x", 403, 403, 403, 200},
				{person, "?username=person", 403, 403, 403, 200},
				{person, own + "&key=x", 403, 403, 403, 200},
				{person, "?key=", 400, 400, 400, 200},
				{person, "?username=", 400, 400, 400, 200},
				{person, own + "&key=&username=", 400, 400, 400, 200},
				{administrator, other + "&username=", 400, 400, 400, 200},
				{colleague, other, 200, 403, 200, 0}, // whose space it is
				{colleague, "?key=x", 400, 403, 400, 200},
				{colleague, "?accountId=nobody", 404, 403, 404, 0},
				{administrator, other, 200, 200, 200, 0},
				{administrator, "?key=x", 400, 400, 400, 200},
				{administrator, other + "&key=x", 200, 200, 200, 0},
				{administrator, "?accountId=nobody", 404, 404, 404, 0},
				{administrator, "?accountId=%00", 404, 404, 404, 0},
				{admin, other, 200, 200, 200, 0},
				{app, other, 403, 403, 403, 0},
			} {
				for i, want := range []int{tt.content, tt.label, tt.space} {
					if f == "observed" && tt.past != 0 {
						want = tt.past
					}
					for _, method := range watchMethods {
						status := want
						if want == 200 && method != "GET" {
							status = 204
						}
						a := watchCall(tt.role, method, watchPaths[i]+tt.query)
						if got := s.ask(a); got.status != status {
							t.Errorf("%s: %s %s%s by %s: %d %s, want %d", f, method, watchPaths[i], tt.query, tt.role, got.status, got.body, status)
						}
					}
				}
			}
		}
	})
}

func TestNamingAnotherByANameOfThePastWritesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		for _, path := range watchPaths {
			for _, role := range []string{person, admin} {
				for _, query := range []string{"?key=x", "?username=x", "?accountId=", "?key=", "?username="} {
					before := s.watchRecords()
					if s.ask(watchCall(role, "POST", path+query)).status < 400 || s.watchRecords() != before {
						t.Errorf("%s%s by %s wrote", path, query, role)
					}
				}
			}
		}
	})
}

func TestWhatIsMissingAndWhatIsHiddenCannotBeWatchedAlike(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			page := s.hiddenPage("secrets")
			for _, pair := range [][2]string{
				{"content/" + page, "content/999999"},
				{"content/" + page, "content/nonsense"},
				{"content/" + page, "content/0" + page},
				{"content/" + page, "content/-1"},
				{"content/" + page, "content/9223372036854775808"},
				{"label/secrets", "label/missing"},
				{"label/secrets", "label/no%20word"},
				{"label/secrets", "label/%00"},
				{"space/SECRET", "space/MISSING"},
				{"space/SECRET", "space/" + url.PathEscape("' OR 1=1")},
			} {
				for _, method := range watchMethods {
					for _, query := range []string{"", "?accountId=" + accountID(hidden)} {
						is, isNot := s.ask(watchCall(person, method, pair[0]+query)), s.ask(watchCall(person, method, pair[1]+query))
						if is.status != 403 || is.status != isNot.status || is.body != isNot.body {
							t.Errorf("%s: %s %v%s: %d %s\n%d %s", f, method, pair, query, is.status, is.body, isNot.status, isNot.body)
						}
					}
					if got := s.ask(watchCall(admin, method, pair[0])).status; got >= 300 {
						t.Errorf("%s: %s %s by an administrator: %d", f, method, pair[0], got)
					}
				}
			}
			body := s.ask(watchCall(person, "POST", "label/missing")).body
			if f == "observed" != strings.Contains(body, "Requested label doesn't exist") {
				t.Errorf("%s says %s", f, body)
			}
			if _, err := s.as(person).Watches.Space("MISSING").Get(t.Context()); !errors.Is(err, confluence.ErrForbidden) {
				t.Errorf("the error is %v", err)
			}
		}
	})
}

// hiddenPage makes a space that only administrators see, with a label, and a page in it with the same label. It
// returns the page's ID.
func (s *testSite) hiddenPage(label string) string {
	s.t.Helper()
	ctx := s.t.Context()
	_, err := s.spaces.Add(ctx, s.ID, operator, content.Space{Key: "SECRET", Name: "Secret"})
	if err == nil {
		err = s.spaces.SetPermissions(ctx, s.ID, operator, "SECRET", []content.Permission{{
			Operation: content.Operation{Name: "read", Target: "space"}, Subject: content.Subject{Kind: content.User, ID: accountID(admin)},
		}})
	}
	var page content.Page
	if err == nil {
		page, err = s.spaces.AddPage(ctx, s.ID, operator, "SECRET", content.Page{Title: "Secret"})
	}
	if err == nil {
		err = s.spaces.SetLabels(ctx, s.ID, operator, "SECRET", []string{label})
	}
	if err == nil {
		err = s.spaces.AddLabels(ctx, s.ID, operator, page.ID, []string{label})
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return strconv.FormatInt(page.ID, 10)
}

func TestAWatchWithoutTheXSRFHeaderIsRefusedAndWritesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			var log bytes.Buffer
			s.handler.(*Server).Log = slog.New(slog.NewTextHandler(&log, nil))
			want := response{403, http.Header{"Content-Type": {"text/plain"}}, "XSRF check failed"}
			if f == "documented" {
				want = response{403, http.Header{"Content-Type": {"application/json"}}, `{"statusCode":403,"data":{"authorized":false,"valid":true,"errors":[],"successful":false},"message":"XSRF check failed"}`}
			}
			for _, path := range watchPaths {
				for _, method := range watchMethods[1:] {
					for _, header := range []http.Header{{}, {xsrfHeader: {""}}, {xsrfHeader: {"yes"}}, {xsrfHeader: {"", "no-check"}}, {"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte("person@example.com:"+s.secrets[person]))}}} {
						before := s.watchRecords()
						got := s.ask(ask{role: person, method: method, path: watchesPath + path, header: header})
						if got.status != want.status || got.body != want.body || got.header.Get("Content-Type") != want.header.Get("Content-Type") || s.watchRecords() != before {
							t.Errorf("%s: %s %s with %v: %d %s", f, method, path, header, got.status, got.body)
						}
					}
					for _, value := range []string{"no-check", "No-Check", "nocheck"} {
						log.Reset()
						a := watchCall(person, method, path)
						a.header.Set(xsrfHeader, value)
						if got := s.ask(a).status; got != 204 || strings.Contains(log.String(), "deprecated") != (value == "nocheck") {
							t.Errorf("%s: %s %s with %s: %d, and the log says %s", f, method, path, value, got, &log)
						}
					}
				}
			}
		}
	})
}

func TestAWatchIsCheckedInOneOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			s.token("wrong-scope", person, "read:jira-work")
			missing := "content/999999?accountId="
			for _, tt := range []struct {
				name   string
				ask    ask
				status int
				says   string
			}{
				{"credential before scope", ask{method: "POST", path: watchesPath + missing}, 403, ""},
				{"scope before parameters", ask{role: "wrong-scope", base: s.gateway(), method: "POST", path: watchesPath + missing}, 401, "scope"},
				{"access before parameters", ask{role: unlicensed, method: "POST", path: watchesPath + missing}, 403, ""},
				{"parameters before XSRF", ask{role: person, method: "POST", path: watchesPath + missing}, 400, "accountId is empty"},
				{"XSRF before permission", ask{role: person, method: "POST", path: watchesPath + missing + accountID(hidden)}, 403, "XSRF"},
				{"permission before existence", watchCall(person, "POST", missing+accountID(hidden)), 403, "name another user"},
				{"existence", watchCall(person, "POST", "content/999999"), 403, "There is no such content"},
			} {
				if got := s.ask(tt.ask); got.status != tt.status || !strings.Contains(got.body, tt.says) {
					t.Errorf("%s: %s: %d %s", f, tt.name, got.status, got.body)
				}
			}
		}
	})
}

func TestAnAnonymousCallerCannotWatch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, with("anonymousAccess", "true"))
		for _, path := range watchPaths {
			for _, method := range watchMethods {
				if got := s.ask(watchCall("", method, path)); got.status != 403 {
					t.Errorf("%s %s: %d %s", method, path, got.status, got.body)
				}
			}
		}
	})
}

func TestAClosedAccountWatchesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		for _, w := range watchesOf(s.as(person)) {
			if err := w.Add(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.dir.Change(t.Context(), s.ID, operator, accountID(person), func(a *directory.Account) error { a.Status = directory.Closed; return nil }); err != nil {
			t.Fatal(err)
		}
		for _, w := range watchesOf(s.as(admin)) {
			wantWatching(t, w.Of(accountID(person)), false)
			if err := w.Of(accountID(person)).Add(t.Context()); !errors.Is(err, confluence.ErrNotFound) {
				t.Errorf("a closed account can be made to watch: %v", err)
			}
		}
	})
}
