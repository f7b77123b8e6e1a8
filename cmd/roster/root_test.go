package main

import (
	"errors"
	"fmt"
	"testing"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/failure"
)

func TestEachCommandHasItsOwnNameAndSaysWhatItDoes(t *testing.T) {
	t.Parallel()
	var check func(*cobra.Command)
	check = func(cmd *cobra.Command) {
		seen := map[string]bool{}
		for _, child := range cmd.Commands() {
			if seen[child.Name()] || child.Short == "" {
				t.Errorf("%s stands twice or says nothing", child.CommandPath())
			}
			seen[child.Name()] = true
			check(child)
		}
	}
	check(newRootCommand(&env{}))
}

func TestAnErrorIsPrintedAsOneSentence(t *testing.T) {
	t.Parallel()
	notFound := failure.NotFound.Errorf("There is no account %q.", "Ada")
	for _, tt := range []struct {
		err  error
		want string
	}{
		{notFound, `there is no account "Ada"`},
		{fmt.Errorf("line 3: %w", notFound), `line 3: There is no account "Ada"`},
		{errors.Join(errors.New("one"), errors.New("two")), "one; two"},
		{errors.New("PostgreSQL is away\r\n"), "PostgreSQL is away"},
	} {
		if got := sentence(tt.err); got != tt.want {
			t.Errorf("%q is printed as %q, want %q", tt.err, got, tt.want)
		}
	}
}
