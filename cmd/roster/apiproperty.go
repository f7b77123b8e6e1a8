package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/confluence"
)

func propertyCalls(e *env) []*cobra.Command {
	list := &query{}
	listCommand := many(e, list, &cobra.Command{Use: "list ACCOUNT-ID", Short: "The keys of a user's properties", Args: cobra.ExactArgs(1)},
		func(ctx context.Context, c *confluence.Client, args []string) (*confluence.UserPropertyKeyArray, error) {
			return c.Properties.ListPage(ctx, args[0], list.page())
		},
		func(ctx context.Context, c *confluence.Client, args []string) iter.Seq2[confluence.UserPropertyKey, error] {
			return c.Properties.List(ctx, args[0], list.page())
		})
	remove := quiet(e, &cobra.Command{Use: "delete ACCOUNT-ID KEY", Short: "Remove a property", Args: cobra.ExactArgs(2)},
		func(ctx context.Context, c *confluence.Client, args []string) (string, error) {
			return "Property " + args[1] + " is deleted.", c.Properties.Delete(ctx, args[0], args[1])
		})
	return []*cobra.Command{
		listCommand, newPropertyGet(e),
		newPropertyWrite(e, "create", "Store a new property", (*confluence.Properties).Create),
		newPropertyWrite(e, "update", "Give a property another value", (*confluence.Properties).Update),
		remove,
	}
}

func newPropertyGet(e *env) *cobra.Command {
	var bare bool
	cmd := &cobra.Command{
		Use: "get ACCOUNT-ID KEY", Short: "One property", Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := e.client(cmd)
			if err != nil {
				return err
			}
			p, err := c.Properties.Get(cmd.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			if !bare {
				return e.indented(p)
			}
			_, err = e.Stdout.Write(p.Value)
			return err
		},
	}
	cmd.Flags().BoolVar(&bare, "value", false, "print only the value, byte for byte as it is stored")
	return cmd
}

func newPropertyWrite(e *env, verb, short string, write func(p *confluence.Properties, ctx context.Context, accountID, key string, value any) error) *cobra.Command {
	return quiet(e, &cobra.Command{
		Use: verb + " ACCOUNT-ID KEY VALUE", Short: short, Args: cobra.ExactArgs(3),
		Long: short + ". The value is a JSON object, kept byte for byte; with - it is read from the standard input.",
	}, func(ctx context.Context, c *confluence.Client, args []string) (string, error) {
		value := []byte(args[2])
		if args[2] == "-" {
			var err error
			if value, err = io.ReadAll(e.Stdin); err != nil {
				return "", fmt.Errorf("read the value: %w", err)
			}
		}
		if !json.Valid(value) {
			return "", misuse("the value is not JSON")
		}
		return "Property " + args[1] + " is stored.", write(c.Properties, ctx, args[0], args[1], json.RawMessage(value))
	})
}

// quiet is a command for a call that has no answer: where it succeeds, a sentence says so.
func quiet(e *env, cmd *cobra.Command, do func(ctx context.Context, c *confluence.Client, args []string) (string, error)) *cobra.Command {
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := e.client(cmd)
		if err != nil {
			return err
		}
		done, err := do(cmd.Context(), c, args)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(e.Stdout, done)
		return err
	}
	return cmd
}
