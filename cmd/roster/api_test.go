package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// command runs one command line and returns its exit code and what it wrote.
func command(t *testing.T, environ []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	e := &env{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs,
		Getenv: func(string) string { return "" }, Environ: func() []string { return environ }, Now: time.Now,
	}
	code = run(t.Context(), args, e)
	return code, out.String(), errs.String()
}

// echo answers every request with a list of two entries and no more, and keeps what was asked last.
func echo(t *testing.T) (base string, asked func() (request, user string)) {
	t.Helper()
	var request, user string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, _ := url.QueryUnescape(r.URL.RawQuery)
		request, user = strings.TrimSuffix(r.Method+" "+r.URL.Path+"?"+query, "?"), r.Header.Get("Authorization")
		if email, _, ok := r.BasicAuth(); ok {
			user = email
		}
		w.Header().Set("Content-Type", "application/json")
		switch {
		case strings.HasSuffix(r.URL.Path, "/email/bulk"):
			fmt.Fprint(w, `[{"accountId":"ada","email":"ada@analytical.example"}]`)
		case r.URL.Query().Get("accountId") == "nobody":
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"statusCode":404,"message":"There is no such person."}`)
		default:
			fmt.Fprint(w, `{"key":"colour","value":{"hue" : 1e400},"results":[{"accountId":"ada","id":"1"},{"accountId":"bob","id":"2"}],"start":0,"limit":25,"size":2,"watching":true}`)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, func() (string, string) { return request, user }
}

func TestEachAPICommandMakesItsRequest(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ args, want string }{
		{"user get ada --expand operations,personalSpace", "GET /wiki/rest/api/user?accountId=ada&expand=operations,personalSpace"},
		{"user current", "GET /wiki/rest/api/user/current"},
		{"user anonymous --expand operations", "GET /wiki/rest/api/user/anonymous?expand=operations"},
		{"user memberof ada --start 5 --limit 10", "GET /wiki/rest/api/user/memberof?accountId=ada&limit=10&start=5"},
		{"user bulk ada bob", "GET /wiki/rest/api/user/bulk?accountId=ada&accountId=bob"},
		{"user email ada", "GET /wiki/rest/api/user/email?accountId=ada"},
		{"user email-bulk ada bob", "GET /wiki/rest/api/user/email/bulk?accountId=ada,bob"},
		{"user search user=ada --limit 3 --site-permission-type all", "GET /wiki/rest/api/search/user?cql=user=ada&limit=3&sitePermissionTypeFilter=all"},
		{"group list --access-type admin", "GET /wiki/rest/api/group?accessType=admin"},
		{"group get 1", "GET /wiki/rest/api/group/by-id?id=1"},
		{"group picker staff", "GET /wiki/rest/api/group/picker?query=staff"},
		{"group members 1 --expand operations", "GET /wiki/rest/api/group/1/membersByGroupId?expand=operations"},
		{"group create Staff", "POST /wiki/rest/api/group"},
		{"group delete 1", "DELETE /wiki/rest/api/group/by-id?id=1"},
		{"group add-member 1 ada", "POST /wiki/rest/api/group/userByGroupId?groupId=1"},
		{"group remove-member 1 ada", "DELETE /wiki/rest/api/group/userByGroupId?accountId=ada&groupId=1"},
		{"property list ada --limit 25", "GET /wiki/rest/api/user/ada/property?limit=25"},
		{"property get ada colour", "GET /wiki/rest/api/user/ada/property/colour"},
		{"property create ada colour {}", "POST /wiki/rest/api/user/ada/property/colour"},
		{"property update ada colour {}", "PUT /wiki/rest/api/user/ada/property/colour"},
		{"property delete ada colour", "DELETE /wiki/rest/api/user/ada/property/colour"},
		{"watch get content 12", "GET /wiki/rest/api/user/watch/content/12"},
		{"watch get label engines --account ada", "GET /wiki/rest/api/user/watch/label/engines?accountId=ada"},
		{"watch get space ENG", "GET /wiki/rest/api/user/watch/space/ENG"},
		{"watch add content 12 --account ada", "POST /wiki/rest/api/user/watch/content/12?accountId=ada"},
		{"watch add label engines", "POST /wiki/rest/api/user/watch/label/engines"},
		{"watch add space ENG", "POST /wiki/rest/api/user/watch/space/ENG"},
		{"watch remove content 12", "DELETE /wiki/rest/api/user/watch/content/12"},
		{"watch remove label engines", "DELETE /wiki/rest/api/user/watch/label/engines"},
		{"watch remove space ENG --account ada", "DELETE /wiki/rest/api/user/watch/space/ENG?accountId=ada"},
		{"watch list content 12 --start 5 --limit 10", "GET /wiki/rest/api/content/12/notification/child-created?limit=10&start=5"},
		{"watch list space ENG --limit 3", "GET /wiki/rest/api/space/ENG/watch?limit=3"},
		{"admin-key get", "GET /wiki/api/v2/admin-key"},
		{"admin-key enable --minutes 30", "POST /wiki/api/v2/admin-key"},
		{"admin-key disable", "DELETE /wiki/api/v2/admin-key"},
		{"users-bulk ada bob", "POST /wiki/api/v2/users-bulk"},
		{"check-access ada@analytical.example", "POST /wiki/api/v2/user/access/check-access-by-email"},
		{"invite ada@analytical.example bob@analytical.example", "POST /wiki/api/v2/user/access/invite-by-email"},
	} {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			base, asked := echo(t)
			args := append([]string{"api", "--url", base}, strings.Fields(tt.args)...)
			code, stdout, stderr := command(t, []string{"ROSTER_EMAIL=ada@analytical.example", "ROSTER_TOKEN=hush"}, args...)
			request, user := asked()
			if code != 0 || stderr != "" || !strings.HasSuffix(stdout, "\n") {
				t.Errorf("ended with %d, %q and %q", code, stdout, stderr)
			}
			if request != tt.want || user != "ada@analytical.example" {
				t.Errorf("asked %s as %s, want %s", request, user, tt.want)
			}
		})
	}
}

func TestAllPrintsOneEntryALine(t *testing.T) {
	t.Parallel()
	for _, args := range []string{
		"user memberof ada", "user search user=ada", "group list", "group picker x", "group members 1", "property list ada",
		"watch list content 12", "watch list space ENG",
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			base, asked := echo(t)
			code, stdout, stderr := command(t, nil, append([]string{"api", "--url", base}, strings.Fields(args+" --all")...)...)
			if code != 0 || strings.Count(stdout, "\n") != 2 || strings.Contains(stdout, "  ") {
				t.Errorf("ended with %d, %q and %q", code, stdout, stderr)
			}
			if _, user := asked(); user != "" {
				t.Errorf("asked as %s", user)
			}
		})
	}
}

func TestAnAPICommandSaysInOneSentenceWhatWentWrong(t *testing.T) {
	t.Parallel()
	base, _ := echo(t)
	for _, tt := range []struct {
		args string
		code int
		want string
	}{
		{"user get nobody", failed, "roster: GET /wiki/rest/api/user: 404 Not Found: There is no such person\n"},
		{"user current --email ada@analytical.example", misfit, "roster: there is no token: say --token or set ROSTER_TOKEN\nSee roster api user current --help.\n"},
		{"user current --bearer", misfit, "roster: there is no token: say --token or set ROSTER_TOKEN\nSee roster api user current --help.\n"},
		{
			"user current --token hush", misfit,
			"roster: the token needs its account's e-mail address: say --email or set ROSTER_EMAIL, or say --bearer\nSee roster api user current --help.\n",
		},
		{"user current --url ftp://people.example", failed, "roster: base URL \"ftp://people.example\" is not of the form https://host\n"},
	} {
		code, stdout, stderr := command(t, []string{"ROSTER_URL=" + base}, append([]string{"api"}, strings.Fields(tt.args)...)...)
		if code != tt.code || stdout != "" || stderr != tt.want {
			t.Errorf("%s ended with %d, %q and %q, want %d and %q", tt.args, code, stdout, stderr, tt.code, tt.want)
		}
	}
}

func TestABearerTokenNeedsNoAddress(t *testing.T) {
	t.Parallel()
	base, asked := echo(t)
	code, _, stderr := command(t, []string{"ROSTER_TOKEN=hush"}, "api", "user", "current", "--bearer", "--url", base)
	if _, user := asked(); code != 0 || user != "Bearer hush" {
		t.Errorf("ended with %d and %q as %q", code, stderr, user)
	}
}

func TestAPropertysValueIsPrintedByteForByte(t *testing.T) {
	t.Parallel()
	base, _ := echo(t)
	code, stdout, stderr := command(t, nil, "api", "--url", base, "property", "get", "ada", "colour", "--value")
	if code != 0 || stdout != `{"hue" : 1e400}` || stderr != "" {
		t.Errorf("ended with %d, %q and %q", code, stdout, stderr)
	}
}

func TestAWatchIsPrintedAsTheAPIAnswersIt(t *testing.T) {
	t.Parallel()
	base, _ := echo(t)
	code, stdout, stderr := command(t, nil, "api", "--url", base, "watch", "get", "space", "ENG")
	if code != 0 || stdout != "{\n  \"watching\": true\n}\n" || stderr != "" {
		t.Errorf("ended with %d, %q and %q", code, stdout, stderr)
	}
}

func TestAnInvitationOfWhatIsNoValidAddressIsNotSilent(t *testing.T) {
	t.Parallel()
	const warning = "roster: %q does not look like a valid e-mail address; the API ignores such addresses without a word\n"
	for _, tt := range []struct {
		args           string
		code           int
		stdout, stderr string
	}{
		{"ada@analytical.example", 0, "Whoever of the 1 has no access to the site is invited.\n", ""},
		{"ada@analytical.example bob@nowhere", 0, "Whoever of the 1 has no access to the site is invited.\n", fmt.Sprintf(warning, "bob@nowhere")},
		{"a@b..c bob@nowhere", 0, "Nobody is invited.\n", fmt.Sprintf(warning, "a@b..c") + fmt.Sprintf(warning, "bob@nowhere")},
		{"ada@analytical.example bad", misfit, "", "roster: \"bad\" is no e-mail address\nSee roster api invite --help.\n"},
		{"@analytical.example", misfit, "", "roster: \"@analytical.example\" is no e-mail address\nSee roster api invite --help.\n"},
		{"ada@", misfit, "", "roster: \"ada@\" is no e-mail address\nSee roster api invite --help.\n"},
	} {
		base, asked := echo(t)
		code, stdout, stderr := command(t, nil, append([]string{"api", "--url", base, "invite"}, strings.Fields(tt.args)...)...)
		if code != tt.code || stdout != tt.stdout || stderr != tt.stderr {
			t.Errorf("%s ended with %d, %q and %q", tt.args, code, stdout, stderr)
		}
		if request, _ := asked(); (request == "") != (tt.code != 0) {
			t.Errorf("%s asked %q", tt.args, request)
		}
	}
}
