package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/avatar"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// pictureSide is how many pixels wide and high a picture is stored at most.
const pictureSide = 512

func newAccountPicture(e *env) *cobra.Command {
	set := &cobra.Command{
		Use:   "set ACCOUNT FILE",
		Short: "Give an account the picture in a PNG, JPEG, GIF or WebP file; - reads standard input",
		Args:  cobra.ExactArgs(2),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			png, err := e.readPicture(args[1])
			if err != nil {
				return err
			}
			return e.setPicture(cmd, b, s.ID, args[0], png, "Account %s has this picture.")
		}),
	}
	remove := &cobra.Command{
		Use:   "remove ACCOUNT",
		Short: "Take an account's picture away",
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			return e.setPicture(cmd, b, s.ID, args[0], nil, "Account %s has no picture.")
		}),
	}
	return family("picture", "Set or remove an account's picture", set, remove)
}

func (e *env) setPicture(cmd *cobra.Command, b *backend, site int64, ref string, png []byte, format string) error {
	a, err := b.Directory.Account(cmd.Context(), site, ref)
	if err != nil {
		return err
	}
	if a.Status == directory.Closed {
		return fmt.Errorf("account %s is closed for good", a.ID)
	}
	if err := b.Directory.SetPicture(cmd.Context(), site, b.By, a.ID, png); err != nil {
		return err
	}
	return e.report(cmd, map[string]any{"accountId": a.ID, "picture": png != nil}, format, a.ID)
}

// readPicture reads a picture and makes a harmless copy of it.
func (e *env) readPicture(name string) ([]byte, error) {
	var from io.Reader = e.Stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		from = f
	}
	png, err := avatar.Reencode(from, pictureSide)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return png, nil
}
