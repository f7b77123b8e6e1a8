package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a program may take to start, to end, or to read everything.
const patience = 10 * time.Minute

// binary returns the path of the binary under test, or skips the test where none is named.
func binary(t *testing.T) string {
	t.Helper()
	path := os.Getenv("ROSTER_TEST_BINARY")
	if path == "" {
		t.Skip("ROSTER_TEST_BINARY is not set: run make e2e")
	}
	return path
}

// program is a command with nothing of Roster's settings in its environment but what is given. It is told to
// stop when the test ends, or takes too long.
func program(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return programUntil(ctx, name, args...)
}

// programUntil is a [program] that is told to stop when ctx ends.
func programUntil(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 30 * time.Second
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "ROSTER_") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	return cmd
}

// roster runs one command of the binary and returns what it prints, or fails the test.
func roster(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := program(t, binary(t), args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("roster %s: %v\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return out
}

// rows decodes a listing: one object a line.
func rows[T any](t *testing.T, listing []byte) []T {
	t.Helper()
	var all []T
	lines := bufio.NewScanner(bytes.NewReader(listing))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row T
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatalf("decode %s: %v", lines.Bytes(), err)
		}
		all = append(all, row)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// ready is what a server writes to its ready file.
type ready struct {
	URL      string `json:"url"`
	Database string `json:"database"`
	Sites    []struct {
		CloudID    string `json:"cloudId"`
		Name       string `json:"name"`
		URL        string `json:"url"`
		GatewayURL string `json:"gatewayUrl"`
		AdminEmail string `json:"adminEmail"`
		AdminToken string `json:"adminToken"`
	} `json:"sites"`
}

// standIn starts roster dev on a database, with more settings, and returns what it says once it answers.
func standIn(t *testing.T, database string, more ...string) ready {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ready.json")
	server := start(t, append([]string{"dev", "--listen", "127.0.0.1:0", "--ready-file", file, "--db", database}, more...)...)
	var said ready
	server.await(t, func() (bool, error) {
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		if err == nil {
			err = json.Unmarshal(text, &said)
		}
		return err == nil, err
	})
	return said
}

var served = regexp.MustCompile(`(?m)^Roster serves .* on (http://\S+)$`)

// directory starts roster serve on a database and returns its URL once it answers.
func directory(t *testing.T, database string) string {
	t.Helper()
	server := start(t, "serve", "--listen", "127.0.0.1:0", "--db", database)
	var url string
	server.await(t, func() (bool, error) {
		said := served.FindStringSubmatch(server.output.String())
		if said == nil {
			return false, nil
		}
		url = said[1]
		return true, nil
	})
	return url
}

// running is the binary at work beside the test.
type running struct {
	output buffer
	ended  chan struct{}
	err    error // once it has ended
}

// buffer takes a program's output while the test reads it.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// start runs the binary beside the test, which stops it; it must then end well.
func start(t *testing.T, args ...string) *running {
	t.Helper()
	cmd := programUntil(context.Background(), binary(t), args...) // tests that run side by side may let it wait for long
	r := &running{ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &r.output, &r.output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(r.ended)
		r.err = cmd.Wait()
	}()
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		<-r.ended
		if r.err != nil {
			t.Errorf("roster %s: %v", args[0], r.err)
		}
		if t.Failed() {
			t.Logf("roster %s said:\n%s", args[0], r.output.String())
		}
	})
	return r
}

// await asks until the answer is yes. It fails the test when that takes too long or the program has ended.
func (r *running) await(t *testing.T, done func() (bool, error)) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.After(time.Minute)
	for {
		yes, err := done()
		if err != nil {
			t.Fatal(err)
		}
		if yes {
			return
		}
		select {
		case <-tick.C:
		case <-r.ended:
			t.Fatal("the program ended before it was ready")
		case <-late:
			t.Fatal("the program is not ready after a minute")
		}
	}
}
