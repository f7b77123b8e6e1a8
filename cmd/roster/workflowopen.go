package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/workflows"
)

// flows is an open database of workflows.
type flows struct {
	*backend
	Workflows *workflow.Store
}

// openFlows opens the database that --db names, or else the user's own journal, which it makes if it may.
func (e *env) openFlows(cmd *cobra.Command, mayMake bool) (*flows, site.Site, error) {
	var c config.Journal
	if err := config.Load(cmd.Flags(), e.Environ(), c.Settings()); err != nil {
		return nil, site.Site{}, err
	}
	if c.DB == "" {
		var err error
		if c.DB, err = e.journalFile(); err != nil {
			return nil, site.Site{}, err
		}
	}
	if !exists(cmd.Context(), c.DB) {
		if !mayMake {
			return nil, site.Site{}, errors.New("there is no journal yet, as no workflow was run; --db names the database of a server")
		}
		if err := makePrivate(c.DB); err != nil {
			return nil, site.Site{}, err
		}
	}
	b, err := e.connect(cmd.Context(), config.Manage(c))
	if err != nil {
		return nil, site.Site{}, err
	}
	s, err := b.site(cmd.Context())
	if kind, _ := failure.Of(err); err != nil && kind == failure.NotFound && mayMake && c.Site == "" {
		s, err = b.Sites.Add(cmd.Context(), b.By, site.Site{Name: "journal"})
	}
	if err != nil {
		b.Close()
		return nil, s, err
	}
	return &flows{b, app.Workflows(b.Changes)}, s, nil
}

// journalFile is the user's own journal, in the folder for what programs have to remember.
func (e *env) journalFile() (string, error) {
	folder := e.Getenv("XDG_STATE_HOME")
	if runtime.GOOS == "windows" {
		folder = e.Getenv("LocalAppData")
	}
	if !filepath.IsAbs(folder) {
		home := e.Getenv("HOME")
		if home == "" {
			return "", errors.New("there is no home folder to keep the journal in: say --db")
		}
		folder = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(folder, "roster", "journal.db"), nil
}

// makePrivate makes a file that only its user may read, as the journal holds tokens. What is no file it leaves alone.
func makePrivate(name string) error {
	if strings.Contains(name, "://") {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return fmt.Errorf("make a folder for the journal: %w", err)
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("make the journal: %w", err)
	}
	return f.Close()
}

// workflowText reads a workflow's file, or the one of the library that has the name.
func (e *env) workflowText(name string) ([]byte, error) {
	text, err := e.readFile(name)
	if !errors.Is(err, os.ErrNotExist) || strings.ContainsAny(name, `/\.`) {
		return text, err
	}
	if found, ok := workflows.Named(name); ok {
		return found.Text, nil
	}
	return nil, fmt.Errorf("there is neither a file %s nor a workflow of the library with this name", name)
}

// readFile reads a file, or with - standard input.
func (e *env) readFile(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(e.Stdin, 1<<20))
	}
	return os.ReadFile(name)
}

// readLine reads the first line of standard input.
func (e *env) readLine(what string) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(e.Stdin, 64<<10)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the %s from standard input: %w", what, err)
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", misuse("the %s is read from standard input, which has none", what)
	}
	return line, nil
}
