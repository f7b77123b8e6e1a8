package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/rosteradmin"
)

// refusing serves a fresh directory, and returns where, its database and the token of its first administrator.
func refusing(t *testing.T) (base, database, token string) {
	t.Helper()
	database = filepath.Join(t.TempDir(), "roster.db")
	a, err := app.New(t.Context(), app.Options{DB: database, Throwaway: true, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	token, err = a.Bootstrap(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a.Handler("http://127.0.0.1"))
	t.Cleanup(func() {
		server.Close()
		a.Close()
	})
	return server.URL, database, token
}

func TestAnAdministratorAsksWhyARequestWasRefused(t *testing.T) {
	t.Parallel()
	base, _, token := refusing(t)
	answer, err := http.Get(base + "/wiki/rest/api/user?accountId=ada")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	id := answer.Header.Get("X-Roster-Explain")
	if answer.StatusCode != 401 || id == "" {
		t.Fatalf("%d %v", answer.StatusCode, answer.Header)
	}
	ask := func(args ...string) (int, string, string) {
		return command(t, []string{"ROSTER_URL=" + base + "/wiki/", "ROSTER_TOKEN=" + token}, append([]string{"explain"}, args...)...)
	}
	code, stdout, stderr := ask(id, "--bearer")
	for _, says := range []string{"credential", "anonymousAccess is off", "getUser", "GET /wiki/rest/api/user", id} {
		if code != 0 || stderr != "" || !strings.Contains(stdout, says) {
			t.Errorf("%d %q, without %q: %s", code, stderr, says, stdout)
		}
	}
	code, stdout, _ = ask(id, "--bearer", "--json")
	var one refusal
	if err := json.Unmarshal([]byte(stdout), &one); err != nil || code != 0 || one.ID != id || one.Status != 401 || one.CloudID == "" || one.RequestID == "" {
		t.Errorf("%d %s", code, stdout)
	}
	code, stdout, _ = ask("list", "--bearer", "--operation", "getUser", "--check", "credential", "--limit", "5")
	if code != 0 || !strings.Contains(stdout, id) || !strings.HasPrefix(stdout, "ID ") {
		t.Errorf("%d %s", code, stdout)
	}
	if code, stdout, _ = ask("list", "--bearer", "--json", "--account", "nobody"); code != 0 || stdout != "" {
		t.Errorf("%d %s", code, stdout)
	}
	for says, args := range map[string][]string{
		"answered 404: This refusal was made on node elsewhere; ask there": {"elsewhere-" + strings.Repeat("0", 26), "--bearer"},
		"answered 404: This site has no such refusal":                      {id[:len(id)-6] + "000000", "--bearer"},
		"answered 400: limit is not 1 to 1000":                             {"list", "--bearer", "--limit", "0"},
		"answered 401":                                                     {"list", "--bearer", "--token", "wrong"},
	} {
		if code, stdout, stderr := ask(args...); code != 1 || stdout != "" || !strings.Contains(stderr, says) || strings.Contains(stderr, token) {
			t.Errorf("%q: %d %q %q", args, code, stdout, stderr)
		}
	}
}

func TestAskingWhyTakesATokenAndASite(t *testing.T) {
	t.Parallel()
	for says, tt := range map[string][]string{
		"needs the token of a site administrator": {"explain", "x"},
		"needs its account's e-mail address":      {"explain", "x", "--token", "hush"},
		"takes the URL of a site":                 {"explain", "x", "--token", "hush", "--bearer", "--url", "ftp://acme.example"},
		`the form is "roster explain ID"`:         {"explain"},
		"say both --viewer and --account":         {"explain", "field", "--db", filepath.Join(t.TempDir(), "x.db"), "--viewer", "ada"},
	} {
		if strings.HasPrefix(says, "say both") {
			if code, _, stderr := command(t, nil, "site", "add", "acme", "--db", tt[3]); code != 0 {
				t.Fatal(stderr)
			}
		}
		if code, stdout, stderr := command(t, nil, tt...); code != 2 || stdout != "" || !strings.Contains(stderr, says) || strings.Contains(stderr, "hush") {
			t.Errorf("%q: %d %q %q", tt, code, stdout, stderr)
		}
	}
}

func TestWhatIsNoRosterIsNotTakenForOneAndRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/_roster/explain/away" {
			http.Redirect(w, r, "/_roster/explain/here", http.StatusFound)
			return
		}
		fmt.Fprint(w, "<html>")
	}))
	t.Cleanup(server.Close)
	for id, says := range map[string]string{"away": "answered 302", "here": "is it a Roster?"} {
		code, stdout, stderr := command(t, nil, "explain", id, "--url", server.URL, "--token", "hush", "--email", "ada@analytical.example")
		if code != 1 || stdout != "" || !strings.Contains(stderr, says) {
			t.Errorf("%s: %d %q %q", id, code, stdout, stderr)
		}
	}
}

func TestTheSiteComesBeforeTheOwnersChoice(t *testing.T) {
	t.Parallel()
	ada := directory.Account{ID: "ada", Status: directory.Active, Email: "x", Visibility: directory.EveryField(directory.Anyone)}
	person := func(edit func(*directory.Standing)) auth.Caller {
		st := directory.Standing{AccountID: "bob", Type: directory.Person, Status: directory.Active, CanUse: true}
		edit(&st)
		return auth.Caller{Kind: auth.Token, Standing: st}
	}
	settings := func(edit func(*site.Settings)) site.Settings {
		s := site.DefaultSettings()
		edit(&s)
		return s
	}
	nothing := func(*site.Settings) {}
	for _, tt := range []struct {
		c    auth.Caller
		on   func(*site.Settings)
		says string // "" where it is the owner's choice
	}{
		{person(func(*directory.Standing) {}), nothing, ""},
		{person(func(st *directory.Standing) { st.CanUse = false }), nothing, "permission use"},
		{person(func(st *directory.Standing) { st.Status = directory.Inactive }), nothing, "deactivated"},
		{person(func(st *directory.Standing) { st.Status = directory.Closed }), nothing, "closed"},
		{person(func(*directory.Standing) {}), func(s *site.Settings) { s.ViewProfiles = "groups" }, "viewProfiles is groups"},
		{person(func(st *directory.Standing) { st.ViewProfiles = true }), func(s *site.Settings) { s.ViewProfiles = "groups" }, ""},
		{person(func(st *directory.Standing) { st.AccountID = "ada" }), func(s *site.Settings) { s.ViewProfiles = "groups" }, ""},
		{auth.Caller{}, nothing, "anonymousAccess is off"},
		{auth.Caller{}, func(s *site.Settings) { s.AnonymousAccess = true }, "anonymousProfiles is off"},
		{auth.Caller{}, func(s *site.Settings) { s.AnonymousAccess, s.AnonymousProfiles = true, true }, ""},
	} {
		for _, v := range explainFields(tt.c, settings(tt.on), ada) {
			barred := tt.says != ""
			if v.Shown == barred || (v.By == directory.BySite) != barred || !strings.Contains(v.Why, tt.says) {
				t.Errorf("%+v: %+v", tt.c, v)
			}
		}
	}
	if n := reflect.TypeFor[rosteradmin.Refusal]().NumField(); n != len(refusal{}.facts())+2 { // the cloud ID, and a method that stands with its route
		t.Errorf("%d fields of a refusal, %d facts", n, len(refusal{}.facts()))
	}
}
