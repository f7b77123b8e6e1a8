package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/transfer"
)

func newImportCommand(e *env) *cobra.Command {
	var o transfer.Options
	var format string
	var columns []string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "import FILE|-",
		Short: "Bring people, groups, spaces and content from a CSV or NDJSON file into a site",
		Long: `Bring people and groups from a file into a site: a CSV file with a header row, such as the export of
users of an Atlassian organization, or one JSON object a line, which can be a space, content or a watch, too. Without --apply it only tells what would
change. A line that cannot be used is refused and the others stand, unless --strict is given. An import can
be repeated, also after it was stopped: what is there already is left unchanged. docs/import.md has the formats.

It ends with 0 if all is well, with 1 if lines were refused, and with 2 if it could not be done.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if o.Format, err = transfer.ParseFormat(format); err != nil {
				return misuse("--format: %v", err)
			}
			if o.Columns, err = parseColumns(columns); err != nil {
				return err
			}
			refused := int64(0)
			if o.Offline && !o.Apply {
				return misuse("--offline is for writing: it needs --apply")
			}
			err = e.onSiteAs(db.Options{Offline: o.Offline}, func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
				o.Directory, o.Site, o.Actor, o.Details = b.Directory, s.ID, b.By, verbose || asJSON(cmd)
				refused, err = e.importFile(cmd, args[0], o, verbose)
				return err
			})(cmd, args)
			if err != nil {
				return misuse("%s", sentence(err))
			}
			if refused > 0 {
				return fmt.Errorf("%s refused", counted(refused, "line was", "lines were"))
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&o.Apply, "apply", false, "write; without it nothing is written")
	flags.BoolVar(&o.Strict, "strict", false, "write nothing at all if a line is refused")
	flags.BoolVar(&o.Offline, "offline", false, "write much at once, while no server runs on the database")
	flags.BoolVar(&o.Unlicensed, "unlicensed", false, "put new people only into the groups that the file names, not into the one that lets people use the site")
	flags.StringVar(&format, "format", "", "csv or ndjson; found out from the file unless given")
	flags.StringArrayVar(&columns, "map", nil, "FIELD=COLUMN: take a field from the CSV column of this name (may be repeated)")
	flags.BoolVarP(&verbose, "verbose", "v", false, "list every line with what changes, not only those that are refused")
	return withJSON(cmd)
}

// parseColumns reads what --map says.
func parseColumns(pairs []string) (map[string]string, error) {
	columns := make(map[string]string, len(pairs))
	for _, pair := range pairs {
		field, column, found := strings.Cut(pair, "=")
		switch {
		case !found || field == "" || column == "":
			return nil, misuse("--map takes FIELD=COLUMN, such as email=Mail, not %q", pair)
		case columns[field] != "":
			return nil, misuse("--map names %s twice", field)
		}
		columns[field] = column
	}
	return columns, nil
}

// importFile runs an import and shows it: results and the sum on Stdout, progress on Stderr.
func (e *env) importFile(cmd *cobra.Command, name string, o transfer.Options, verbose bool) (refused int64, err error) {
	size, closing, err := e.openable(name, &o)
	if err != nil {
		return 0, err
	}
	defer closing()
	shown := importView{out: e.Stdout, json: asJSON(cmd), verbose: verbose}
	o.Result = shown.result
	progress := e.newProgress(size, o.Apply)
	o.Progress = progress.show
	report, err := transfer.Run(cmd.Context(), o)
	progress.end()
	if errors.Is(err, context.Canceled) {
		if o.Apply {
			return 0, fmt.Errorf("stopped after line %d; what was written stands, so run the same command again to go on", report.Lines)
		}
		return 0, errors.New("stopped; nothing was written")
	}
	if err != nil {
		if report.Applied && report.Done() > report.Refused {
			err = fmt.Errorf("%w; what was written before stands", err)
		}
		return 0, err
	}
	return report.Refused, shown.sum(report, o)
}

// openable lets o open the file, and open it once more where the import reads it twice. size is 0 where
// nobody knows it.
func (e *env) openable(name string, o *transfer.Options) (size int64, closing func(), err error) {
	closing = func() {}
	if name == "-" && o.Apply && o.Strict {
		// Standard input can be read once only, so it is kept in a file meanwhile.
		kept, err := os.CreateTemp("", "roster-import-")
		if err != nil {
			return 0, closing, fmt.Errorf("keep the input: %w", err)
		}
		name, closing = kept.Name(), func() { os.Remove(kept.Name()) }
		_, err = io.Copy(kept, e.Stdin)
		if err = errors.Join(err, kept.Close()); err != nil {
			closing()
			return 0, closing, fmt.Errorf("keep the input: %w", err)
		}
	}
	if name == "-" {
		o.Open = func() (io.ReadCloser, error) { return io.NopCloser(e.Stdin), nil }
		return 0, closing, nil
	}
	info, err := os.Stat(name)
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a folder", name)
	}
	if err != nil {
		return 0, closing, err
	}
	o.Open = func() (io.ReadCloser, error) { return os.Open(name) }
	return info.Size(), closing, nil
}

// counted is a number with the word for one or for several.
func counted(n int64, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}
