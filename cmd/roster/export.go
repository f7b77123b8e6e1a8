package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/transfer"
)

func newExportCommand(e *env) *cobra.Command {
	var format, name string
	var force bool
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write a site to a file, as NDJSON that can be imported, or its people as CSV",
		Long: `Write a site as it stands at one moment: groups, people, apps, properties, spaces, content and watches as one JSON
object a line, which roster import brings into a fresh site, or the people as CSV. Tokens, passwords and the secrets of apps
are not in it. A file is there only once it is whole. docs/import.md says what is in it.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := transfer.ParseFormat(format)
			if err != nil {
				return misuse("--format: %v", err)
			}
			if force && name == "" {
				return misuse("--force is for --out")
			}
			if err := maySave(name, force); err != nil {
				return err
			}
			return e.onSite(func(cmd *cobra.Command, _ []string, b *backend, s site.Site) error {
				o := transfer.ExportOptions{Directory: b.Directory, Site: s.ID, Actor: b.By, Format: f}
				return e.export(cmd.Context(), o, name, force)
			})(cmd, args)
		},
	}
	cmd.Flags().StringVar(&format, "format", "ndjson", "ndjson or csv")
	cmd.Flags().StringVar(&name, "out", "", "file to write; standard output unless given")
	cmd.Flags().BoolVar(&force, "force", false, "replace a file that exists")
	return cmd
}

// export writes a site to a file, or to Stdout where it has no name.
func (e *env) export(ctx context.Context, o transfer.ExportOptions, name string, force bool) error {
	said := e.Now()
	o.Progress = func(x transfer.Exported) {
		if now := e.Now(); now.Sub(said) >= sayEvery {
			said = now
			fmt.Fprintf(e.Stderr, "exported %d lines\n", x.Lines)
		}
	}
	if name == "" {
		o.To = e.Stdout
		_, err := transfer.Export(ctx, o)
		return err
	}
	began := e.Now()
	done := transfer.Exported{}
	err := save(name, force, func(w io.Writer) (err error) {
		o.To = w
		done, err = transfer.Export(ctx, o)
		return err
	})
	if err == nil {
		fmt.Fprintf(e.Stderr, "%s with %s written to %s in %s\n", counted(done.Lines, "line", "lines"), counted(done.Accounts, "account", "accounts"), name, e.Now().Sub(began).Round(time.Millisecond))
	}
	return err
}

// maySave refuses to replace what stands, unless by force.
func maySave(name string, force bool) error {
	info, err := os.Lstat(name)
	switch {
	case name == "" || os.IsNotExist(err):
		return nil
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s is a folder", name)
	case !force:
		return fmt.Errorf("%s exists already; --force replaces it", name)
	}
	return nil
}

// save writes a file that only its owner may read. It has its name once it is whole; if anything fails, what stood stays.
func save(name string, force bool, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return fmt.Errorf("make %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	if !force {
		// A link, other than a new name, takes nobody's place who came meanwhile.
		if err := os.Link(f.Name(), name); err != nil {
			return fmt.Errorf("make %s: %w", name, err)
		}
		return os.Remove(f.Name())
	}
	return os.Rename(f.Name(), name)
}
