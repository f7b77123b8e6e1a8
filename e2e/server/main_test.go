// Package server tells stories of the real binary as a server: how it starts, what stops it from starting, and how
// it ends.
package server

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// binary is the program under test: the one that ROSTER_TEST_BINARY names, else one built for the occasion.
var binary string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "roster-server-test-")
	if err == nil {
		err = build(folder)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

func build(folder string) error {
	if binary = os.Getenv("ROSTER_TEST_BINARY"); binary != "" {
		return nil
	}
	binary = filepath.Join(folder, "roster")
	out, err := exec.Command("go", "build", "-o", binary, "github.com/rosterhq/roster/cmd/roster").CombinedOutput()
	if err != nil {
		return fmt.Errorf("build roster: %w\n%s", err, out)
	}
	return nil
}
