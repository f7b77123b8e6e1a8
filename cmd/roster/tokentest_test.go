package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/app"
)

func TestAServerIsAskedWhatATokenCanCall(t *testing.T) {
	t.Parallel()
	base, _, token := refusing(t)
	code, stdout, stderr := command(t, []string{"ROSTER_TOKEN=" + token}, "token", "test", "--url", base+"/wiki")
	if code != 0 || stderr != "" || !strings.Contains(stdout, "classic API token") || !strings.Contains(stdout, "getCurrentUser") || strings.Contains(stdout, token) {
		t.Errorf("%d %q %s", code, stderr, stdout)
	}
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr = command(t, nil, "token", "test", "--url", base, "--token-file", file, "--json")
	var told tokenTest
	if err := json.Unmarshal([]byte(stdout), &told); err != nil || code != 0 || len(told.Operations) != len(app.Operations()) || told.Gateway || !told.Operations[0].Allowed {
		t.Errorf("%d %q %s", code, stderr, stdout)
	}
	if err := os.WriteFile(file, []byte("sesame"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr = command(t, nil, "token", "test", "--url", base, "--token-file", file)
	if code != 1 || stdout != "" || !strings.Contains(stderr, "answered 401") || strings.Contains(stderr, "sesame") {
		t.Errorf("%d %q %s", code, stderr, stdout)
	}
}
