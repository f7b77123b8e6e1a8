package main

import (
	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/transfer"
)

func newSpaceSet(e *env) *cobra.Command {
	var given content.Space
	var from string
	cmd := &cobra.Command{
		Use:   "set KEY",
		Short: "Change those parts of a space that are given; an empty value clears one",
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			space, err := e.setSpace(cmd, args[0], b, s, given, from)
			if err != nil {
				return err
			}
			return e.report(cmd, showSpace(space), "Space %s is changed.", space.Key)
		}),
	}
	bindSpace(cmd, &given)
	cmd.Flags().Int64Var(&given.Homepage, "homepage", 0, "ID of the page to be its homepage; 0 for none")
	cmd.Flags().StringVar(&from, "from", "", "JSON file with the members of an import's space, such as settings, theme, lookAndFeel and homepage; - for standard input")
	return cmd
}

// setSpace changes a space as a file says, or else as the flags do.
func (e *env) setSpace(cmd *cobra.Command, key string, b *backend, s site.Site, given content.Space, from string) (content.Space, error) {
	if err := b.fillOwner(cmd.Context(), s.ID, &given); err != nil {
		return given, err
	}
	var edits []func(space *content.Space)
	for flag, edit := range map[string]func(*content.Space){
		"name":        func(space *content.Space) { space.Name = given.Name },
		"alias":       func(space *content.Space) { space.Alias = given.Alias },
		"status":      func(space *content.Space) { space.Status = given.Status },
		"owner":       func(space *content.Space) { space.Owner = given.Owner },
		"description": func(space *content.Space) { space.Description = given.Description },
		"icon":        func(space *content.Space) { space.Icon = given.Icon },
		"homepage":    func(space *content.Space) { space.Homepage = given.Homepage },
	} {
		if cmd.Flags().Changed(flag) {
			edits = append(edits, edit)
		}
	}
	switch {
	case from != "" && len(edits) > 0:
		return given, misuse("--from says it all; leave the other flags out")
	case from != "":
		object, err := e.text(from)
		if err != nil {
			return given, err
		}
		return transfer.SetSpace(cmd.Context(), b.Directory, s.ID, b.By, key, []byte(object))
	case len(edits) == 0:
		return given, misuse("there is nothing to set")
	}
	return b.Content.Change(cmd.Context(), s.ID, b.By, key, func(space *content.Space) error {
		for _, edit := range edits {
			edit(space)
		}
		return nil
	})
}
