package main

import (
	"fmt"
	"os/exec"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/config"
)

func newOpenCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "open [PAGE]",
		Short: "Open a site's pages in the browser",
		Long: `Open a site's pages in the browser, or one of them by its path: roster open docs. The address is printed too, for
where there is no browser.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			address, err := e.siteAddress(cmd)
			if err != nil {
				return err
			}
			address += "/" + strings.TrimPrefix(strings.Join(args, ""), "/")
			if _, err := fmt.Fprintln(e.Stdout, address); err != nil {
				return err
			}
			if err := openInBrowser(cmd, address); err != nil {
				fmt.Fprintf(e.Stderr, "roster: no browser could be opened (%s); open the address yourself.\n", sentence(err))
			}
			return nil
		},
	}
	config.Bind(cmd.Flags(), new(config.API).Settings()[:1])
	return cmd
}

// openers are the programs that open an address in the user's browser, by the operating system.
var openers = map[string][]string{
	"darwin":  {"open"},
	"windows": {"rundll32", "url.dll,FileProtocolHandler"},
}

func openInBrowser(cmd *cobra.Command, address string) error {
	opener := openers[runtime.GOOS]
	if opener == nil {
		opener = []string{"xdg-open"}
	}
	return exec.CommandContext(cmd.Context(), opener[0], append(opener[1:len(opener):len(opener)], address)...).Run()
}
