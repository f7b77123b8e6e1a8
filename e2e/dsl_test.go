package e2e

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestWorkflowFilesAreValidUnderTheSchemaOfTheSpecification(t *testing.T) {
	t.Parallel()
	binary(t)
	ready, err := filepath.Glob("../workflows/*.yaml")
	if err != nil || len(ready) == 0 {
		t.Fatalf("there are no workflows: %v", err)
	}
	accepted, err := filepath.Glob("../internal/workflow/dsl/testdata/accepted/*.yaml")
	if err != nil || len(accepted) == 0 {
		t.Fatalf("there are no files that are accepted: %v", err)
	}
	for name, wrong := range underTheSchema(t, slices.Concat(ready, accepted)...) {
		if wrong != "" {
			t.Errorf("%s is not valid: %s", name, wrong)
		}
	}
}

// Each of these is refused here as well: so the schema is one that could have found something.
func TestTheSchemaOfTheSpecificationRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	binary(t)
	full, err := os.ReadFile("../internal/workflow/dsl/testdata/accepted/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	files := map[string]string{} // by what is wrong with them
	for old, wrong := range map[string]string{
		"switch:":     "swich:",
		"each: one,":  "every: one,",
		"after: PT1H": "after: soon",
		"      timeout: {after: {seconds: 30, milliseconds: 5}}\n": "      delivery: at_most_once\n",
	} {
		text := strings.Replace(string(full), old, wrong, 1)
		if text == string(full) {
			t.Fatalf("there is no %q", old)
		}
		files[wrong] = filepath.Join(folder, strconv.Itoa(len(files))+".yaml")
		if err := os.WriteFile(files[wrong], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	said := underTheSchema(t, slices.Collect(maps.Values(files))...)
	for wrong, name := range files {
		if said[name] == "" {
			t.Errorf("%q is valid", wrong)
		}
	}
}

// underTheSchema tells what is wrong with files, by name; nothing where they are valid.
func underTheSchema(t *testing.T, names ...string) map[string]string {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("there is no Node.js on this machine")
	}
	cmd := program(t, "node", append([]string{"dsl.mjs"}, names...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("dsl.mjs: %v\n%s", err, stderr.Bytes())
	}
	said := map[string]string{}
	decoder := json.NewDecoder(bytes.NewReader(out))
	for range names {
		var one struct{ Name, Wrong string }
		if err := decoder.Decode(&one); err != nil {
			t.Fatalf("dsl.mjs prints %s: %v", out, err)
		}
		said[one.Name] = one.Wrong
	}
	return said
}
