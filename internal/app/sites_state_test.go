package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/seed"
)

// While a site changes and is reset over and over, and what is left of it is deleted, every answer is of one state.
func TestNoRequestSeesASiteHalfReset(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		s := standIn(t, database)
		lab := s.make("lab")
		_, whole := s.get(lab, "/user/memberof?accountId=557058:1f28fbb3-0b59-5ecb-91a9-103a8022efb1")
		var ended atomic.Bool
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for !ended.Load() {
					if status, body := s.get(lab, "/user/memberof?accountId=557058:1f28fbb3-0b59-5ecb-91a9-103a8022efb1"); status != 200 || body != whole {
						t.Errorf("%d %s", status, body)
						return
					}
				}
			})
		}
		for i := range 30 {
			if status, body := s.call("POST", "/_roster/sites/"+lab.CloudID+"/reset", ""); status != 200 {
				t.Errorf("reset: %d %s", status, body)
			}
			if i%10 == 9 {
				if _, err := s.Sites.Sweep(t.Context()); err != nil {
					t.Error(err)
				}
			}
		}
		ended.Store(true)
		all.Wait()
	})
}

func TestWhatIsLeftOfASiteIsDeletedAndNothingElse(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		s := standIn(t, database)
		kept, gone := s.make("kept"), s.make("gone")
		before, other := s.rows(t, "kept"), s.number(t, "gone")
		s.call("POST", "/_roster/sites/"+gone.CloudID+"/reset", "")
		last := s.number(t, "gone")
		s.call("DELETE", "/_roster/sites/"+gone.CloudID, "")
		if swept, err := s.Sites.Sweep(t.Context()); swept != 0 || err != nil {
			t.Errorf("too soon: %d (%v)", swept, err)
		}
		s.ahead.Store(int64(time.Hour))
		if swept, err := s.Sites.Sweep(t.Context()); swept != 2 || err != nil {
			t.Errorf("%d are swept (%v)", swept, err)
		}
		for _, id := range []int64{other, last} {
			for table, n := range s.count(t, id) {
				if n > 0 && table != "unlisted_sites" {
					t.Errorf("%d rows of %s are left of site %d", n, table, id)
				}
			}
		}
		if after := s.rows(t, "kept"); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("of another site there were %v, and are %v", before, after)
		}
		if status, _ := s.get(kept, "/user/current"); status != 200 {
			t.Errorf("another site answers %d", status)
		}
		s.make("next")
		if id := s.number(t, "next"); id <= last {
			t.Errorf("the number %d is given again, to site %d", last, id)
		}
	})
}

// number is the internal ID of a site.
func (s *standin) number(t *testing.T, name string) int64 {
	t.Helper()
	found, err := s.Sites.Named(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return found.ID
}

func (s *standin) rows(t *testing.T, name string) map[string]int64 {
	return s.count(t, s.number(t, name))
}

// count counts the rows of a site, by table.
func (s *standin) count(t *testing.T, id int64) map[string]int64 {
	t.Helper()
	counts := map[string]int64{}
	for _, table := range db.SiteTables {
		n, _, err := db.One(t.Context(), s.DB, db.Scalar[int64], `SELECT count(*) FROM `+table.Name+` WHERE site_id = $1`, id)
		if err != nil {
			t.Fatal(err)
		}
		counts[table.Name] = n
	}
	return counts
}

// A copy has what the seed's own site has, row by row, apart from what is its own.
func TestACopyIsWhatApplyingTheSeedMakes(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		s := standIn(t, database)
		s.make("lab")
		applied, copied := s.rows(t, "demo"), s.rows(t, "lab")
		for _, table := range db.SiteTables {
			switch table.Name {
			case "changes", "change_heads", "change_seals", "site_hosts":
				continue
			}
			if applied[table.Name] != copied[table.Name] {
				t.Errorf("%s: the seed makes %d rows, the copy has %d", table.Name, applied[table.Name], copied[table.Name])
			}
		}
		if copied["changes"] != 1 {
			t.Errorf("the copy's record has %d entries", copied["changes"])
		}
	})
}

