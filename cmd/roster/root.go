package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/failure"
)

// How the process ends.
const (
	done   = 0
	failed = 1 // the command was understood
	misfit = 2 // the command line or a setting was wrong
)

// run carries out one command line and returns the process's exit code. What went wrong is one sentence
// on e.Stderr.
func run(ctx context.Context, args []string, e *env) int {
	root := newRootCommand(e)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return done
	}
	fmt.Fprintln(e.Stderr, "roster: "+sentence(err))
	if _, ran := errors.AsType[*ranError](err); ran {
		if _, setting := errors.AsType[*config.Error](err); setting {
			return misfit
		}
		if _, usage := errors.AsType[*usageError](err); !usage {
			return failed
		}
	}
	fmt.Fprintf(e.Stderr, "See %s --help.\n", cmd.CommandPath())
	return misfit
}

func newRootCommand(e *env) *cobra.Command {
	root := &cobra.Command{
		Use:           "roster",
		Short:         "A user directory that speaks the Confluence Cloud user API",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetIn(e.Stdin)
	root.SetOut(e.Stdout)
	root.SetErr(e.Stderr)
	root.AddCommand(newServeCommand(e), newDevCommand(e), newSeedCommand(e), newAPICommand(e), newActionCommand(e), newWorkflowCommand(e), newExplainCommand(e), newSpecCommand(e), newOpenCommand(e), newVersionCommand(e))
	for _, onDatabase := range []func(*env) *cobra.Command{
		newSiteCommand,
		newAccountCommand,
		newGroupCommand,
		newTokenCommand,
		newAppCommand,
		newWebhookCommand,
		newOperationsCommand,
		newSessionCommand,
		newGrantCommand,
		newInvitationCommand,
		newSpaceCommand,
		newContentCommand,
		newImportCommand,
		newExportCommand,
		newAuditCommand,
		newSettingsCommand,
	} {
		cmd := onDatabase(e)
		config.Bind(cmd.PersistentFlags(), new(config.Manage).Settings())
		root.AddCommand(cmd)
	}
	hold(root)
	finish(root)
	return root
}

// finish makes every command refuse arguments unless it takes some, and mark the errors of its own work, so
// that those of the command line can be told from them.
func finish(cmd *cobra.Command) {
	for _, child := range cmd.Commands() {
		finish(child)
	}
	takes := cmd.Args
	if takes == nil {
		takes = cobra.NoArgs
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if takes(cmd, args) == nil {
			return nil
		}
		form, _ := strings.CutSuffix(cmd.CommandPath(), cmd.Name())
		return misuse("the form is %q, and there were %d arguments", form+cmd.Use, len(args))
	}
	if work := cmd.RunE; work != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if err := work(cmd, args); err != nil {
				return &ranError{err}
			}
			return nil
		}
	}
}

// ranError is an error of a command that the command line was right for.
type ranError struct{ error }

func (e *ranError) Unwrap() error { return e.error }

// usageError is a command line that only its command could find wrong.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

func misuse(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// family is a command that only holds others.
func family(use, short string, commands ...*cobra.Command) *cobra.Command {
	f := &cobra.Command{Use: use, Short: short}
	f.AddCommand(commands...)
	hold(f)
	return f
}

// hold makes a command that only holds others say so, and which they are.
func hold(f *cobra.Command) {
	f.SuggestionsMinimumDistance = 2
	f.Args = cobra.ArbitraryArgs
	f.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 && !cmd.HasParent() {
			return cmd.Help()
		}
		var names []string
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				names = append(names, c.Name())
			}
		}
		if len(args) == 0 {
			return misuse("%s needs a command: %s", cmd.CommandPath(), strings.Join(names, ", "))
		}
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			return misuse("%s has no command %q; did you mean %s?", cmd.CommandPath(), args[0], strings.Join(near, " or "))
		}
		return misuse("%s has no command %q, but %s", cmd.CommandPath(), args[0], strings.Join(names, ", "))
	}
}

// sentence is err on one line, in the form in which Go's errors are written.
func sentence(err error) string {
	text := strings.TrimSuffix(strings.Join(strings.FieldsFunc(err.Error(), unicode.IsControl), "; "), ".")
	if f, ok := errors.AsType[*failure.Error](err); ok && f.Message == err.Error() {
		first, size := utf8.DecodeRuneInString(text)
		text = string(unicode.ToLower(first)) + text[size:]
	}
	return text
}
