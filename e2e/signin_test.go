package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db/dbtest"
)

// journey is what the browser is told of: the pages, who is to sign in, and what the app asks for.
type journey struct {
	Browser   string `json:"browser"`
	Server    string `json:"server"`
	Unsafe    string `json:"unsafe"`    // the server by a name that browsers do not trust without TLS
	Callback  string `json:"callback"`  // of the app, on another origin
	Onward    string `json:"onward"`    // where the app sends people from there, on a third
	Authorize string `json:"authorize"` // path and query
	Email     string `json:"email"`
	Password  string `json:"password"`
	App       string `json:"app"`
	Pictures  string `json:"pictures"` // folder for pictures of the pages; empty for none
}

const password = "correct horse battery staple"

// The whole of it in a real browser: signing in, by the keyboard and without a script, and what apps are answered.
func TestPeopleSignInAndLetAppsInWithABrowser(t *testing.T) {
	binary(t)
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("there is no chromium: scripts/install.sh chromium")
	}
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		said := standIn(t, database)
		home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Write([]byte("<!doctype html><title>App</title><h1>App</h1>"))
		}))
		defer home.Close()
		callback := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, home.URL+"/?"+r.URL.RawQuery, http.StatusFound)
		}))
		defer callback.Close()
		j := journey{
			Browser: browser, Server: said.URL, Unsafe: strings.Replace(said.URL, "127.0.0.1", "roster.test", 1),
			Callback: callback.URL + "/callback", Onward: home.URL + "/", Email: "charles.babbage@example.com", Password: password,
			App: "Difference <b>Engine</b>", Pictures: os.Getenv("ROSTER_TEST_PICTURES"),
		}
		site := said.Sites[0].Name
		app := rows[struct{ ClientID string }](t, roster(t, "app", "add", j.App, "--redirect-uri", j.Callback, "--scope", "read:confluence-user",
			"--scope", "write:confluence-content", "--scope", "read:me", "--json", "--db", database, "--site", site))[0]
		j.Authorize = "/authorize?" + url.Values{
			"audience": {"api.atlassian.com"}, "client_id": {app.ClientID}, "scope": {"read:confluence-user read:me offline_access"},
			"redirect_uri": {j.Callback}, "state": {"a&b=c #é"}, "response_type": {"code"},
		}.Encode()
		cmd := program(t, binary(t), "account", "password", j.Email, "--db", database, "--site", site)
		cmd.Stdin = strings.NewReader(password + "\n")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		browse(t, j)
	})
}

// browse goes the journey with a browser.
func browse(t *testing.T, j journey) {
	t.Helper()
	told, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	cmd := program(t, "node", "signin.mjs")
	cmd.Env = append(withoutProxies(cmd.Env), "FACTS="+string(told))
	if out, err := cmd.CombinedOutput(); err != nil || !success.Match(out) {
		t.Errorf("%v\n%s", err, out)
	}
}
