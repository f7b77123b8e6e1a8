package failure_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/rosterhq/roster/internal/failure"
)

func TestOnlyAFailuresOwnMessageIsForTheCaller(t *testing.T) {
	t.Parallel()
	missing := failure.NotFound.Errorf("There is no user %q.", "ada")
	for _, tt := range []struct {
		err     error
		kind    failure.Kind
		message string
	}{
		{missing, failure.NotFound, `There is no user "ada".`},
		{fmt.Errorf("look up token 42: %w", missing), failure.NotFound, `There is no user "ada".`},
		{errors.Join(errors.New("dial 10.0.0.1"), missing), failure.NotFound, `There is no user "ada".`},
		{errors.New("password is hunter2"), failure.Internal, "Internal server error"},
		{context.Canceled, failure.Internal, "Internal server error"},
		{failure.Internal.Errorf("said on purpose"), failure.Internal, "said on purpose"},
	} {
		if kind, message := failure.Of(tt.err); kind != tt.kind || message != tt.message {
			t.Errorf("%v is %d %q", tt.err, kind, message)
		}
	}
}
