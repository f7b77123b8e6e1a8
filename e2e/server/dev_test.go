package server

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/rosterhq/roster/internal/db/dbtest"
)

// run runs roster to its end and returns all that it says.
func run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Env = bare()
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestAStandInLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		p := start(t, "dev")
		if entries, err := os.ReadDir(p.temp); err != nil || len(entries) != 1 {
			t.Errorf("while it runs there are %v (%v)", entries, err)
		}
		if status, _, body := p.get("/readyz", ""); status != 200 {
			t.Errorf("%d %s", status, body)
		}
		p.stop(signal)
		if entries, err := os.ReadDir(p.temp); err != nil || len(entries) != 0 {
			t.Errorf("after %s there are %v (%v)", signal, entries, err)
		}
	}
}

// ready is as much of the ready file as these stories need.
type ready struct {
	URL      string `json:"url"`
	Database string `json:"database"`
	Sites    []struct {
		CloudID, Name, URL, GatewayURL, AdminEmail, AdminToken string
	} `json:"sites"`
}

// Whoever watches for the file finds it whole, with every site and a token that works at once.
func TestTheReadyFileIsWholeFromItsFirstMoment(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := filepath.Join(folder, "ready.json")
	var said ready
	var watching sync.WaitGroup
	watching.Go(func() {
		eventually(t, "the ready file is there", func() bool {
			text, err := os.ReadFile(file)
			if errors.Is(err, fs.ErrNotExist) {
				return false
			}
			if err == nil {
				err = json.Unmarshal(text, &said)
			}
			if err != nil {
				t.Errorf("%q: %v", text, err)
			}
			return true
		})
	})
	p := start(t, "dev", "--ready-file", file)
	watching.Wait()
	if said.URL != p.url || len(said.Sites) == 0 {
		t.Fatalf("the file says %+v, the program %s", said, p.url)
	}
	for _, s := range said.Sites {
		for _, base := range []string{s.URL, s.GatewayURL} {
			path, ok := strings.CutPrefix(base, p.url)
			if status, _, body := p.get(path+current, s.AdminToken); !ok || status != 200 || !strings.Contains(body, `"accountId"`) {
				t.Errorf("%s of site %s gives %d %s", base, s.Name, status, body)
			}
		}
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Errorf("beside the file there are %v (%v)", entries, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read the tokens: %v (%v)", info.Mode(), err)
	}
	p.stop(syscall.SIGTERM)
}

// A stand-in on a database of its own is the same after it was started again.
func TestAStandInComesBackAsItWas(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		var files [2]ready
		for i := range files {
			file := filepath.Join(t.TempDir(), "ready.json")
			p := start(t, "dev", "--db", database, "--ready-file", file)
			text, err := os.ReadFile(file)
			if err != nil || json.Unmarshal(text, &files[i]) != nil {
				t.Fatalf("%s (%v)", text, err)
			}
			if status, _, body := p.get(current, files[i].Sites[0].AdminToken); status != 200 {
				t.Errorf("start %d: %d %s", i, status, body)
			}
			if strings.Contains(files[i].Database, "hunter2") {
				t.Errorf("the file holds a password: %s", text)
			}
			p.stop(syscall.SIGTERM)
		}
		if a, b := files[0].Sites[0], files[1].Sites[0]; a.CloudID != b.CloudID || a.AdminToken != b.AdminToken || a.Name != b.Name {
			t.Errorf("first %+v, then %+v", a, b)
		}
	})
}
