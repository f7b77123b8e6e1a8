package main

import (
	"github.com/spf13/cobra"
)

func newSiteDelete(e *env) *cobra.Command {
	var sure bool
	cmd := &cobra.Command{
		Use:   "delete NAME",
		Short: "Delete a site with everything in it, for good",
		Long: `Delete a site with everything in it, for good. Nobody reaches it from the next request on; what was in it is
deleted within minutes by roster serve, or when that runs again. The default site cannot be deleted.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if !sure {
				return misuse("this deletes site %s with everybody and everything in it; --yes says that you mean it", args[0])
			}
			b, err := e.open(cmd)
			if err != nil {
				return err
			}
			defer b.closing(&err)
			removed, err := b.Sites.Remove(cmd.Context(), b.By, args[0])
			if err != nil {
				return err
			}
			return e.report(cmd, showSite(removed), "Site %s is deleted.", removed.Name)
		},
	}
	cmd.Flags().BoolVar(&sure, "yes", false, "delete it without asking")
	return cmd
}
