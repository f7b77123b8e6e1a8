package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/rosterhq/roster/internal/avatar"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"roster": main})
}

var schemas atomic.Int64

// Each script is a story told to the program from outside. It finds its own, empty database in $ROSTER_DB;
// "capture NAME REGEXP" keeps what the regexp's group finds in the last standard output, "exits CODE COMMAND…"
// wants that exit code, "picture FILE" draws one, and "invite EMAIL…" does what a server does that is asked to.
func TestTheStories(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		tell(t, "sqlite", func(work string) (string, error) { return filepath.Join(work, "roster.db"), nil })
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		dbtest.PostgresURL(t)
		tell(t, "postgres", func(string) (string, error) {
			return dbtest.NewSchema(fmt.Sprintf("script_%d_%d", os.Getpid(), schemas.Add(1)))
		})
	})
}

func tell(t *testing.T, engine string, newDatabase func(work string) (string, error)) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			name, err := newDatabase(env.WorkDir)
			env.Setenv("ROSTER_DB", name)
			env.Setenv("GORACE", "atexit_sleep_ms=0") // or else each command waits a second under the race detector
			return err
		},
		Condition: func(name string) (bool, error) { return name == engine, nil },
		Cmds:      map[string]func(*testscript.TestScript, bool, []string){"capture": capture, "exits": exits, "picture": picture, "invite": invite},
	})
}

func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: capture NAME REGEXP")
	}
	found := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) != 2 {
		ts.Fatalf("%s is not in the output", args[1])
	}
	ts.Setenv(args[0], found[1])
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("the exit code is %d", code)
	}
}

func picture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: picture FILE")
	}
	png, err := avatar.Initials("Ada Lovelace", "ada", 64)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), png, 0o600))
}
