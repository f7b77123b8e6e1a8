package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var shellBlock = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")

// TestTheReadmesCommandsWork runs the README's shell blocks, one after the other in one folder, as a reader would
// paste them: beside a running stand-in, whose address takes the place of the one that is printed.
func TestTheReadmesCommandsWork(t *testing.T) {
	t.Parallel()
	runBlocks(t, "../README.md", 4)
}

func TestTheCommandsOfTheDocumentOnAppsWork(t *testing.T) {
	t.Parallel()
	runBlocks(t, "../docs/apps.md", 5)
}

func TestTheCommandsOfTheDocumentOnWorkflowsWork(t *testing.T) {
	t.Parallel()
	runBlocks(t, "../docs/workflows.md", 2)
}

// runBlocks runs the shell blocks of a document, of which there are at least so many.
func runBlocks(t *testing.T, document string, least int) {
	t.Helper()
	path := filepath.Dir(binary(t))
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	blocks := shellBlock.FindAllStringSubmatch(string(text), -1)
	if len(blocks) < least {
		t.Fatalf("%s has %d shell blocks", document, len(blocks))
	}
	url := standIn(t, filepath.Join(t.TempDir(), "roster.db")).URL
	folder := t.TempDir()
	for _, block := range blocks {
		script := strings.ReplaceAll(block[1], "http://127.0.0.1:8080", url)
		cmd := program(t, "bash", "-euo", "pipefail", "-c", script)
		cmd.Dir = folder
		cmd.Env = append(cmd.Env, "PATH="+path+":"+os.Getenv("PATH"), "HOME="+folder)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s\n%s", err, block[1], out)
		}
	}
}
