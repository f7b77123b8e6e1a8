package failure

import (
	"errors"
	"fmt"
)

// because is a failure with the reason that its caller must not read.
type because struct {
	error
	reason string
}

func (b *because) Unwrap() error { return b.error }

// Because returns err with a reason for administrators: [ReasonOf] tells it, and err's own text, kind and identity
// stay as they are. It never holds a secret.
func Because(err error, format string, args ...any) error {
	return &because{err, fmt.Sprintf(format, args...)}
}

// ReasonOf returns the innermost reason given with [Because], or "" where none was given.
func ReasonOf(err error) (reason string) {
	for b, ok := errors.AsType[*because](err); ok; b, ok = errors.AsType[*because](b.error) {
		reason = b.reason
	}
	return reason
}
