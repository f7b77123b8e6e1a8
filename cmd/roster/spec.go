package main

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/config"
)

func newSpecCommand(e *env) *cobra.Command {
	formats := app.SpecFormats()
	cmd := &cobra.Command{
		Use:   "spec",
		Short: "Print the description of the API, for programs",
		Long: `Print the description of the API of this program, with the address of a site in it. It is what the site serves at
/openapi.json, /openapi.yaml, /openapi-3.0.json, /openapi-3.0.yaml and /postman.json; nothing is called. --out writes it to a
file, which is there only once it is whole.`,
	}
	format := cmd.Flags().String("format", formats[0], "one of "+strings.Join(formats, ", "))
	observed := cmd.Flags().Bool("observed", false, "describe a site that answers as real ones were observed to (fidelity observed)")
	name := cmd.Flags().String("out", "", "file to write; standard output unless given")
	force := cmd.Flags().Bool("force", false, "replace a file that exists")
	config.Bind(cmd.Flags(), new(config.API).Settings()[:1])
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if !slices.Contains(formats, *format) {
			return misuse("--format is one of %s", strings.Join(formats, ", "))
		}
		if *force && *name == "" {
			return misuse("--force is for --out")
		}
		if err := maySave(*name, *force); err != nil {
			return err
		}
		address, err := e.siteAddress(cmd)
		if err != nil {
			return err
		}
		write := func(w io.Writer) error {
			_, err := w.Write(append(bytes.TrimRight(app.Spec(*format, *observed, address), "\n"), '\n'))
			return err
		}
		if *name == "" {
			return write(e.Stdout)
		}
		return save(*name, *force, write)
	}
	return cmd
}

// siteAddress is the address of the site that the flags of cmd name, without a slash at its end.
func (e *env) siteAddress(cmd *cobra.Command) (string, error) {
	var c config.API
	if err := config.Load(cmd.Flags(), e.Environ(), c.Settings()[:1]); err != nil {
		return "", err
	}
	r, err := ownRequestTo(cmd.Context(), c.URL, "", nil)
	if err != nil {
		return "", err
	}
	return r.URL.String(), nil
}
