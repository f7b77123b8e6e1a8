package e2e

import (
	"path/filepath"
	"regexp"
	"testing"
)

// The helpers that people copy into their own tests, as they stand in examples/.
func TestTheExamplesGiveEachTestASiteOfItsOwn(t *testing.T) {
	t.Parallel()
	roster, err := filepath.Abs(binary(t))
	if err != nil {
		t.Fatal(err)
	}
	python, err := filepath.Abs(".venv/bin/python")
	if err != nil {
		t.Fatal(err)
	}
	for _, example := range []struct {
		folder  string
		command []string
		passed  string
	}{
		{"pytest", []string{python, "-m", "pytest", "-p", "no:cacheprovider"}, `\b2 passed in `},
		{"vitest", []string{"node", "node_modules/vitest/vitest.mjs", "run", "--no-color"}, `Tests +2 passed`},
	} {
		t.Run(example.folder, func(t *testing.T) {
			t.Parallel()
			cmd := program(t, example.command[0], example.command[1:]...)
			cmd.Dir = filepath.Join("..", "examples", example.folder)
			cmd.Env = append(withoutProxies(cmd.Env), "ROSTER="+roster, "PYTHONDONTWRITEBYTECODE=1", "NO_COLOR=1")
			out, err := cmd.CombinedOutput()
			if err != nil || !regexp.MustCompile(example.passed).Match(out) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
