package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// pageFacts are what the stories of the pages are told.
type pageFacts struct {
	Browser  string `json:"browser"`
	Server   string `json:"server"`
	Email    string `json:"email"`              // of a site administrator
	Token    string `json:"token"`              // theirs
	Person   string `json:"person"`             // the address of somebody who is none
	Password string `json:"password,omitempty"` // of the administrator, where a stand-in does not let them in without
	Pictures string `json:"pictures"`
}

// Every page_*.mjs is a file of stories, told to a stand-in of its own unless they need something else.
func TestPagesInABrowser(t *testing.T) {
	t.Parallel()
	binary(t)
	stories, err := filepath.Glob("page_*.mjs")
	if err != nil || len(stories) == 0 {
		t.Fatal(stories, err)
	}
	for _, file := range stories {
		if file == searchStories {
			continue
		}
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			said := standIn(t, filepath.Join(t.TempDir(), "roster.db"))
			tell(t, file, pageFacts{
				Server: said.URL, Email: said.Sites[0].AdminEmail, Token: said.Sites[0].AdminToken, Person: "charles.babbage@example.com",
			})
		})
	}
}

// tell runs a file of stories and returns what they print, or skips the test where there is no browser for them.
func tell(t *testing.T, file string, f pageFacts) []byte {
	t.Helper()
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("there is no chromium: scripts/install.sh chromium")
	}
	f.Browser, f.Pictures = browser, os.Getenv("ROSTER_TEST_PICTURES")
	told, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	cmd := program(t, "node", file)
	cmd.Env = append(withoutProxies(cmd.Env), "FACTS="+string(told))
	out, err := cmd.CombinedOutput()
	if err != nil || !success.Match(out) {
		t.Errorf("%v\n%s", err, out)
	}
	return out
}
