package api

import (
	"bytes"
	"compress/gzip"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

func TestAnAddressIsNotDisclosedWhereThatCannotBeRecorded(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url, db.Options{Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		s := newSite(t, d)
		if err := d.Aside(t.Context(), `ALTER TABLE changes RENAME TO changes_away`); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"", "/bulk"} {
			got := s.get(approved, "/wiki/rest/api/user/email"+path+"?accountId="+accountID(hidden))
			if got.status != 503 || got.header.Get("Retry-After") == "" || strings.Contains(got.body, "hidden@") || strings.Contains(got.body, "changes") {
				t.Errorf("%d %v %s", got.status, got.header, got.body)
			}
		}
		if _, err := s.as(person).Users.Get(t.Context(), accountID(hidden)); err != nil {
			t.Errorf("reading goes on, but: %v", err)
		}
		if err := d.Aside(t.Context(), `ALTER TABLE changes_away RENAME TO changes`); err != nil {
			t.Fatal(err)
		}
		if _, err := s.as(approved).Users.Email(t.Context(), accountID(hidden)); err != nil {
			t.Error(err)
		}
	})
}

func TestHostileBodiesAreRefusedAndNothingElseHappens(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	z.Write(make([]byte, 10<<20))
	z.Close()
	nested := func(n int) string {
		return `{"accountIds":["x"],"deep":` + strings.Repeat(`[`, n) + strings.Repeat(`]`, n) + `}`
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		for _, test := range []struct {
			body   string
			header http.Header
			status int
		}{
			{`{"accountIds":["x"]}`, nil, 200},
			{` {"accountIds" : ["x"], "more": {"a": 1e400, "b": [null]}} ` + "\n", nil, 200}, // what is unknown is left alone
			{`{"accountIds":["x"]}`, http.Header{"Content-Type": {"application/json; charset=utf-8"}}, 200},
			{`{}`, nil, 400},
			{`null`, nil, 400},
			{`[]`, nil, 400},
			{`"x"`, nil, 400},
			{`{"AccountIds":["x"]}`, nil, 400},
			{`{"accountIds":["x",1]}`, nil, 400},
			{`{"accountIds":["x"],}`, nil, 400},
			{`{"accountIds":["x"]}{}`, nil, 400},
			{`{"accountIds":["x"]} x`, nil, 400},
			{`{"accountIds":["x"],"\u0061ccountIds":["y"]}`, nil, 400},
			{`{"accountIds":["x"],"a":{"b":1,"b":2}}`, nil, 400},
			{"\ufeff" + `{"accountIds":["x"]}`, nil, 400},
			{"{\"accountIds\":[\"\xc3\x28\"]}", nil, 400},
			{`{"accountIds":["\ud800"]}`, nil, 200}, // no account has such an ID
			{nested(60), nil, 200},
			{nested(64), nil, 400},
			{nested(10_000), nil, 400},
			{strings.Repeat("[", 500_000), nil, 400},
			{`{"accountIds":[` + strings.Repeat(`"x",`, 100_000) + `"x"]}`, nil, 400},
			{`{"accountIds":["` + strings.Repeat("x", 1<<20) + `"]}`, nil, 413},
			{strings.Repeat(" ", 10<<20), nil, 413},
			{bomb.String(), http.Header{"Content-Encoding": {"gzip"}}, 415},
			{`{"accountIds":["x"]}`, http.Header{"Content-Type": {"text/plain"}}, 415},
			{`{"accountIds":["x"]}`, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, 415},
			{`{"accountIds":["x"]}`, http.Header{"Content-Type": {""}}, 415},
			{`{"accountIds":["x"]}`, http.Header{"Content-Type": {"application/json;;"}}, 415},
		} {
			got := s.ask(ask{role: person, method: "POST", path: v2BulkPath, body: test.body, header: test.header})
			if got.status != test.status {
				t.Errorf("%.60q %v: %d %.200s, want %d", test.body, test.header, got.status, got.body, test.status)
			}
		}
	})
}

func TestLongRequestsAreRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		for n, want := range map[int]int{60 << 10: 404, 64 << 10: 414, 500 << 10: 414} {
			if got := s.get(person, "/wiki/rest/api/user?accountId="+strings.Repeat("x", n)); got.status != want {
				t.Errorf("a URL with %d bytes: %d", n, got.status)
			}
		}
		for n, want := range map[int]int{30 << 10: 200, 32 << 10: 431} {
			got := s.ask(ask{role: person, path: "/wiki/rest/api/user/current", header: http.Header{"X-Long": {strings.Repeat("x", n)}}})
			if got.status != want {
				t.Errorf("headers of %d bytes: %d", n, got.status)
			}
		}
		_, err := s.as(person).Users.Get(t.Context(), strings.Repeat("x", 70<<10))
		if !errors.Is(err, confluence.ErrTooLarge) {
			t.Errorf("the SDK says %.100v", err)
		}
	})
}

