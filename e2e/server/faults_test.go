package server

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/rosterhq/roster/internal/db"
)

// Each script is a start that cannot succeed. "sentence" wants that the last command said one sentence on standard
// error, and maybe a hint after it; "newer FILE" makes a database of a later version; "take NAME" takes a port and
// names its address; "empty FOLDER" wants that nothing was left behind.
func TestAStartThatCannotSucceedSaysWhyAndLeavesNothing(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "faults"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", filepath.Dir(binary)+string(os.PathListSeparator)+env.Getenv("PATH"))
			return nil
		},
		Condition: func(name string) (bool, error) { return name == "root" && os.Getuid() == 0, nil },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"sentence": sentence, "newer": newer, "take": take, "empty": empty,
		},
	})
}

func sentence(ts *testscript.TestScript, _ bool, _ []string) {
	lines := strings.Split(strings.TrimSuffix(ts.ReadFile("stderr"), "\n"), "\n")
	if len(lines) == 2 && strings.HasPrefix(lines[1], "See roster") {
		lines = lines[:1]
	}
	if len(lines) != 1 || !strings.HasPrefix(lines[0], "roster: ") || len(lines[0]) > 500 {
		ts.Fatalf("this is no sentence: %q", lines)
	}
	for _, bad := range []string{"goroutine", "panic", "%!", "hunter2", "SQLSTATE", "\t"} {
		if strings.Contains(lines[0], bad) {
			ts.Fatalf("%q says %q", lines[0], bad)
		}
	}
}

func newer(ts *testscript.TestScript, _ bool, args []string) {
	d, err := db.Open(context.Background(), ts.MkAbs(args[0]), db.Options{})
	ts.Check(err)
	ts.Check(d.Aside(context.Background(), `INSERT INTO schema_steps (name, taken_at) VALUES ('migrations/9999_future.sql', 1)`))
	ts.Check(d.Close())
}

func take(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	ts.Setenv(args[0], l.Addr().String())
}

func empty(ts *testscript.TestScript, _ bool, args []string) {
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	for _, e := range entries {
		ts.Fatalf("%s was left in %s", e.Name(), args[0])
	}
}
