// Contractgen derives the facts of the official API description into the table that tests read. Run it
// from the root of the project:
//
//	go run ./internal/api/contractgen          writes the table
//	go run ./internal/api/contractgen -check   fails and shows the difference if the table is not up to date
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "contractgen:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("contractgen", flag.ContinueOnError)
	check := flags.Bool("check", false, "compare only, write nothing")
	documents := flags.String("documents", "../shared/reference/openapi", "folder with users-v1.json and users-v2.json")
	file := flags.String("file", "internal/api/testdata/contract.tsv", "the table")
	if err := flags.Parse(args); err != nil {
		return err
	}
	derived, err := table(*documents)
	if err != nil {
		return err
	}
	if !*check {
		return os.WriteFile(*file, derived, 0o644)
	}
	committed, err := os.ReadFile(*file)
	if err != nil {
		return fmt.Errorf("read the committed table: %w", err)
	}
	if bytes.Equal(committed, derived) {
		return nil
	}
	fmt.Fprint(out, difference(string(committed), string(derived)))
	return fmt.Errorf("%s is not what the documents say; run it without -check", *file)
}

// table derives the bytes of the table from the documents in a folder.
func table(folder string) ([]byte, error) {
	var texts [2][]byte
	for i, name := range []string{"users-v1.json", "users-v2.json"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("the official documents are not here: %w", err)
		}
		if err != nil {
			return nil, fmt.Errorf("read an official document: %w", err)
		}
		texts[i] = text
	}
	c, err := derive(texts[0], texts[1])
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = c.Write(&b)
	return b.Bytes(), err
}

// difference lists the lines that only one of two tables has; they are sorted, so no more is needed.
func difference(committed, derived string) string {
	var b strings.Builder
	only := func(sign, in, other string) {
		known := map[string]bool{}
		for l := range strings.Lines(other) {
			known[l] = true
		}
		for l := range strings.Lines(in) {
			if !known[l] {
				b.WriteString(sign + strings.TrimSuffix(l, "\n") + "\n")
			}
		}
	}
	only("- ", committed, derived)
	only("+ ", derived, committed)
	return b.String()
}
