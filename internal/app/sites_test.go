package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/seed"
)

// standin is a stand-in that makes sites of the demo seed.
type standin struct {
	testing.TB
	*app.App
	url   string
	ahead atomic.Int64 // how far its clock is ahead
}

func standIn(t testing.TB, database string) *standin {
	t.Helper()
	s := &standin{TB: t}
	a, err := app.New(t.Context(), app.Options{
		DB: database, Throwaway: true, StandIn: true, Cache: 8 << 20, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) },
	})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := seed.Demo()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seed.Apply(t.Context(), a.Changes, plan); err != nil {
		t.Fatal(err)
	}
	a.ControlSites(plan)
	s.App = a
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	s.url = server.URL
	handler = a.Handler(server.URL)
	t.Cleanup(func() {
		server.Close()
		a.Close()
	})
	return s
}

// call sends a request and returns the status and body of the answer.
func (s *standin) call(method, url, body string, edit ...func(*http.Request)) (int, string) {
	s.Helper()
	if strings.HasPrefix(url, "/") {
		url = s.url + url
	}
	r, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
	if err != nil {
		s.Error(err)
		return 0, ""
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, e := range edit {
		e(r)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.Error(err)
		return 0, ""
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.Error(err)
	}
	return answer.StatusCode, string(text)
}

// make makes a site of this name, or of any.
func (s *standin) make(name string) app.ReadySite {
	s.Helper()
	body := ""
	if name != "" {
		body = `{"name": "` + name + `"}`
	}
	status, text := s.call("POST", "/_roster/sites", body)
	var made app.ReadySite
	if err := json.Unmarshal([]byte(text), &made); err != nil || status != http.StatusCreated {
		s.Fatalf("making %q: %d %s (%v)", name, status, text, err)
	}
	return made
}

// as shows the credential of a site's administrator.
func as(site app.ReadySite) func(*http.Request) {
	return func(r *http.Request) { r.SetBasicAuth(site.AdminEmail, site.AdminToken) }
}

// get asks a site as its administrator.
func (s *standin) get(site app.ReadySite, path string) (int, string) {
	s.Helper()
	return s.call("GET", site.URL+"/wiki/rest/api"+path, "", as(site))
}

func TestASiteIsMadeResetAndDeletedByRequest(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		s := standIn(t, database)
		lab := s.make("lab")
		if lab.Name != "lab" || lab.URL != s.url+"/_site/lab" || lab.GatewayURL != s.url+"/ex/confluence/"+lab.CloudID || len(lab.Apps) == 0 {
			t.Errorf("it is %+v", lab)
		}
		const path = "/group/picker?query=extra"
		for _, base := range []string{lab.URL, lab.GatewayURL} {
			if status, body := s.call("GET", base+"/wiki/rest/api/user/current", "", as(lab)); status != 200 || !strings.Contains(body, lab.AdminEmail) {
				t.Errorf("%s: %d %s", base, status, body)
			}
		}
		if status, body := s.call("POST", lab.URL+"/wiki/rest/api/group", `{"name": "extra"}`, as(lab)); status != 201 {
			t.Errorf("a group: %d %s", status, body)
		}
		if _, body := s.get(lab, path); !strings.Contains(body, `"extra"`) {
			t.Errorf("the group: %s", body)
		}
		status, body := s.call("POST", "/_roster/sites/"+lab.CloudID+"/reset", "")
		var reset app.ReadySite
		if err := json.Unmarshal([]byte(body), &reset); err != nil || status != 200 || fmt.Sprint(reset) != fmt.Sprint(lab) {
			t.Errorf("reset: %d %s (%v), was %+v", status, body, err, lab)
		}
		if status, body := s.get(lab, path); status != 200 || strings.Contains(body, `"extra"`) {
			t.Errorf("the group after the reset: %d %s", status, body)
		}
		if status, _ := s.get(lab, "/user/current"); status != 200 {
			t.Errorf("the token after the reset: %d", status)
		}
		if status, body := s.call("DELETE", "/_roster/sites/"+lab.CloudID, ""); status != 204 || body != "" {
			t.Errorf("delete: %d %s", status, body)
		}
		for _, base := range []string{lab.URL, lab.GatewayURL} {
			if status, _ := s.call("GET", base+"/wiki/rest/api/user/current", "", as(lab)); status != 404 {
				t.Errorf("%s after its end: %d", base, status)
			}
		}
		again := s.make("lab")
		if fmt.Sprint(again) != fmt.Sprint(lab) {
			t.Errorf("made again it is %+v, was %+v", again, lab)
		}
		if other := s.make(""); other.CloudID == lab.CloudID || other.AdminToken == lab.AdminToken || other.Apps[0].ClientID == lab.Apps[0].ClientID {
			t.Errorf("two sites share what is one's own: %+v", other)
		}
		status, body = s.call("GET", "/_roster/sites", "")
		var list struct{ Sites []app.ReadySite }
		if err := json.Unmarshal([]byte(body), &list); err != nil || status != 200 || len(list.Sites) != 3 || fmt.Sprint(list.Sites[1]) != fmt.Sprint(lab) {
			t.Errorf("the list: %d %s (%v)", status, body, err)
		}
	})
}

