package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/rosteradmin"
)

func newAppToken(e *env) *cobra.Command {
	var asUser, expires string
	cmd := &cobra.Command{
		Use:   "token CLIENT-ID",
		Short: "Print the Bearer token that a Forge app would send as itself, or as a person",
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			until, err := expiry(e.Now(), expires)
			if err != nil {
				return err
			}
			secret := directory.NewSecret(s.CloudID)
			t, err := b.Directory.AddAppToken(cmd.Context(), s.ID, b.By, args[0], directory.AppToken{
				AsUser: asUser, Token: directory.Token{ExpiresAt: until},
			}, secret)
			if err != nil {
				return err
			}
			if asJSON(cmd) {
				return writeJSON(e.Stdout, rosteradmin.MadeToken{Token: secret, TokenID: t.ID, AccountID: t.AccountID, ExpiresAt: t.ExpiresAt})
			}
			fmt.Fprintf(e.Stderr, "Token %s of %s is good until %s. This is the only time it is shown:\n", t.ID, t.AccountID, moment(t.ExpiresAt))
			_, err = fmt.Fprintln(e.Stdout, secret)
			return err
		}),
	}
	cmd.Flags().StringVar(&asUser, "as-user", "", "account ID or e-mail address of the person to act as; the app as itself unless given")
	cmd.Flags().StringVar(&expires, "expires", "1h", "how long it is good, such as 1h or 90d, or until when; at most a year")
	return cmd
}