// It is long because it asks for everything that a seed can say.
func TestTheSeedOfASiteGivesTheSameAnswersAgain(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		s := standIn(t, database)
		lab := s.make("lab")
		for _, tt := range []struct{ method, path, body string }{
			{"POST", "/wiki/rest/api/group", `{"name": "7"}`},
			{"POST", "/wiki/rest/api/group/userByGroupId?groupId=", `{"accountId": "5b10408a563ad95fc803e2a5"}`},
			{"POST", "/wiki/rest/api/user/5b10408a563ad95fc803e2a5/property/yes", `{"value": {"a": [1,  null, "é\u0007"]}}`},
		} {
			if strings.HasSuffix(tt.path, "groupId=") {
				tt.path += s.groupID(lab, "7")
			}
			if status, body := s.call(tt.method, lab.URL+tt.path, tt.body, as(lab)); status/100 != 2 {
				t.Fatalf("%s %s: %d %s", tt.method, tt.path, status, body)
			}
		}
		answers := func() string {
			var all bytes.Buffer
			for _, path := range []string{
				"/user/current?expand=operations,personalSpace.homepage,personalSpace.permissions,personalSpace.metadata.labels", "/group?limit=200", "/user/memberof?accountId=5b10408a563ad95fc803e2a5",
				"/group/picker?query=7", "/group/{7}/membersByGroupId", "/user/5b10408a563ad95fc803e2a5/property", "/user/5b10408a563ad95fc803e2a5/property/yes",
				"/user/bulk?accountId=5b10c33baf302f0252a8ed8d&accountId=557058:a2dd396e-2efa-5048-bc67-8448769b3104&accountId=5b10de212f08de399741b51f&expand=personalSpace",
				"/search/user?cql=user.fullname~a&limit=100", "/space?limit=100&expand=homepage,metadata.labels", "/content?limit=100&expand=space,ancestors",
			} {
				status, body := s.get(lab, strings.ReplaceAll(path, "{7}", s.groupID(lab, "7")))
				fmt.Fprintf(&all, "%s %d %s\n", path, status, written.ReplaceAllString(body, "$1"))
			}
			return all.String()
		}
		_, apps := s.call("GET", lab.URL+"/_roster/apps", "")
		want := answers()
		status, text := s.call("GET", "/_roster/sites/"+lab.CloudID+"/seed", "")
		if status != 200 {
			t.Fatalf("%d %s", status, text)
		}
		plan, err := seed.Parse(strings.NewReader(text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		s.call("DELETE", "/_roster/sites/"+lab.CloudID, "")
		if _, err := seed.Apply(t.Context(), s.Changes, plan); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(answers(), "\n")); diff != "" {
			t.Errorf("the answers have changed:\n%s", diff)
		}
		for _, a := range lab.Apps {
			for _, token := range a.Tokens {
				bearer := func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token.Token) }
				if status, body := s.call("GET", lab.URL+"/wiki/rest/api/user/current", "", bearer); status != 200 {
					t.Errorf("the token %s of app %s: %d %s", token.Label, a.Name, status, body)
				}
			}
		}
		if _, got := s.call("GET", lab.URL+"/_roster/apps", ""); written.ReplaceAllString(got, "") != written.ReplaceAllString(apps, "") || len(lab.Apps) == 0 {
			t.Errorf("the apps were\n%s\nand are\n%s", apps, got)
		}
		if _, again := s.call("GET", "/_roster/sites/"+lab.CloudID+"/seed", ""); withoutComments(again) != withoutComments(text) {
			t.Errorf("the seed has changed:\n%s", cmp.Diff(strings.Split(text, "\n"), strings.Split(again, "\n")))
		}
	})
}

// written is when something was written, which no seed says, and how long a search took.
var written = regexp.MustCompile(`("(?:createdDate|lastModifiedDate|searchDuration)":)(?:"[^"]*"|[0-9]+)`)

func withoutComments(text string) string {
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

func (s *standin) groupID(site app.ReadySite, name string) string {
	_, body := s.get(site, "/group/picker?query="+name)
	var found struct{ Results []struct{ ID string } }
	if err := json.Unmarshal([]byte(body), &found); err != nil || len(found.Results) != 1 {
		s.Fatalf("%s (%v)", body, err)
	}
	return found.Results[0].ID
}
