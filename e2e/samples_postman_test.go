package e2e

import (
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"testing"
)

// newman is Postman's own runner, where npm has installed it or it is on the path.
func newman(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"node_modules/.bin/newman", "newman"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("there is no newman")
	return ""
}

// Each request of the collection asserts the status that it is documented to have.
func TestPostmansRunnerReadsWhatTheCollectionAsksFor(t *testing.T) {
	t.Parallel()
	command := newman(t)
	s := newSampleSite(t, standIn(t, filepath.Join(t.TempDir(), "roster.db")).URL)
	answer, err := http.Get(s.URL + "/postman.json") //nolint:noctx // the test's own server
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "collection.json")
	put(t, file, s.through(string(text)))
	run(t, nil, command, "run", file, "--folder", "Users", "--folder", "Search", "--folder", "Space", "--bail", "--color", "off",
		"--env-var", "email="+s.AdminEmail, "--env-var", "token="+s.AdminToken, "--env-var", "appToken="+s.appToken)
	if n := len(s.answers); n < 12 {
		t.Errorf("%d requests were sent", n)
	}
}
