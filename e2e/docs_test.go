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
	path := filepath.Dir(binary(t))
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := shellBlock.FindAllStringSubmatch(string(readme), -1)
	if len(blocks) < 4 {
		t.Fatalf("the README has %d shell blocks", len(blocks))
	}
	url := standIn(t, filepath.Join(t.TempDir(), "roster.db")).URL
	folder := t.TempDir()
	for _, block := range blocks {
		script := strings.ReplaceAll(block[1], "http://127.0.0.1:8080", url)
		cmd := program(t, "bash", "-euo", "pipefail", "-c", script)
		cmd.Dir = folder
		cmd.Env = append(cmd.Env, "PATH="+path+":"+os.Getenv("PATH"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s\n%s", err, block[1], out)
		}
	}
}
