package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/workflow/dsl"
	"github.com/rosterhq/roster/workflows"
)

func newWorkflowValidate(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "validate FILE...",
		Short: "Say what is wrong with workflow files, and where; - reads standard input",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			wrong := 0
			for _, name := range args {
				text, err := e.workflowText(name)
				if err != nil {
					return err
				}
				found, err := complaints(text)
				if err != nil {
					return err
				}
				if err := e.complain(cmd, name, found); err != nil {
					return err
				}
				if len(found) > 0 {
					wrong++
				}
			}
			if wrong > 0 {
				return fmt.Errorf("%d of %d files cannot be used", wrong, len(args))
			}
			return nil
		},
	}
}

// complaints are what is wrong with a workflow's file.
func complaints(text []byte) ([]*dsl.Error, error) {
	_, err := dsl.Parse(text, app.Actions())
	if all, ok := errors.AsType[dsl.Errors](err); ok {
		return all, nil
	}
	return nil, err
}

// complain says it as compilers do, so that editors find the place.
func (e *env) complain(cmd *cobra.Command, name string, found []*dsl.Error) error {
	if asJSON(cmd) {
		return writeJSON(e.Stdout, struct {
			File   string       `json:"file"`
			Errors []*dsl.Error `json:"errors"`
		}{name, append([]*dsl.Error{}, found...)})
	}
	for _, one := range found {
		place := name
		if one.Line > 0 {
			place = fmt.Sprintf("%s:%d:%d", name, one.Line, one.Column)
		}
		if _, err := fmt.Fprintf(e.Stdout, "%s: %s\n", place, one.Reason); err != nil {
			return err
		}
	}
	return nil
}

func newWorkflowLibrary(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "library [NAME]",
		Short: "List the workflows that come with the program, or print one",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				one, ok := workflows.Named(args[0])
				if !ok {
					return fmt.Errorf("the library has no workflow %s", args[0])
				}
				_, err := e.Stdout.Write(one.Text)
				return err
			}
			type entry struct {
				Name    string `json:"name"`
				Title   string `json:"title"`
				Summary string `json:"summary"`
			}
			out := newListing(e, cmd, func(one entry) []string { return []string{one.Name, one.Title, one.Summary} }, "name", "title", "what it does")
			for _, one := range workflows.Files() {
				f, err := dsl.Parse(one.Text, app.Actions())
				if err != nil {
					return fmt.Errorf("read %s of the library: %w", one.Name, err)
				}
				if err := out.add(entry{f.Name, f.Title, f.Summary}); err != nil {
					return err
				}
			}
			return out.flush()
		},
	}
}
