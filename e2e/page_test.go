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
	Email    string `json:"email"`  // of a site administrator
	Token    string `json:"token"`  // theirs
	Person   string `json:"person"` // the address of somebody who is none
	Pictures string `json:"pictures"`
}

// Every page_*.mjs is a file of stories, told to a stand-in of its own.
func TestPagesInABrowser(t *testing.T) {
	binary(t)
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("there is no chromium: scripts/install.sh chromium")
	}
	stories, err := filepath.Glob("page_*.mjs")
	if err != nil || len(stories) == 0 {
		t.Fatal(stories, err)
	}
	for _, file := range stories {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			said := standIn(t, filepath.Join(t.TempDir(), "roster.db"))
			told, err := json.Marshal(pageFacts{
				browser, said.URL, said.Sites[0].AdminEmail, said.Sites[0].AdminToken, "charles.babbage@example.com", os.Getenv("ROSTER_TEST_PICTURES"),
			})
			if err != nil {
				t.Fatal(err)
			}
			cmd := program(t, "node", file)
			cmd.Env = append(withoutProxies(cmd.Env), "FACTS="+string(told))
			if out, err := cmd.CombinedOutput(); err != nil || !success.Match(out) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
