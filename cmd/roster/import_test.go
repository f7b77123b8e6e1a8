package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// importing runs one command line after another on a fresh database with a site.
type importing struct {
	*testing.T
	folder string
}

func newImporting(t *testing.T) *importing {
	t.Helper()
	p := &importing{t, t.TempDir()}
	p.run("", 0, "site", "add", "acme")
	return p
}

func (p *importing) run(input string, want int, args ...string) (stdout, stderr string) {
	p.Helper()
	var out, problems bytes.Buffer
	now := time.Now() // and it stays so: how far it has come is said to whoever waits for long
	e := &env{
		Stdin: strings.NewReader(input), Stdout: &out, Stderr: &problems, Now: func() time.Time { return now },
		Getenv:  func(string) string { return "" },
		Environ: func() []string { return []string{"ROSTER_DB=" + filepath.Join(p.folder, "roster.db")} },
	}
	if code := run(context.Background(), args, e); code != want {
		p.Fatalf("roster %s ended with %d, want %d:\n%s%s", strings.Join(args, " "), code, want, &out, &problems)
	}
	return out.String(), problems.String()
}

const staff = "email,displayName,timeZone,groups\nada@example.org,Ada Lovelace,Europe/London,engines\ngrace@example.org,Grace Hopper,,\n"

func TestImportTellsWhatItWouldDoThenDoesIt(t *testing.T) {
	t.Parallel()
	p := newImporting(t)
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, "accounts: 2 to create, 0 to update, 0 unchanged\ngroups: 1 to create, 0 to update, 0 unchanged\nrefused: 0 lines\nNothing was written; --apply does it.\n"},
		{[]string{"--apply"}, "accounts: 2 created, 0 updated, 0 unchanged\ngroups: 1 created, 0 updated, 0 unchanged\nrefused: 0 lines\n"},
		{[]string{"--apply", "--strict"}, "accounts: 0 created, 0 updated, 2 unchanged\nrefused: 0 lines\n"},
	} {
		out, problems := p.run(staff, 0, append([]string{"import", "-"}, tt.args...)...)
		if diff := cmp.Diff(tt.want, out); diff != "" || problems != "" {
			t.Errorf("%v: %s%s", tt.args, diff, problems)
		}
	}
}

func TestImportSaysInItsExitCodeHowItWent(t *testing.T) {
	t.Parallel()
	p := newImporting(t)
	bad := staff + "eve@example.org,Eve,Mars/Base,\n"
	out, problems := p.run(bad, 1, "import", "-", "--apply", "--strict")
	if want := "line 4: refused: The time zone \"Mars/Base\" is not known; use an IANA name such as Europe/London.\n" +
		"accounts: 2 to create, 0 to update, 0 unchanged\ngroups: 1 to create, 0 to update, 0 unchanged\nrefused: 1 line\n" +
		"Nothing was written: --strict refuses the whole file.\n"; out != want || problems != "roster: 1 line was refused\n" {
		t.Errorf("%s%s", out, problems)
	}
	if out, _ := p.run("", 0, "account", "list", "--json"); strings.Contains(out, "ada@example.org") {
		t.Errorf("--strict wrote %s", out)
	}
	p.run(bad, 1, "import", "-", "--apply")
	for _, tt := range []struct {
		want string
		args []string
	}{
		{"^roster: stat nowhere.csv: no such file or directory\n", []string{"nowhere.csv"}},
		{"^roster: line 1: no column is known to hold account IDs", []string{"-"}},
		{"^roster: --map takes FIELD=COLUMN, such as email=Mail, not \"email\"\n", []string{"-", "--map", "email"}},
		{"^roster: --format: the format \"xml\" is none of csv, ndjson\n", []string{"-", "--format", "xml"}},
		{"^roster: the form is \"roster import FILE[|]-\"", nil},
		{"^roster: there is no site \"nowhere\"", []string{"-", "--site", "nowhere"}},
	} {
		if _, problems := p.run("Name\n", 2, append([]string{"import"}, tt.args...)...); !regexp.MustCompile(tt.want).MatchString(problems) {
			t.Errorf("%v: %s, want %s", tt.args, problems, tt.want)
		}
	}
}

func TestImportShowsEachChange(t *testing.T) {
	t.Parallel()
	p := newImporting(t)
	file := filepath.Join(p.folder, "people.ndjson")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"kind":"account","accountId":"a:1","displayName":"Ada","groups":["engines"]}` + "\n")
	p.run("", 0, "import", file, "--apply")
	write(`{"kind":"account","accountId":"a:1","displayName":"Ada Lovelace","position":"Analyst","groups":["poets"]}` + "\n")
	out, _ := p.run("", 0, "import", file, "-v")
	if want := "line 1: update account a:1\n  displayName: \"Ada\" -> \"Ada Lovelace\"\n  publicName: \"Ada\" -> \"Ada Lovelace\"\n  position: \"Analyst\"\n  joins: poets\n  leaves: engines\n"; !strings.HasPrefix(out, want) {
		t.Error(out)
	}
	out, _ = p.run("", 0, "import", file, "--json")
	want := `{"line":1,"kind":"account","action":"update","id":"a:1","changes":[{"field":"displayName","before":"Ada","after":"Ada Lovelace"},{"field":"publicName","before":"Ada","after":"Ada Lovelace"},{"field":"position","before":"","after":"Analyst"}],"joined":["poets"],"left":["engines"]}
{"summary":{"applied":false,"lines":1,"accounts":{"create":0,"update":1,"unchanged":0},"groups":{"create":1,"update":0,"unchanged":0},"spaces":{"create":0,"update":0,"unchanged":0},"content":{"create":0,"update":0,"unchanged":0},"watches":{"create":0,"update":0,"unchanged":0},"refused":0}}
`
	if diff := cmp.Diff(want, out); diff != "" {
		t.Error(diff)
	}
}