func TestQueriesFromHellAreAnswered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			for _, path := range []string{
				"/wiki/rest/api/group/picker?query=%00", "/wiki/rest/api/group/picker?query=%ff", "/wiki/rest/api/group/picker?query=" + strings.Repeat("x", 5000),
				"/wiki/rest/api/group/by-id?id=%00", "/wiki/rest/api/group/by-id?id=%27%20OR%201%3D1", "/wiki/rest/api/group/%00/membersByGroupId",
				"/wiki/rest/api/group/%2e%2e%2fuser/membersByGroupId", "/wiki/rest/api/group/%ff/membersByGroupId",
				"/wiki/rest/api/user?accountId=x&expand=%00", "/wiki/rest/api/user?expand=%ff&accountId=" + accountID(person), "/wiki/rest/api/user?&&=&%3d&a=b;c",
				searchPath + "?cql=user.fullname~%22%00%22", searchPath + "?cql=user%3D%22%00%22", searchPath + "?cql=user.fullname~%22%ff%22",
				searchPath + "?cql=" + strings.Repeat("(", 60_000), searchPath + "?cql=user%20in%20(" + strings.Repeat("a,", 20_000) + "a)",
				searchPath + "?cql=" + strings.Repeat("not%20", 9000) + "type%3Duser", searchPath + "?cql=user.fullname~%22" + strings.Repeat("a%20", 2000) + "%22",
				searchPath + "?cql=user.fullname~%22%25%22", searchPath + "?cql=user.fullname~%22_%22", searchPath + "?cql=type%3Duser&start=2147483647&limit=2147483647",
				"/wiki/rest/api/group?start=2147483648", "/wiki/rest/api/group?start=-2147483648&limit=2147483647", "/wiki/rest/api/group?limit=1e3",
				"/wiki/rest/api/group?start=2147483647&limit=2147483647", "/wiki/aa-avatar/%00", "/wiki/aa-avatar/", "/wiki/aa-avatar/../x",
				"/wiki/./rest/api/user/current", "/WIKI/rest/api/user/current", "/wiki/rest/api/user/current/", "/%77iki/rest/api/user/current",
			} {
				if got := s.get(person, path); got.status >= 500 || got.status == 301 || got.status == 307 {
					t.Errorf("%s, %.100s: %d %.300s", f, path, got.status, got.body)
				}
			}
		}
	})
}

func TestAPictureIsShownToWhomItsOwnerShowsIt(t *testing.T) {
	const png = "\x89PNG not really"
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		for _, role := range []string{colleague, public, hidden} {
			if err := s.dir.SetPicture(t.Context(), s.ID, operator, accountID(role), []byte(png)); err != nil {
				t.Fatal(err)
			}
		}
		for _, test := range []struct {
			of, by string
			sees   bool
		}{
			{public, "", false},
			{public, person, true},
			{colleague, person, true},
			{colleague, guest, false},
			{colleague, app, false},
			{colleague, "", false},
			{hidden, person, false},
			{hidden, hidden, true},
			{hidden, admin, true},
		} {
			got := s.get(test.by, "/wiki/aa-avatar/"+accountID(test.of))
			if got.status != 200 || got.header.Get("Content-Type") != "image/png" || (got.body == png) != test.sees || !strings.HasPrefix(got.body, "\x89PNG") {
				t.Errorf("the picture of %s by %q: %d, seen %v", test.of, test.by, got.status, got.body == png)
			}
			if got.header.Get("Cache-Control") != "private, max-age=300" || got.header.Get("Vary") != "Authorization" {
				t.Errorf("the picture of %s may be kept by others: %v", test.of, got.header)
			}
			again := s.ask(ask{role: test.by, path: "/wiki/aa-avatar/" + accountID(test.of), header: http.Header{"If-None-Match": {got.header.Get("ETag")}}})
			if again.status != 304 || again.body != "" {
				t.Errorf("a picture that is known already: %d", again.status)
			}
		}
		// Who closed their account has no picture left.
		_, err := s.dir.Change(t.Context(), s.ID, operator, accountID(public), func(a *directory.Account) error { a.Status = directory.Closed; return nil })
		if got := s.get(admin, "/wiki/aa-avatar/"+accountID(public)); err != nil || got.body == png {
			t.Errorf("the picture of a closed account is shown (%v)", err)
		}
		if got := s.get("", "/wiki/aa-avatar/anonymous"); got.status != 200 {
			t.Errorf("the anonymous picture: %d", got.status)
		}
		if got := s.get(person, "/wiki/aa-avatar/"+accountID(nobody)); got.status != 404 {
			t.Errorf("a picture of nobody: %d", got.status)
		}
	})
}

func TestHEADAnswersAsGETWithoutABody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		for _, path := range []string{"/wiki/rest/api/user/current", "/wiki/rest/api/user?accountId=nobody", "/_edge/tenant_info", "/wiki/aa-avatar/anonymous"} {
			got, head := s.get(person, path), s.ask(ask{role: person, method: "HEAD", path: path})
			if head.status != got.status || head.body != "" || head.header.Get("Content-Type") != got.header.Get("Content-Type") {
				t.Errorf("%s: %d %v, GET answers %d", path, head.status, head.header, got.status)
			}
		}
	})
}
