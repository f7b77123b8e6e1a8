package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/directory"
)

func newInvite(e *env) *cobra.Command {
	return quiet(e, &cobra.Command{Use: "invite EMAIL…", Short: "Ask people into the site by mail", Args: cobra.MinimumNArgs(1)},
		func(ctx context.Context, c *confluence.Client, args []string) (string, error) {
			invalid, err := invalidAddresses(args)
			if err == nil {
				err = c.Users.Invite(ctx, args)
			}
			if err != nil {
				return "", err
			}
			for _, address := range invalid {
				fmt.Fprintf(e.Stderr, "roster: %q does not look like a valid e-mail address; the API ignores such addresses without a word\n", address)
			}
			if len(invalid) == len(args) {
				return "Nobody is invited.", nil
			}
			return fmt.Sprintf("Whoever of the %d has no access to the site is invited.", len(args)-len(invalid)), nil
		})
}

// invalidAddresses returns those of the arguments that no site would take for addresses. What does not even have the
// form of one is a mistake on the command line.
func invalidAddresses(args []string) (invalid []string, err error) {
	for _, address := range args {
		if local, domain, _ := strings.Cut(address, "@"); local == "" || domain == "" {
			return nil, misuse("%q is no e-mail address", address)
		}
		if _, err := directory.EmailKey(address); err != nil {
			invalid = append(invalid, address)
		}
	}
	return invalid, nil
}