func TestWhatIsWrongWithARequestAboutSitesIsSaid(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		s := standIn(t, database)
		lab := s.make("lab")
		main := s.first()
		const nobody = "/_roster/sites/00000000-0000-0000-0000-000000000000"
		for _, tt := range []struct {
			method, path, body string
			want               int
			says               string
		}{
			{"POST", "/_roster/sites", `{"name": "lab"}`, 409, "exists already"},
			{"POST", "/_roster/sites", `{"name": "demo"}`, 409, "exists already"},
			{"POST", "/_roster/sites", `{"name": "Not A Name"}`, 400, "lower-case"},
			{"POST", "/_roster/sites", `{"name": ""}`, 400, "/name"},
			{"POST", "/_roster/sites", `{"name": "` + strings.Repeat("a", 64) + `"}`, 400, "63"},
			{"POST", "/_roster/sites", `{"name": "../lab"}`, 400, "lower-case"},
			{"POST", "/_roster/sites", `{"name": 7}`, 400, "/name"},
			{"POST", "/_roster/sites", `{"nmae": "x"}`, 400, "/nmae"},
			{"POST", "/_roster/sites", `{"name": "x", "name": "y"}`, 400, ""},
			{"POST", "/_roster/sites", `[]`, 400, ""},
			{"POST", "/_roster/sites", `{`, 400, ""},
			{"PUT", "/_roster/sites", ``, 405, "PUT"},
			{"POST", nobody + "/reset", ``, 404, "no site"},
			{"DELETE", nobody, ``, 404, "no site"},
			{"GET", nobody + "/seed", ``, 404, "no site"},
			{"DELETE", "/_roster/sites/lab", ``, 404, "cloud ID"},
			{"DELETE", "/_roster/sites/" + main.CloudID, ``, 409, "default"},
			{"GET", "/_roster/sites/" + lab.CloudID, ``, 405, ""},
			{"GET", "/_roster/sites/", ``, 404, "nothing"},
			{"GET", "/_roster/sites/%00", ``, 405, ""},
			{"DELETE", "/_roster/sites/%00", ``, 404, ""},
			{"GET", "/_roster/sites/" + lab.CloudID + "/seeds", ``, 404, ""},
			{"DELETE", "/_roster/sites/template%2Fx", ``, 404, "no site"},
		} {
			status, body := s.call(tt.method, tt.path, tt.body)
			var said struct {
				StatusCode int
				Message    string
			}
			if err := json.Unmarshal([]byte(body), &said); err != nil || status != tt.want || said.StatusCode != status || !strings.Contains(said.Message, tt.says) {
				t.Errorf("%s %s %s: %d %s (%v), want %d and %q", tt.method, tt.path, tt.body, status, body, err, tt.want, tt.says)
			}
		}
		forged := func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }
		if status, _ := s.call("POST", "/_roster/sites", "", forged); status != 403 {
			t.Errorf("by another site's page: %d", status)
		}
		if status, _ := s.call("POST", lab.URL+"/_roster/sites", ""); status != 404 {
			t.Errorf("below a site: %d", status)
		}
	})
}

// first is the site of the seed.
func (s *standin) first() app.ReadySite {
	_, body := s.call("GET", "/_roster/sites", "")
	var list struct{ Sites []app.ReadySite }
	if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Sites) == 0 {
		s.Fatalf("%s (%v)", body, err)
	}
	return list.Sites[0]
}

func TestAServerForPeopleTakesNoRequestAboutSites(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		a := open(t, database)
		bootstrap(t, a)
		for _, method := range []string{"GET", "POST"} {
			w := httptest.NewRecorder()
			a.Handler("http://roster.example").ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, "/_roster/sites", nil))
			if w.Code != 404 {
				t.Errorf("%s: %d %s", method, w.Code, w.Body)
			}
		}
	})
}

func TestAThousandSitesStandSideBySide(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		s := standIn(t, database)
		n := 1000
		if testing.Short() || raceDetector { // under which a thousand take minutes, and show no other races
			n = 50
		}
		sites := make([]app.ReadySite, n)
		each(n, func(i int) {
			sites[i] = s.make(fmt.Sprintf("lab-%d", i))
			body := fmt.Sprintf(`{"name": "only %d"}`, i)
			if status, text := s.call("POST", sites[i].URL+"/wiki/rest/api/group", body, as(sites[i])); status != 201 {
				t.Errorf("site %d: %d %s", i, status, text)
			}
		})
		_, want := s.get(sites[0], "/user/bulk?accountId=557058:1f28fbb3-0b59-5ecb-91a9-103a8022efb1")
		want = strings.ReplaceAll(want, sites[0].URL, "")
		each(n, func(i int) {
			mine := fmt.Sprintf("only %d", i)
			if status, body := s.get(sites[i], "/group?limit=200"); status != 200 || strings.Count(body, `"only `) != 1 || !strings.Contains(body, `"`+mine+`"`) {
				t.Errorf("site %d has the groups %d %s", i, status, body)
			}
			if _, got := s.get(sites[i], "/user/bulk?accountId=557058:1f28fbb3-0b59-5ecb-91a9-103a8022efb1"); strings.ReplaceAll(got, sites[i].URL, "") != want {
				t.Errorf("site %d answers %s, another %s", i, got, want)
			}
			other := sites[(i+1)%n]
			if status, _ := s.call("GET", sites[i].URL+"/wiki/rest/api/user/current", "", as(other)); status != 401 && status != 403 {
				t.Errorf("the token of site %s is good on site %d: %d", other.Name, i, status)
			}
		})
	})
}

// each calls do for each number below n, some at a time.
func each(n int, do func(i int)) {
	var all sync.WaitGroup
	var next atomic.Int64
	for range 16 {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				do(int(i))
			}
		})
	}
	all.Wait()
}
