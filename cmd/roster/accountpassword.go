package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/rosterhq/roster/internal/site"
)

func newAccountPassword(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "password ACCOUNT",
		Short: "Give a person a password to sign in with, and sign them out everywhere",
		Long: `Give a person a password of 12 characters or more to sign in with, and sign them out everywhere. On a terminal the
password is asked for twice and not shown; otherwise it is the first line of standard input.`,
		Args: cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			a, err := b.Directory.Account(cmd.Context(), s.ID, args[0])
			if err != nil {
				return err
			}
			password, err := e.readPassword(cmd.Context())
			if err != nil {
				return err
			}
			if a, err = b.Directory.SetPassword(cmd.Context(), s.ID, b.By, a.ID, password); err != nil {
				return err
			}
			return e.report(cmd, map[string]string{"accountId": a.ID}, "Account %s has a new password.", a.ID)
		}),
	}
}

// readPassword asks for a password where a person sits at a terminal, and reads it elsewhere.
func (e *env) readPassword(ctx context.Context) (string, error) {
	if f, ok := e.Stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return e.askPassword(ctx, int(f.Fd()))
	}
	line, err := bufio.NewReader(io.LimitReader(e.Stdin, 64<<10)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password from standard input: %w", err)
	}
	return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"), nil
}

// askPassword asks twice at a terminal, which shows nothing of it and afterwards is as it was.
func (e *env) askPassword(ctx context.Context, terminal int) (string, error) {
	before, err := term.GetState(terminal)
	if err != nil {
		return "", fmt.Errorf("ask for the password: %w", err)
	}
	type answer struct {
		text []byte
		err  error
	}
	ask := func(question string) (string, error) {
		fmt.Fprint(e.Stderr, question)
		answers := make(chan answer, 1)
		go func() {
			text, err := term.ReadPassword(terminal)
			answers <- answer{text, err}
		}()
		defer fmt.Fprintln(e.Stderr)
		select {
		case <-ctx.Done():
			return "", errors.Join(context.Cause(ctx), term.Restore(terminal, before))
		case a := <-answers:
			return string(a.text), a.err
		}
	}
	password, err := ask("New password: ")
	if err != nil {
		return "", err
	}
	again, err := ask("The same again: ")
	if err == nil && again != password {
		err = errors.New("the two are not the same, so nothing is done")
	}
	return password, err
}
