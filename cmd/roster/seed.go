package main

import (
	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/seed"
)

func newSeedCommand(e *env) *cobra.Command {
	return family("seed", "Help to write the files that roster dev fills its sites from",
		&cobra.Command{
			Use:   "demo",
			Short: "Print the built-in seed, to start your own from",
			RunE: func(cmd *cobra.Command, args []string) error {
				_, err := e.Stdout.Write(seed.DemoFile())
				return err
			},
		},
		&cobra.Command{
			Use:   "schema",
			Short: "Print the JSON Schema of a seed file, for editors and checkers",
			RunE: func(cmd *cobra.Command, args []string) error {
				schema, err := seed.Schema()
				if err == nil {
					_, err = e.Stdout.Write(schema)
				}
				return err
			},
		},
	)
}
