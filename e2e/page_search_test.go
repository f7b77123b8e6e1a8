package e2e

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

const searchStories = "page_search.mjs"

// A directory of 100,000 people is searched in a browser. What the pages took is in the test's log.
func TestManyPeopleAreSearchedInABrowser(t *testing.T) {
	binary(t)
	t.Parallel()
	database := filepath.Join(t.TempDir(), "roster.db")
	out, err := program(t, "go", "run", "../bench/generate", "--people", "100000", "--db", database).Output()
	if err != nil {
		t.Fatal(err)
	}
	var made struct{ AdminEmail string }
	if err := json.Unmarshal(out, &made); err != nil {
		t.Fatal(err)
	}
	cmd := program(t, binary(t), "account", "password", made.AdminEmail, "--db", database)
	cmd.Stdin = strings.NewReader(password + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", tell(t, searchStories, pageFacts{Server: directory(t, database), Email: made.AdminEmail, Password: password}))
}
